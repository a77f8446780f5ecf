import { PERMISSIONS, ROLE_GRANTS, grantsOf, reachOf, requirePermission, requireReach, requireService } from './permissions.js';
import { NOBODY } from './rpc.js';

const caller = (roles: string[]) => ({ ...NOBODY, tenant: 't1', subject: 'u1', roles, permissions: grantsOf(roles) });
const forbidden = expect.objectContaining({ code: 'FORBIDDEN' });

function refusalOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('the permissions of SEC-010', () => {
  it('are the table, where something stands for it', () => {
    const row = (permission: (typeof PERMISSIONS)[number]): string =>
      Object.values(ROLE_GRANTS).map((grants) => ({ all: '●', own: '○', none: ' ' })[reachOf(grants, permission)]).join('');
    // Owner, admin, manager, staff, viewer, auditor.
    expect(Object.fromEntries(PERMISSIONS.map((permission) => [permission, row(permission)]))).toEqual({
      'contacts.read': '●●●○●●',
      'contacts.write': '●●●○  ',
      'cases.read': '●●●○●●',
      'cases.write': '●●●○  ',
      'imports.run': '●●●   ',
      'imports.read': '●●●○ ●',
      'imports.revert': '●●○   ',
      'sensitive.read': '●●○○  ',
      'settings.write': '●●    ',
      'audit.read': '●●   ●',
      'audit.verify': '●●   ●',
      'users.manage': '●●    ',
      'company.manage': '●     ',
    });
  });

  it('of several roles add up, and the fuller grant counts', () => {
    expect(grantsOf(['staff', 'viewer', 'no such role'])).toEqual(['cases.read', 'cases.write:own', 'contacts.read', 'contacts.write:own', 'imports.read:own', 'sensitive.read:own']);
  });

  it('for what is one’s own let through only for what is one’s own', () => {
    const manager = caller(['manager']);
    expect(refusalOf(() => requirePermission(manager, 'imports.revert', 'u1'))).toBeUndefined();
    expect(refusalOf(() => requirePermission(manager, 'imports.revert', 'u2'))).toEqual(forbidden);
    expect(refusalOf(() => requirePermission(manager, 'imports.revert'))).toEqual(forbidden);
    expect(requireReach(manager, 'imports.revert')).toBe('own');
    expect(requireReach(manager, 'contacts.read')).toBe('all');
    expect(refusalOf(() => requireReach(manager, 'users.manage'))).toEqual(forbidden);
  });

  it('let nobody pass where there is no caller, and no user where a service is asked for', () => {
    for (const permission of PERMISSIONS) expect(refusalOf(() => requirePermission(NOBODY, permission, ''))).toEqual(forbidden);
    expect(refusalOf(() => requireService(caller(['owner'])))).toEqual(forbidden);
  });
});
