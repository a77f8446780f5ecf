import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APP_ROLE, TAIL_ROLE } from '../roles.js';
import { CHECKPOINT, LEASE, MEMBER, PARKED, PARKED_STREAM, RELAYED } from '../sql/consumer.sql.js';
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

/** Where an owner's relay keeps what it has put into its topics. */
class Relay1763700000004 implements MigrationInterface {
  readonly name = 'Relay1763700000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RELAYED);
    await runner.query(`grant select, insert, update, delete on es.relayed to ${APP_ROLE}`);
    await runner.query(`grant select on es.relayed to ${TAIL_ROLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table es.relayed');
  }
}

/** For the database of every service that owns a log: its relay follows that log as a consumer does. */
export const relayMigrations = [...consumerMigrations, Relay1763700000004];
