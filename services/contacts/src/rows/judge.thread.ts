import { judgeHere } from '@caseledger/row-target';
import { contactKind } from './contact.kind.js';

judgeHere(contactKind);
