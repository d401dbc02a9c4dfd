import type { ClientBase } from 'pg';
import { SluiceError } from '../errors/sluice-error.ts';
import { checkSchema } from './check-schema.ts';
import { quoteIdentifier, quoteQualifiedName } from './identifier.ts';
import { readTableShape } from './table-shape.ts';
import type { TargetSettings } from './target-settings.ts';
import type { TargetColumn, TargetTable, TargetType } from './target-table.ts';

// A name is looked up with its exact case first; an unquoted spelling (`Public.T1`) is folded only if that is missing.
const tableSql = `
  select c.oid::int8::text as oid, n.nspname as schema, c.relname as name, c.relkind as kind,
    (
      select jsonb_agg(distinct jsonb_build_array(pn.nspname, p.relname))
      from pg_constraint f join pg_class p on p.oid = f.confrelid join pg_namespace pn on pn.oid = p.relnamespace
      where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid
    ) as parents,
    exists (select from pg_constraint f where f.confrelid = c.oid and f.contype = 'f' and f.confdeltype in ('c', 'n', 'd'))
      as deletes_cascade,
    not exists (select from pg_constraint f where f.confrelid = c.oid and f.contype = 'f')
      and not exists (select from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal) as is_plain
  from (
    select coalesce(
      case when $2::text is null then to_regclass(quote_ident($1)) else to_regclass(quote_ident($2) || '.' || quote_ident($1)) end,
      case when $2::text is null then to_regclass(quote_ident(lower($1))) else to_regclass(quote_ident(lower($2)) || '.' || quote_ident(lower($1))) end
    ) as oid
  ) found
  join pg_class c on c.oid = found.oid
  join pg_namespace n on n.oid = c.relnamespace`;

const columnSql = `
  with recursive base as (
    select a.attnum, a.atttypid as typid, t.typbasetype, t.typtype, a.atttypmod as typmod, t.typtypmod,
      a.attnotnull or t.typnotnull as not_null, a.atthasdef or t.typdefault is not null as has_default
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped
    union all
    select b.attnum, t.oid, t.typbasetype, t.typtype,
      case when b.typmod = -1 then b.typtypmod else b.typmod end, t.typtypmod,
      b.not_null or t.typnotnull, b.has_default or t.typdefault is not null
    from base b join pg_type t on t.oid = b.typbasetype
    where b.typtype = 'd'
  )
  select a.attname as name,
    -- These are rounded on assignment, so a key has to be rounded before it is looked for; texts would be cut by a cast.
    format_type(a.atttypid, case
      when ltrim(t.typname, '_') in ('numeric', 'timestamp', 'timestamptz', 'time', 'timetz', 'interval') then a.atttypmod
      else -1
    end) as cast_type,
    t.typname as base_type, t.typcategory = 'A' as is_array,
    case when 'c' in (t.typtype, e.typtype) or (e.oid <> t.oid and e.typtype = 'd') then t.oid::int8::text end as made_type,
    b.typmod as type_modifier, co.collisdeterministic is distinct from false as has_deterministic_collation,
    exists (
      select 1 from pg_opclass o
      where o.opcdefault and o.opcmethod = (select oid from pg_am where amname = 'btree')
        and (o.opcintype = e.oid or e.typtype in ('e', 'r', 'm')
             or exists (select 1 from pg_cast k where k.castsource = e.oid and k.casttarget = o.opcintype and k.castmethod = 'b' and k.castcontext = 'i'))
    ) as has_equality,
    a.attidentity = '' and (
      b.not_null and not b.has_default
      or exists (select 1 from pg_constraint c where c.conrelid = a.attrelid and c.contype = 'c' and a.attnum = any (c.conkey))
    ) as required,
    a.attgenerated <> '' as generated, a.attidentity = 'a' as identity_always,
    array_position((i.indkey::int2[])[0:i.indnkeyatts - 1], a.attnum) as key_position
  from pg_attribute a
  join base b on b.attnum = a.attnum and b.typtype <> 'd'
  join pg_type t on t.oid = b.typid
  join pg_type e on e.oid = case when t.typcategory = 'A' and t.typelem <> 0 then t.typelem else t.oid end
  left join pg_collation co on co.oid = a.attcollation
  left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
  where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped
  order by a.attnum`;

// A deferrable, partial or expression index cannot decide `on conflict (columns)`.
const uniqueSql = `
  select exists (
    select 1 from pg_index i
    where i.indrelid = $1::oid and i.indisunique and i.indisvalid and i.indimmediate
      and i.indpred is null and i.indexprs is null
      and (
        select array_agg(a.attname::text order by a.attname::text collate "C")
        from pg_attribute a
        where a.attrelid = i.indrelid and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1])
      ) = (select array_agg(k order by k collate "C") from unnest($2::text[]) k)
  ) as is_unique`;

interface TableRow {
  oid: string;
  schema: string;
  name: string;
  kind: string;
  parents: [schema: string, name: string][] | null;
  deletes_cascade: boolean;
  is_plain: boolean;
}

interface ColumnRow {
  name: string;
  cast_type: string;
  base_type: string;
  is_array: boolean;
  made_type: string | null;
  type_modifier: number;
  has_deterministic_collation: boolean;
  has_equality: boolean;
  required: boolean;
  generated: boolean;
  identity_always: boolean;
  key_position: number | null;
}

/** Name of a target table: `schema` null means the connection's search path decides. */
export interface TableName {
  readonly schema: string | null;
  readonly name: string;
}

/** What the description of a table depends on besides the catalog. */
export type CatalogSettings = Pick<
  TargetSettings,
  'keyColumns' | 'ledgerSchema' | 'targetSchemas' | 'foldsColumnNames'
>;

/**
 * Reads the description of a target table from the catalog. Without configured key columns the table's primary key
 * serves.
 *
 * @throws SluiceError `TABLE_MISSING` when the connection user sees no such table, `TABLE_UNUSABLE` when a key column is
 *   no column of it or it is nothing that rows can be written to, `TARGET_FORBIDDEN` for a table in a schema that is
 *   not for targets
 */
export async function readTargetTable(
  client: ClientBase,
  tableName: TableName,
  { keyColumns: keyFields, ...settings }: CatalogSettings,
): Promise<TargetTable> {
  const wanted = tableName.schema === null ? tableName.name : `${tableName.schema}.${tableName.name}`;
  if (tableName.schema !== null) checkSchema(tableName.schema, settings);
  const found = await client.query<TableRow>(tableSql, [tableName.name, tableName.schema]);
  const table = found.rows[0];
  if (table === undefined) {
    throw new SluiceError('TABLE_MISSING', `The target table ${wanted} does not exist. Create it; the records wait.`);
  }
  checkSchema(table.schema, settings);
  const displayName = `${table.schema}.${table.name}`;
  if (!['r', 'p', 'v', 'f'].includes(table.kind)) {
    throw new SluiceError(
      'TABLE_UNUSABLE',
      `${displayName} is neither a table nor a view; rows cannot be written to it.`,
    );
  }
  // Read before the columns, so that a change in between shows as one.
  const shape = await readTableShape(client, table.oid);
  const { rows } = await client.query<ColumnRow>(columnSql, [table.oid]);
  const madeTypes = rows.flatMap(({ made_type: oid }) => (oid === null ? [] : [oid]));
  const typeOf = madeTypes.length === 0 ? undefined : await readMadeTypes(client, madeTypes);
  const columns = new Map(rows.map((row) => [row.name, toTargetColumn(row, typeOf)]));
  const keyColumns = toKeyColumns(displayName, columns, rows, { keyColumns: keyFields, ...settings });
  const unique = await client.query<{ is_unique: boolean }>(uniqueSql, [table.oid, keyColumns.map(({ name }) => name)]);
  return {
    oid: table.oid,
    shape,
    displayName,
    quoted: quoteQualifiedName(table.schema, table.name),
    columns,
    keyColumns,
    keyIsUnique: unique.rows[0]!.is_unique,
    isView: table.kind === 'v',
    parents: (table.parents ?? []).map(([schema, name]) => quoteQualifiedName(schema, name)),
    deletesCascade: table.deletes_cascade,
    isPlain: table.is_plain,
  };
}

/** Few tables have columns of composite types. */
async function readMadeTypes(client: ClientBase, oids: readonly string[]) {
  const { readTargetTypes } = await import('./read-target-types.ts');
  return readTargetTypes(client, oids);
}

function toTargetColumn(row: ColumnRow, typeOf?: (oid: string) => TargetType | undefined): TargetColumn {
  const { element, attributes } = (row.made_type !== null && typeOf?.(row.made_type)) || {};
  return {
    name: row.name,
    quoted: quoteIdentifier(row.name),
    castType: row.cast_type,
    baseType: row.base_type,
    isArray: row.is_array,
    typeModifier: row.type_modifier,
    hasEquality: row.has_equality,
    hasDeterministicCollation: row.has_deterministic_collation,
    required: row.required,
    generated: row.generated,
    identityAlways: row.identity_always,
    ...(element && { element }),
    ...(attributes && { attributes }),
  };
}

function toKeyColumns(
  displayName: string,
  columns: ReadonlyMap<string, TargetColumn>,
  rows: readonly ColumnRow[],
  { keyColumns: keyFields, foldsColumnNames }: CatalogSettings,
): TargetColumn[] {
  if (keyFields.length === 0) {
    const inKey = rows.filter((row) => row.key_position !== null);
    const generated = inKey.find((row) => row.generated);
    if (generated !== undefined) throw generatedKey(displayName, generated.name);
    return inKey.sort((a, b) => a.key_position! - b.key_position!).map((row) => columns.get(row.name)!);
  }
  return keyFields.map((field) => {
    const column = columns.get(field) ?? (foldsColumnNames ? columns.get(field.toLowerCase()) : undefined);
    if (column === undefined) {
      throw new SluiceError('TABLE_UNUSABLE', `pk.fields names ${field}, which is no column of ${displayName}.`);
    }
    if (column.generated) throw generatedKey(displayName, column.name);
    return column;
  });
}

/** PostgreSQL computes it, so records cannot carry what a row is found by. */
function generatedKey(displayName: string, column: string): SluiceError {
  return new SluiceError(
    'TABLE_UNUSABLE',
    `The key column ${column} of ${displayName} is generated; name columns that records carry in pk.fields.`,
  );
}
