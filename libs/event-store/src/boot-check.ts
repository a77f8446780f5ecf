import type { DataSource } from 'typeorm';
import { withSession, type Session } from './session.js';

const DEADLINE_MS = 10_000;

/** Settings that decide whether what was acknowledged is on disk, and what each must be. */
const SETTINGS: readonly { readonly name: string; readonly holds: (value: string) => boolean; readonly must: string }[] = [
  { name: 'fsync', holds: (value) => value === 'on', must: 'on' },
  { name: 'full_page_writes', holds: (value) => value === 'on', must: 'on' },
  { name: 'synchronous_commit', holds: (value) => value !== 'off', must: 'on' },
  { name: 'server_encoding', holds: (value) => value === 'UTF8', must: 'UTF8' },
  // A prepared transaction would hold the head, and with it every writer, until somebody ends it by hand.
  { name: 'max_prepared_transactions', holds: (value) => value === '0', must: '0' },
];

const ROLE = `
select r.rolsuper as super, r.rolbypassrls as bypasses,
  exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'es' and pg_has_role(current_user, c.relowner, 'usage')) as owns
from pg_roles r where r.rolname = current_user`;

const SEAL = `
select t.tgdeferrable and t.tginitdeferred and t.tgenabled in ('O', 'A') as works
from pg_trigger t where t.tgrelid = to_regclass('es.batch') and t.tgname = 'seal'`;

const GUARDS = `
select w.name from unnest(array['es.event', 'es.batch', 'es.log']) w(name)
where not exists (select from pg_trigger t where t.tgrelid = to_regclass(w.name) and t.tgname = 'append_only' and t.tgenabled in ('O', 'A'))`;

const ROW_SECURITY = `
select w.name from unnest(array['es.stream', 'es.batch', 'es.event', 'es.idempotency']) w(name)
left join pg_class c on c.oid = to_regclass(w.name)
where not coalesce(c.relrowsecurity and c.relforcerowsecurity, false)`;

/** Everything that is wrong with a store's database and roles, in sentences an operator can act on; empty when all is well. */
export async function faultsOf(app: DataSource, tail: DataSource, shards: number): Promise<string[]> {
  const missing = await withSession(app, DEADLINE_MS, async (session) => {
    const { rows } = await session.query<{ there: boolean }>(`select to_regclass('es.log_id') is not null as there`);
    return rows[0]?.there !== true;
  });
  if (missing) return ['the event store is not there: run the migrations'];
  const ofApp = await withSession(app, DEADLINE_MS, async (session) => [
    ...(await settingFaults(session)),
    ...(await appRoleFaults(session)),
    ...(await guardFaults(session)),
    ...(await logFaults(session, shards)),
  ]);
  return [...ofApp, ...(await withSession(tail, DEADLINE_MS, tailFaults))];
}

async function settingFaults(session: Session): Promise<string[]> {
  const names = SETTINGS.map((setting) => setting.name);
  const { rows } = await session.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any($1::text[])',
    [names],
  );
  const values = new Map(rows.map((row) => [row.name, row.setting]));
  return SETTINGS.flatMap(({ name, holds, must }) => {
    const value = values.get(name) ?? 'unknown';
    return holds(value) ? [] : [`${name} is ${value} and must be ${must}`];
  });
}

interface RoleRow {
  readonly [column: string]: unknown;
  readonly super: boolean;
  readonly bypasses: boolean;
  readonly owns: boolean;
}

async function appRoleFaults(session: Session): Promise<string[]> {
  const { rows } = await session.query<RoleRow>(ROLE);
  const [role] = rows;
  if (role === undefined) return ['the role of the service is unknown'];
  return [
    ...(role.super ? ['the service must not connect as a superuser'] : []),
    ...(role.bypasses ? ['the role of the service bypasses row-level security'] : []),
    ...(role.owns ? ['the role of the service owns tables of the store'] : []),
  ];
}

async function tailFaults(session: Session): Promise<string[]> {
  const { rows } = await session.query<RoleRow>(ROLE);
  return rows[0]?.bypasses === true || rows[0]?.super === true ? [] : ['the tail role cannot read across companies (bypassrls)'];
}

async function guardFaults(session: Session): Promise<string[]> {
  const { rows: seal } = await session.query<{ works: boolean }>(SEAL);
  const { rows: open } = await session.query<{ name: string }>(GUARDS);
  const { rows: unprotected } = await session.query<{ name: string }>(ROW_SECURITY);
  return [
    ...(seal[0]?.works === true ? [] : ['the seal trigger is missing, disabled or not deferred to COMMIT']),
    ...open.map(({ name }) => `${name} is not protected against changes`),
    ...unprotected.map(({ name }) => `row-level security is not forced on ${name}`),
  ];
}

async function logFaults(session: Session, shards: number): Promise<string[]> {
  const { rows: heads } = await session.query<{ n: number }>('select count(*)::int as n from es.head');
  const { rows: ids } = await session.query<{ rebuilding: boolean }>('select rebuilding from es.log_id');
  return [
    ...(heads[0]?.n === shards ? [] : [`the log has ${heads[0]?.n} shards and the service expects ${shards}`]),
    ...(ids.length === 1 ? [] : ['the log has no identity']),
    ...(ids[0]?.rebuilding === true ? ['a rebuild was not finished: run it again'] : []),
  ];
}
