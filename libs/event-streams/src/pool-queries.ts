import type { DataSource } from 'typeorm';
import type { Queries } from './checkpoint.js';

/** Single statements on a pool, each committed by itself. */
export function poolQueries(database: DataSource): Queries {
  return {
    async query(sql, params = []) {
      const queryRunner = database.createQueryRunner();
      try {
        const { records, affected } = await queryRunner.query(sql, [...params], true);
        return { rows: records, rowCount: affected ?? 0 };
      } finally {
        await queryRunner.release();
      }
    },
  };
}
