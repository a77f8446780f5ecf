import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APP_ROLE, TAIL_ROLE } from '../roles.js';
import { CHECKPOINT, LEASE, MEMBER, PARKED, PARKED_STREAM } from '../sql/consumer.sql.js';
import { SCHEMAS } from './schemas.js';

const TABLES = ['es.checkpoint', 'es.lease', 'es.member', 'es.parked'];

/** Where consumers keep their positions, leases and parked messages: beside the views they write (DESIGN §6). */
class Consumers1763700000002 implements MigrationInterface {
  readonly name = 'Consumers1763700000002';

  async up(runner: QueryRunner): Promise<void> {
    const rights = [
      `grant select, insert, update, delete on ${TABLES.join(', ')} to ${APP_ROLE}`,
      `grant select on ${TABLES.join(', ')} to ${TAIL_ROLE}`,
    ];
    for (const statement of [...SCHEMAS, CHECKPOINT, LEASE, MEMBER, PARKED, PARKED_STREAM, ...rights]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`drop table ${table}`);
  }
}

/** For the database of every service that follows other services' events. */
export const consumerMigrations = [Consumers1763700000002];
