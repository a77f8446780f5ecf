import { judgeHere } from '@caseledger/row-target';
import { caseKind } from './case.kind.js';

judgeHere(caseKind);
