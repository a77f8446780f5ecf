import { evolveUser, initialUser, inviteUser, saveUser, type SaveUser, type User } from './user.decider.js';
import type { UserEvent } from './user.events.js';

const command = (more: Partial<SaveUser> = {}): SaveUser => ({ byOwner: false, emailTaken: false, otherOwners: 1, ...more });
const invited = (...roles: string[]): UserEvent => ({ type: 'UserInvited', data: { name: 'Priya Nair', email: 'priya@kestrel.test', roles, active: true } });
const joined = (...roles: string[]): UserEvent => ({ type: 'UserJoined', data: { roles, active: true, passwordHash: 'h' } });
const deactivated = (...roles: string[]): UserEvent => ({ type: 'UserDeactivated', data: { roles, active: false } });
const given = (...events: UserEvent[]): User => events.reduce(evolveUser, initialUser);

function refusalOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('a user', () => {
  it('is invited, and has joined once there is a password', () => {
    const person = { name: 'Priya Nair', email: 'priya@kestrel.test', roles: ['manager'] };
    expect(inviteUser(command(person), given())).toEqual([invited('manager')]);
    expect(inviteUser(command({ ...person, passwordHash: 'h' }), given())).toEqual([invited('manager'), joined('manager')]);
  });

  it('needs a name, an e-mail and a role; all that is missing is told at once', () => {
    expect(refusalOf(() => inviteUser(command({ name: 'Priya Nair' }), given()))).toMatchObject({
      code: 'REQUIRED_MISSING',
      details: [{ field: 'email' }, { field: 'roles' }],
    });
  });

  it('has an e-mail of his own in the company', () => {
    const taken = command({ name: 'P', email: 'priya@kestrel.test', roles: ['staff'], emailTaken: true });
    expect(refusalOf(() => inviteUser(taken, given()))).toMatchObject({ code: 'DUPLICATE_VALUE' });
    expect(refusalOf(() => saveUser(taken, given(invited('staff'))))).toMatchObject({ code: 'DUPLICATE_VALUE' });
  });

  it('changes what is given and keeps the rest', () => {
    expect(saveUser(command({ roles: ['admin'] }), given(invited('staff')))).toEqual([{ type: 'UserChanged', data: { roles: ['admin'], active: true } }]);
    expect(saveUser(command({ name: 'Priya Nair', roles: ['staff'], active: true }), given(invited('staff')))).toEqual([]);
  });

  it('sets a further password as a change', () => {
    expect(saveUser(command({ passwordHash: 'i' }), given(invited('staff'), joined('staff')))).toEqual([
      { type: 'UserChanged', data: { roles: ['staff'], active: true, passwordHash: 'i' } },
    ]);
  });

  it('is deactivated and comes back', () => {
    expect(saveUser(command({ active: false }), given(invited('staff')))).toEqual([deactivated('staff')]);
    expect(saveUser(command({ active: false }), given(invited('staff'), deactivated('staff')))).toEqual([]);
    expect(saveUser(command({ active: true }), given(invited('staff'), deactivated('staff')))).toEqual([
      { type: 'UserChanged', data: { roles: ['staff'], active: true } },
    ]);
  });

  it('becomes an owner, or is changed as one, only through an owner', () => {
    const owner = given(invited('owner'), joined('owner'));
    expect(refusalOf(() => saveUser(command({ roles: ['owner'] }), given(invited('admin'))))).toMatchObject({ code: 'FORBIDDEN' });
    expect(refusalOf(() => saveUser(command({ passwordHash: 'stolen' }), owner))).toMatchObject({ code: 'FORBIDDEN' });
    expect(saveUser(command({ roles: ['staff'], byOwner: true }), owner)).toMatchObject([{ data: { roles: ['staff'] } }]);
  });

  it('that is the only active owner stays one', () => {
    const owner = given(invited('owner'), joined('owner'));
    for (const change of [{ roles: ['admin'] }, { active: false }]) {
      expect(refusalOf(() => saveUser(command({ ...change, byOwner: true, otherOwners: 0 }), owner))).toMatchObject({ code: 'STATE_NOT_ALLOWED' });
    }
  });
});
