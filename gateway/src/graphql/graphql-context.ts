import type DataLoader from 'dataloader';
import type { accountsV1, casesV1, contactsV1, importsV1 } from '@caseledger/contracts';
import type { Services } from '../services.js';

/** Who asks: what accounts answered for the bearer of the request. */
export interface Viewer {
  readonly userId: string;
  readonly tenant: string;
  readonly permissions: ReadonlySet<string>;
}

/** The cases of a contact, so many of them. */
export interface CasesAsked {
  readonly contact: string;
  readonly limit: number;
}

/** One batch call per kind of object and tick, whatever the query looks like (API-006). */
export interface Loaders {
  readonly contacts: DataLoader<string, contactsV1.Contact | null>;
  readonly cases: DataLoader<string, casesV1.Case | null>;
  readonly caseTypes: DataLoader<string, casesV1.CaseType | null>;
  /** Names of case types and statuses. */
  readonly standings: DataLoader<string, string | null>;
  readonly caseLists: DataLoader<string, casesV1.CaseList | null>;
  readonly casesOfContacts: DataLoader<CasesAsked, casesV1.CasesOfContact, string>;
  readonly imports: DataLoader<string, importsV1.Import | null>;
  readonly reverts: DataLoader<string, importsV1.Revert | null>;
  readonly users: DataLoader<string, accountsV1.User | null>;
}

/** What every resolver gets: made anew for each request and each subscription. */
export interface GraphqlContext {
  readonly requestId: string;
  readonly viewer: Viewer;
  readonly services: Services;
  readonly loaders: Loaders;
  /** Of a subscription: the bearer it came with is still good for the same. @throws DomainError UNAUTHENTICATED */
  stillSignedIn(): Promise<void>;
}
