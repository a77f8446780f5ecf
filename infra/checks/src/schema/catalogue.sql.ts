/**
 * What of a database is compared: every query gives rows of (object, line), and the lines of an object belong to it.
 * Only what migrations decide is read, never ids, sizes or anything that differs between two fresh databases.
 */
const OURS = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

/** TypeORM's note of which migrations ran. */
const NOT_MIGRATIONS = `c.relname not in ('schema_migration', 'schema_migration_id_seq', 'typeorm_metadata')`;

const grants = (acl: string, kind: string, owner: string): string => `
  select string_agg(grantee || ': ' || privileges, '; ' order by grantee) from (
    select coalesce(r.rolname, 'public') as grantee,
           string_agg(a.privilege_type || case when a.is_grantable then '*' else '' end, ',' order by a.privilege_type) as privileges
      from aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) a left join pg_roles r on r.oid = a.grantee
     where a.grantee <> ${owner} group by 1) g`;

const SCHEMAS = `
select 'schema ' || n.nspname as object, line
  from pg_namespace n, lateral (values ('owner ' || pg_get_userbyid(n.nspowner)), ('grants ' || (${grants('n.nspacl', 'n', 'n.nspowner')}))) l(line)
 where ${OURS} and n.nspname <> 'public'`;

const RELATIONS = `
select case c.relkind when 'S' then 'sequence ' when 'v' then 'view ' when 'm' then 'materialised view ' else 'table ' end || n.nspname || '.' || c.relname as object, line
  from pg_class c join pg_namespace n on n.oid = c.relnamespace,
       lateral (values
         ('0 owner ' || pg_get_userbyid(c.relowner)),
         (case when c.relrowsecurity then '0 row security on' || case when c.relforcerowsecurity then ', forced' else '' end end),
         (case when c.relpersistence <> 'p' then '0 persistence ' || c.relpersistence::text end),
         ('0 options ' || array_to_string(c.reloptions, ', ')),
         (case when c.relkind in ('v', 'm') then '0 as ' || pg_get_viewdef(c.oid) end),
         ('6 grants ' || (${grants('c.relacl', 'r', 'c.relowner')}))) l(line)
 where ${OURS} and ${NOT_MIGRATIONS} and c.relkind in ('r', 'p', 'v', 'm', 'S')`;

const SEQUENCES = `
select 'sequence ' || n.nspname || '.' || c.relname as object,
       '1 ' || format_type(s.seqtypid, null) || ' start ' || s.seqstart || ' increment ' || s.seqincrement || ' cache ' || s.seqcache || case when s.seqcycle then ' cycle' else '' end as line
  from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
 where ${OURS} and ${NOT_MIGRATIONS}`;

const COLUMNS = `
select 'table ' || n.nspname || '.' || c.relname as object,
       '1 column ' || lpad(a.attnum::text, 3, '0') || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
       || case when a.attnotnull then ' not null' else '' end
       || case a.attidentity when 'a' then ' identity always' when 'd' then ' identity by default' else '' end
       || case when a.attgenerated <> '' then ' generated as ' when d.adbin is not null then ' default ' else '' end
       || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
       || case when a.attcollation <> t.typcollation then ' collate ' || a.attcollation::regcollation::text else '' end
       || coalesce(' grants ' || (select string_agg(x::text, ',' order by x::text collate "C") from unnest(a.attacl) x), '') as line
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  join pg_type t on t.oid = a.atttypid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
 where ${OURS} and ${NOT_MIGRATIONS} and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped`;

const CONSTRAINTS = `
select 'table ' || n.nspname || '.' || c.relname as object, '2 constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid) as line
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
 where ${OURS} and ${NOT_MIGRATIONS} and k.contype not in ('n', 't')`;

const INDEXES = `
select 'table ' || n.nspname || '.' || c.relname as object, '3 ' || pg_get_indexdef(i.indexrelid) || case when i.indisvalid then '' else ' invalid' end as line
  from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
 where ${OURS} and ${NOT_MIGRATIONS}`;

const TRIGGERS = `
select 'table ' || n.nspname || '.' || c.relname as object,
       '4 ' || pg_get_triggerdef(t.oid) || case t.tgenabled when 'O' then '' else ' enabled ' || t.tgenabled::text end as line
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
 where ${OURS} and not t.tgisinternal`;

const POLICIES = `
select 'table ' || n.nspname || '.' || c.relname as object,
       '5 policy ' || p.polname || case when p.polpermissive then '' else ' restrictive' end || ' for ' || p.polcmd::text || ' to '
       || (select string_agg(coalesce(r.rolname, 'public'), ', ' order by r.rolname) from unnest(p.polroles) o left join pg_roles r on r.oid = o)
       || coalesce(' using ' || pg_get_expr(p.polqual, p.polrelid), '') || coalesce(' with check ' || pg_get_expr(p.polwithcheck, p.polrelid), '') as line
  from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
 where ${OURS}`;

const FUNCTIONS = `
select 'function ' || n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as object, line
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
       lateral (values ('0 owner ' || pg_get_userbyid(p.proowner)), ('1 grants ' || (${grants('p.proacl', 'f', 'p.proowner')})), ('2 ' || pg_get_functiondef(p.oid))) l(line)
 where ${OURS} and p.prokind in ('f', 'p') and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')`;

const TYPES = `
select 'type ' || n.nspname || '.' || t.typname as object,
       coalesce((select 'enum ' || string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
                case t.typtype when 'd' then 'domain over ' || format_type(t.typbasetype, t.typtypmod) else 'kind ' || t.typtype::text end) as line
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
 where ${OURS} and t.typtype in ('e', 'd', 'r')`;

const EXTENSIONS = `select 'extension ' || extname as object, 'in ' || extnamespace::regnamespace::text as line from pg_extension where extname <> 'plpgsql'`;

export const CATALOGUE = [SCHEMAS, RELATIONS, SEQUENCES, COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS, POLICIES, FUNCTIONS, TYPES, EXTENSIONS];
