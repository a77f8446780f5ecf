/**
 * Exact keys of the records that can be matched (DESIGN §6): the key is an HMAC over kind and value, owners are
 * sorted, batch is the one that changed them last. A key that nobody has any more has no row.
 */
export const MATCH_KEY = `
create table app.match_key (
  tenant uuid not null,
  key uuid not null,
  owners uuid[] not null check (cardinality(owners) > 0),
  batch bigint not null,
  primary key (tenant, key))`;
