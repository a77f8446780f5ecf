import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APP_ROLE, TAIL_ROLE, tenantTable } from '../roles.js';
import {
  ADMIT,
  ADMIT_TRIGGER,
  BATCH,
  BATCH_SEQUENCE,
  BATCH_SOURCE,
  EVENT,
  FORBID,
  STREAM,
  appendOnly,
} from '../sql/event.sql.js';
import { IDEMPOTENCY, IDEMPOTENCY_AGE } from '../sql/idempotency.sql.js';
import { HEAD, LOG, LOG_ID, SEAL, SEAL_TRIGGER } from '../sql/log.sql.js';
import { SCHEMAS } from './schemas.js';

/** Functions run with their owner's rights only where they must; nobody else needs to call any of them. */
const FUNCTION_RIGHTS = ['seal', 'admit', 'forbid'].map((name) => `revoke all on function es.${name}() from public`);

const RIGHTS = [
  ...tenantTable('es.stream', 'select, insert, update'),
  ...tenantTable('es.batch', 'select, insert'),
  ...tenantTable('es.event', 'select, insert'),
  ...tenantTable('es.idempotency'),
  `grant usage on sequence es.batch_id to ${APP_ROLE}`,
  `grant select on es.log, es.log_id, es.head to ${APP_ROLE}, ${TAIL_ROLE}`,
  // The seal and the admission count and look up as the owner, for whom row-level security is forced as well.
  'create policy owner_reads on es.event for select to current_user using (true)',
  'create policy owner_reads on es.batch for select to current_user using (true)',
];

/** The event store of one service (DESIGN §6). */
class EventStore1763700000001 implements MigrationInterface {
  readonly name = 'EventStore1763700000001';

  async up(runner: QueryRunner): Promise<void> {
    const tables = [LOG_ID, HEAD, LOG, STREAM, BATCH_SEQUENCE, BATCH, BATCH_SOURCE, EVENT, IDEMPOTENCY, IDEMPOTENCY_AGE];
    const first = ['insert into es.log_id default values', 'insert into es.head (shard) values (0)'];
    const guards = [SEAL, SEAL_TRIGGER, ADMIT, ADMIT_TRIGGER, FORBID, ...['es.event', 'es.batch', 'es.log'].map(appendOnly)];
    for (const statement of [...SCHEMAS, ...tables, ...first, ...guards, ...RIGHTS, ...FUNCTION_RIGHTS]) {
      await runner.query(statement);
    }
  }

  /** The log is never dropped by a migration. */
  down(): Promise<void> {
    return Promise.reject(new Error('The event store is not taken back: its log is the only copy of the facts'));
  }
}

/** For the database of every service that keeps events; run as the owner, before the service's own. */
export const eventStoreMigrations = [EventStore1763700000001];
