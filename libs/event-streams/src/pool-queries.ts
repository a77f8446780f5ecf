import type { DataSource } from 'typeorm';
import type { Queries } from './checkpoint.js';
import { runStatement } from './consumer-transaction.js';

/** Single statements on a pool, each committed by itself. */
export function poolQueries(database: DataSource): Queries {
  return {
    async query(sql, params) {
      const queryRunner = database.createQueryRunner();
      try {
        return await runStatement(queryRunner, sql, params);
      } finally {
        await queryRunner.release();
      }
    },
  };
}
