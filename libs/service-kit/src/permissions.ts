import { denied } from '@caseledger/errors';
import type { CallContext } from './call-context.js';

/** Every permission of SEC-010 that something asks for. */
export const PERMISSIONS = [
  'contacts.read',
  'contacts.write',
  'cases.read',
  'cases.write',
  'imports.run',
  'imports.read',
  'imports.revert',
  'sensitive.read',
  'settings.write',
  'audit.read',
  'audit.verify',
  'users.manage',
  'company.manage',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** A permission as a role grants it: in full, or for what is one's own. */
export type Grant = Permission | `${Permission}:own`;

export const ROLES = ['owner', 'admin', 'manager', 'staff', 'viewer', 'auditor'] as const;
export type RoleName = (typeof ROLES)[number];

/** The table of SEC-010, row by row for each role; `:own` is its ○. */
export const ROLE_GRANTS: Readonly<Record<RoleName, readonly Grant[]>> = {
  owner: PERMISSIONS,
  admin: PERMISSIONS.filter((permission) => permission !== 'company.manage'),
  manager: ['contacts.read', 'contacts.write', 'cases.read', 'cases.write', 'imports.run', 'imports.read', 'imports.revert:own', 'sensitive.read:own'],
  staff: ['contacts.read:own', 'contacts.write:own', 'cases.read:own', 'cases.write:own', 'imports.read:own', 'sensitive.read:own'],
  viewer: ['contacts.read', 'cases.read'],
  auditor: ['contacts.read', 'cases.read', 'imports.read', 'audit.read', 'audit.verify'],
};

export function isPermission(name: string): name is Permission {
  return PERMISSIONS.some((permission) => permission === name);
}

export function isRole(name: string): name is RoleName {
  return ROLES.some((role) => role === name);
}

/** What several roles grant together: sorted, each permission once, in full wherever one role grants it in full. */
export function grantsOf(roles: readonly string[]): Grant[] {
  const all = new Set(roles.filter(isRole).flatMap((role) => ROLE_GRANTS[role]));
  return [...all].filter((grant) => !grant.endsWith(':own') || !all.has(withoutOwn(grant))).sort();
}

/** How far a permission reaches in a list of grants, as events and contexts carry it. */
export function reachOf(grants: readonly string[], permission: Permission): 'all' | 'own' | 'none' {
  if (grants.includes(permission)) return 'all';
  return grants.includes(`${permission}:own`) ? 'own' : 'none';
}

/**
 * Refuses a caller who lacks the permission. One who has it only for what is his own passes when `owner` is he; without
 * an `owner` such a caller is refused, so forgetting it never opens anything.
 * @param owner the user the thing belongs to
 * @throws DomainError FORBIDDEN
 */
export function requirePermission(context: CallContext, permission: Permission, owner?: string): void {
  const reach = reachOf(context.permissions, permission);
  if (reach === 'all') return;
  if (reach === 'own' && owner !== undefined && owner === context.subject) return;
  throw denied();
}

/**
 * How far a caller may look in a list: everything, or only what belongs to him.
 * @throws DomainError FORBIDDEN when not at all
 */
export function requireReach(context: CallContext, permission: Permission): 'all' | 'own' {
  const reach = reachOf(context.permissions, permission);
  if (reach === 'none') throw denied();
  return reach;
}

/** Refuses everyone but another service of the installation. @throws DomainError FORBIDDEN */
export function requireService(context: CallContext): void {
  if (context.kind !== 'service') throw denied();
}

function withoutOwn(grant: Grant): Grant {
  const name = grant.replace(/:own$/, '');
  return isPermission(name) ? name : grant;
}
