import { EventCatalog } from '@caseledger/event-store';
import { USER_PERSONAL } from './user/user.events.js';

/** Categories of streams; a stream of failed sign-ins is kept apart so that a user's own stays short. */
export const CATEGORY = { company: 'company', user: 'user', apiKey: 'api-key', session: 'session', failures: 'sign-in-failures' } as const;

/** Every event accounts writes (PRODUCT §3). */
export const accountsCatalogue = new EventCatalog([
  { type: 'CompanyCreated', schemaVersion: 1, personal: ['supportContact'] },
  { type: 'CompanyChanged', schemaVersion: 1, personal: ['supportContact'] },
  { type: 'CompanySuspended', schemaVersion: 1, personal: ['supportContact'] },
  { type: 'CompanyResumed', schemaVersion: 1, personal: ['supportContact'] },
  { type: 'UserInvited', schemaVersion: 1, personal: USER_PERSONAL },
  { type: 'UserJoined', schemaVersion: 1, personal: USER_PERSONAL },
  { type: 'UserChanged', schemaVersion: 1, personal: USER_PERSONAL },
  { type: 'UserDeactivated', schemaVersion: 1 },
  { type: 'ApiKeyCreated', schemaVersion: 1 },
  { type: 'ApiKeyUsed', schemaVersion: 1, ignorable: true },
  { type: 'ApiKeyRevoked', schemaVersion: 1 },
  { type: 'SignedIn', schemaVersion: 1 },
  { type: 'SignedOut', schemaVersion: 1 },
  { type: 'SignInFailed', schemaVersion: 1 },
]);
