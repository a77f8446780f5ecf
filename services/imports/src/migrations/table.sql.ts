/** One table of the service: its statement and those of its indexes. Rights and row-level security are added. */
export interface TableSql {
  readonly table: string;
  readonly create: string;
  readonly indexes: readonly string[];
}
