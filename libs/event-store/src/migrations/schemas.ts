import { APP_ROLE, TAIL_ROLE } from '../roles.js';

/** The store's schema and the service's own; repeated harmlessly by every group of migrations that needs them. */
export const SCHEMAS = [
  'create schema if not exists es',
  `grant usage on schema es to ${APP_ROLE}, ${TAIL_ROLE}`,
  'create schema if not exists app',
  `grant usage on schema app to ${APP_ROLE}, ${TAIL_ROLE}`,
];
