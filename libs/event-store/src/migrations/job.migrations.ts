import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APP_ROLE, TAIL_ROLE } from '../roles.js';
import { JOB, JOB_READY } from '../sql/job.sql.js';
import { SCHEMAS } from './schemas.js';

/** Leased jobs (DESIGN §6). */
class Jobs1763700000003 implements MigrationInterface {
  readonly name = 'Jobs1763700000003';

  async up(runner: QueryRunner): Promise<void> {
    const rights = [
      `grant select, insert, update, delete on es.job to ${APP_ROLE}`,
      `grant select on es.job to ${TAIL_ROLE}`,
    ];
    for (const statement of [...SCHEMAS, JOB, JOB_READY, ...rights]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table es.job');
  }
}

/** For the database of a service with leased jobs. */
export const jobMigrations = [Jobs1763700000003];
