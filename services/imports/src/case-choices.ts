import { refused, validation } from '@caseledger/errors';
import { NO_CASE_CHOICES, type CaseChoices, type Chosen } from './import/import.events.js';

/* What a case import names of the service of cases is looked up once, when it is chosen, and pinned by id (OPT-001). */

/** What imports asks of cases about a company's types and lists. */
export interface CaseCatalogue {
  /** An active case type by id or by name, whatever its case. */
  type(tenant: string, text: string): Promise<Chosen | undefined>;
  /** A list that is not archived, by id or by name. */
  list(tenant: string, text: string): Promise<Chosen | undefined>;
  /** Whether a list of this name exists, archived or not: names are unique in a company (OPT-006). */
  isListNameTaken(tenant: string, name: string): Promise<boolean>;
}

/** A case import's options as given: types and lists by id or by name, empty for none. */
export interface CaseWishes extends Pick<CaseChoices, 'newList' | 'addSkipped' | 'clientDuplicatePolicy'> {
  readonly caseType: string;
  readonly list: string;
}

/** @throws DomainError VALUE_NOT_ALLOWED for an unknown type, RECORD_NOT_FOUND for an unknown list, LIST_NAME_TAKEN. */
export async function chooseForCases(catalogue: CaseCatalogue, tenant: string, wishes: CaseWishes): Promise<CaseChoices> {
  const { caseType, list, newList, addSkipped, clientDuplicatePolicy } = wishes;
  if (list !== '' && newList !== '') throw validation('VALUE_NOT_ALLOWED', { text: newList, field: 'newCaseList' }, 'newCaseList');
  const type = caseType === '' ? NO_CASE_CHOICES.caseType : await catalogue.type(tenant, caseType);
  if (type === undefined) throw validation('VALUE_NOT_ALLOWED', { text: caseType, field: 'caseType' }, 'caseType');
  const chosen = list === '' ? NO_CASE_CHOICES.list : await catalogue.list(tenant, list);
  if (chosen === undefined) throw validation('RECORD_NOT_FOUND', { id: list }, 'caseList');
  await assertListNameFree(catalogue, tenant, newList);
  return { caseType: type, list: chosen, newList, addSkipped, clientDuplicatePolicy };
}

/** @throws DomainError LIST_NAME_TAKEN: the list of an import is made when its run begins. */
export async function assertListNameFree(catalogue: CaseCatalogue, tenant: string, newList: string): Promise<void> {
  if (newList !== '' && (await catalogue.isListNameTaken(tenant, newList))) throw refused('LIST_NAME_TAKEN');
}
