import type { UserEvent } from './user.events.js';
import { refuse } from './user.refusals.js';

export interface Member {
  readonly status: 'Member';
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly active: boolean;
  /** Whether he has a password to sign in with. */
  readonly joined: boolean;
}

export type User = { readonly status: 'None' } | Member;

export const initialUser: User = { status: 'None' };

/** What to change; what is absent stays. Texts are checked and e-mails folded before. */
export interface SaveUser {
  readonly name?: string;
  readonly email?: string;
  readonly roles?: readonly string[];
  readonly passwordHash?: string;
  readonly active?: boolean;
  /** Whether an owner asks, or the installation: owners are theirs to make and to change (SEC-010). */
  readonly byOwner: boolean;
  /** Whether another user of the company has this e-mail. */
  readonly emailTaken: boolean;
  /** Active owners besides this user: a company keeps at least one. */
  readonly otherOwners: number;
}

export function inviteUser(command: SaveUser, state: User): UserEvent[] {
  if (state.status !== 'None') return saveUser(command, state);
  const { name = '', email = '', roles = [] } = command;
  const [first, ...rest] = [...(name === '' ? ['name'] : []), ...(email === '' ? ['email'] : []), ...(roles.length === 0 ? ['roles'] : [])];
  if (first !== undefined) throw refuse.required([first, ...rest]);
  if (command.emailTaken) throw refuse.emailTaken(email);
  if (roles.includes('owner') && !command.byOwner) throw refuse.ownersOnly();
  const standing = { roles, active: true };
  const invited: UserEvent = { type: 'UserInvited', data: { ...standing, name, email } };
  return [invited, ...passwordSet(command, standing, false)];
}

export function saveUser(command: SaveUser, state: User): UserEvent[] {
  if (state.status === 'None') throw refuse.unknown();
  const next = { roles: command.roles ?? state.roles, active: command.active ?? state.active };
  if (command.roles?.length === 0) throw refuse.required(['roles']);
  if (command.emailTaken) throw refuse.emailTaken(command.email ?? '');
  guardOwners(command, state, next);
  const events = [...detailsChanged(command, state, next), ...passwordSet(command, next, state.joined)];
  return state.active && !next.active ? [...events, { type: 'UserDeactivated', data: next }] : events;
}

export function evolveUser(state: User, event: UserEvent): User {
  const { roles, active } = event.data;
  const before: Member = state.status === 'Member' ? state : { status: 'Member', name: '', email: '', roles, active, joined: false };
  switch (event.type) {
    case 'UserInvited':
      return { ...before, roles, active, name: event.data.name, email: event.data.email };
    case 'UserJoined':
      return { ...before, roles, active, joined: true };
    case 'UserChanged':
      return { ...before, roles, active, name: event.data.name ?? before.name, email: event.data.email ?? before.email };
    case 'UserDeactivated':
      return { ...before, roles, active };
  }
}

function guardOwners(command: SaveUser, state: Member, next: { roles: readonly string[]; active: boolean }): void {
  const wasOwner = state.roles.includes('owner');
  if ((wasOwner || next.roles.includes('owner')) && !command.byOwner) throw refuse.ownersOnly();
  const staysOwner = next.active && next.roles.includes('owner');
  if (wasOwner && state.active && !staysOwner && command.otherOwners === 0) throw refuse.lastOwner();
}

function detailsChanged(command: SaveUser, state: Member, next: { roles: readonly string[]; active: boolean }): UserEvent[] {
  const name = command.name === undefined || command.name === state.name ? {} : { name: command.name };
  const email = command.email === undefined || command.email === state.email ? {} : { email: command.email };
  const isSame = [...next.roles].sort().join() === [...state.roles].sort().join() && (next.active === state.active || !next.active);
  if (isSame && Object.keys(name).length + Object.keys(email).length === 0) return [];
  // Deactivation is a fact of its own, so this one still tells the standing before it.
  return [{ type: 'UserChanged', data: { ...next, active: next.active || state.active, ...name, ...email } }];
}

function passwordSet(command: SaveUser, standing: { roles: readonly string[]; active: boolean }, joined: boolean): UserEvent[] {
  const { passwordHash } = command;
  if (passwordHash === undefined) return [];
  return [joined ? { type: 'UserChanged', data: { ...standing, passwordHash } } : { type: 'UserJoined', data: { ...standing, passwordHash } }];
}
