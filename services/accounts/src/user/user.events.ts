import type { Fact } from '@caseledger/event-store';

/** What every fact of a user says, so that a follower needs no earlier one to know what he may do (SEC-012). */
export interface Standing {
  readonly roles: readonly string[];
  readonly active: boolean;
}

/** Name, e-mail and password hash are sealed with the user's own key. */
export type UserEvent =
  | Fact<'UserInvited', Standing & { readonly name: string; readonly email: string }>
  | Fact<'UserJoined', Standing & { readonly passwordHash: string }>
  | Fact<'UserChanged', Standing & { readonly name?: string; readonly email?: string; readonly passwordHash?: string }>
  | Fact<'UserDeactivated', Standing>;

export const USER_PERSONAL = ['name', 'email', 'passwordHash'] as const;
