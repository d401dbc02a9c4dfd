import type { BoundRow } from './bound-row.ts';
import { type ColumnArray, encodeColumn } from './column-array.ts';
import type { RowKey } from './row-key.ts';
import type { TargetColumn, TargetTable } from './target-table.ts';
import type { KeyedRow } from './write-step.ts';

/** SQL text and its parameters, ready to be sent. */
export interface Statement {
  readonly text: string;
  readonly values: readonly (Buffer | string | null)[];
  /** Rows that it is meant to find, when fewer found ones are to be counted as unmatched. */
  readonly expectedRows?: number;
  /** What a division_by_zero of this statement means: it is how a statement refuses its transaction. */
  readonly raises?: 'LEDGER_CONFLICT' | 'TABLE_CHANGED';
}

/** Deletes the rows of the keys; missing ones are no error. */
export function buildDelete(table: TargetTable, keys: readonly RowKey[]): Statement {
  const columns = table.keyColumns;
  const arrays = arraysOf(keys, columns);
  return {
    text: `delete from ${table.quoted} t using (select ${sourceOf(columns, arrays, 'k')}) s where ${joinOn(columns, 'k')}`,
    values: valuesOf(arrays),
  };
}

/** Inserts rows of one column set; an existing key is PostgreSQL's unique_violation. */
export function buildInsert(table: TargetTable, rows: readonly BoundRow[]): Statement {
  const { columns } = rows[0]!.set;
  if (columns.length === 0) {
    // An image without columns is a row of defaults.
    return { text: `insert into ${table.quoted} select from generate_series(1, ${rows.length})`, values: [] };
  }
  const arrays = arraysOf(rows, columns);
  return {
    text: `insert into ${table.quoted} (${namesOf(columns)}) overriding system value select ${sourceOf(columns, arrays, 'c')}`,
    values: valuesOf(arrays),
  };
}

/** Inserts rows of one column set whose keys differ; an existing key keeps its row. */
export function buildInsertIgnore(table: TargetTable, rows: readonly BoundRow[]): Statement {
  const keys = table.keyColumns;
  if (keys.length === 0 || table.keyIsUnique) {
    const insert = buildInsert(table, rows);
    return keys.length === 0 ? insert : { ...insert, text: `${insert.text}${onConflictOf(table, [])}` };
  }
  const { columns, positions } = rows[0]!.set;
  const arrays = arraysOf(rows, columns);
  const isThere = keys.map((key) => `t.${key.quoted} = s.c${positions.get(key.name)}`).join(' and ');
  return {
    text: `insert into ${table.quoted} (${namesOf(columns)}) overriding system value
      select ${columns.map((_, i) => `s.c${i}`).join(', ')} from (select ${sourceOf(columns, arrays, 'c')}) s
      where not exists (select from ${table.quoted} t where ${isThere})`,
    values: valuesOf(arrays),
  };
}

/** Gives rows of one column set, where they are, the columns that say that they were deleted. */
export function buildMark(table: TargetTable, rows: readonly KeyedRow[]): Statement {
  const { text, values } = buildUpdate(table, rows);
  return { text, values };
}

/**
 * Writes rows of one column set whose keys differ: an existing row gets the columns of the set and keeps its others.
 *
 * PostgreSQL checks NOT NULL and CHECK on the proposed row before it looks for a conflict, so a set that lacks a required
 * column, or has columns for a new row only, updates first and inserts what was not found; so does a key without a unique
 * index. Rows that must exist
 * fail with division_by_zero where they do not.
 */
export function buildUpsert(table: TargetTable, rows: readonly BoundRow[]): Statement {
  const { set } = rows[0]!;
  const keys = table.keyColumns;
  const others = assignableOf((set.assigned ?? set).columns, keys);
  const onConflict = onConflictOf(table, others);
  if (table.keyIsUnique && !set.lacksRequired && !set.mustExist && set.assigned === undefined) {
    const insert = buildInsert(table, rows);
    return { ...insert, text: insert.text + onConflict };
  }
  const arrays = arraysOf(rows, set.columns);
  const aliases = set.columns.map((_, i) => `c${i}`);
  const aliasOf = (column: TargetColumn) => aliases[set.positions.get(column.name)!]!;
  const isFound = keys.map((key) => `t.${key.quoted} = s.${aliasOf(key)}`).join(' and ');
  const found = keys.map((key, i) => `t.${key.quoted} as k${i}`).join(', ');
  const find =
    others.length === 0
      ? `select ${found} from ${table.quoted} t, s where ${isFound}`
      : `update ${table.quoted} t set ${others.map((column) => `${column.quoted} = s.${aliasOf(column)}`).join(', ')}
      from s where ${isFound}
      returning ${found}`;
  const notFound = `not exists (select from u where ${keys.map((key, i) => `u.k${i} = s.${aliasOf(key)}`).join(' and ')})`;
  const source = `with s as materialized (select ${sourceOf(set.columns, arrays, 'c')}),
    u as (
      ${find}
    )`;
  if (set.mustExist) {
    const check = `select 1 / (case when exists (select from s where ${notFound}) then 0 else 1 end)`;
    return { text: `${source} ${check}`, values: valuesOf(arrays) };
  }
  const text = `
    ${source}
    insert into ${table.quoted} (${namesOf(set.columns)}) overriding system value
    select ${aliases.map((alias) => `s.${alias}`).join(', ')} from s
    where ${notFound}${onConflict}`;
  return { text, values: valuesOf(arrays) };
}

/**
 * Updates rows of one column set where their keys stand; rows that are not found stay unmatched. The key columns are
 * assigned only with `movesKey`. Rows of nothing to assign are still looked for, so that missing ones are counted.
 */
export function buildUpdate(table: TargetTable, rows: readonly KeyedRow[], movesKey = false): Statement {
  const { columns } = rows[0]!.row.set;
  const keys = table.keyColumns;
  const arrays = arraysOf(
    rows.map(({ row }) => row),
    columns,
  );
  const keyArrays = arraysOf(
    rows.map(({ key }) => key),
    keys,
  );
  const source = `(select ${sourceOf(columns, arrays, 'c')}, ${sourceOf(keys, keyArrays, 'k', columns.length)}) s`;
  const assignable = new Set([...assignableOf(columns, keys), ...(movesKey ? keys : [])]);
  const assigned = columns.flatMap((column, i) => (assignable.has(column) ? [`${column.quoted} = s.c${i}`] : []));
  return {
    text:
      assigned.length === 0
        ? `select from ${table.quoted} t, ${source} where ${joinOn(keys, 'k')}`
        : `update ${table.quoted} t set ${assigned.join(', ')} from ${source} where ${joinOn(keys, 'k')}`,
    values: [...valuesOf(arrays), ...valuesOf(keyArrays)],
    expectedRows: rows.length,
  };
}

/**
 * Moves a row to another key. With `replaces`, a row that stands in the way is removed first, and a row that is not
 * there is written at the new key, or fails with division_by_zero when it must exist; without, it stays unmatched. A key
 * that is generated always as identity cannot be assigned, so a full image of it is deleted and written anew; PostgreSQL
 * refuses a partial one.
 */
export function buildMove(
  table: TargetTable,
  move: { readonly key: RowKey; readonly newKey: RowKey; readonly row: BoundRow },
  replaces: boolean,
): Statement[] {
  const keys = table.keyColumns;
  if (move.row.set.isFull && keys.some(({ identityAlways }) => identityAlways)) {
    return replaces ? [buildDelete(table, [move.key]), buildUpsert(table, [move.row])] : [buildRewrite(table, move)];
  }
  if (!replaces) return [buildUpdate(table, [move], true)];
  const at = (alias: string, first: number) =>
    keys.map(({ quoted, castType }, i) => `${alias}.${quoted} = $${first + i}::${castType}`).join(' and ');
  const areOneRow = keys
    .map(({ castType }, i) => `$${1 + i}::${castType} = $${1 + keys.length + i}::${castType}`)
    .join(' and ');
  const remove: Statement = {
    text: `delete from ${table.quoted} t where ${at('t', 1 + keys.length)} and not (${areOneRow})
      and exists (select from ${table.quoted} o where ${at('o', 1)})`,
    values: [...move.key.values, ...move.newKey.values],
  };
  const { columns } = move.row.set;
  const { assigned: forExisting, mustExist, lacksRequired } = move.row.set;
  const assignedSet = forExisting ?? move.row.set;
  const assigned = columns
    .flatMap((column, i) =>
      assignedSet.positions.has(column.name) && (keys.includes(column) || !column.identityAlways)
        ? [`${column.quoted} = $${i + 1}::${column.castType}`]
        : [],
    )
    .join(', ');
  const values = columns.map(({ castType }, i) => `$${i + 1}::${castType}`).join(', ');
  const taken = keys.map((key) => `t.${key.quoted} = $${move.row.set.positions.get(key.name)! + 1}::${key.castType}`);
  // What a new row could be refused for must not keep the one that already stands at the new key from being updated.
  const updatesFirst = lacksRequired || mustExist || forExisting !== undefined;
  const present = updatesFirst
    ? `, present as (update ${table.quoted} t set ${assigned} where ${taken.join(' and ')} and not exists (select from moved) returning 1)`
    : '';
  const orPresent = updatesFirst ? ' and not exists (select from present)' : '';
  const onConflict = onConflictOf(table, assignableOf(assignedSet.columns, keys));
  const insertText = mustExist
    ? `select 1 / (case when exists (select from moved) or exists (select from present) then 1 else 0 end)`
    : `insert into ${table.quoted} (${namesOf(columns)}) overriding system value
    select ${values} where not exists (select from moved)${orPresent}${onConflict}`;
  const write: Statement = {
    text: `with moved as (update ${table.quoted} t set ${assigned} where ${at('t', columns.length + 1)} returning 1)${present} ${insertText}`,
    values: [...move.row.values, ...move.key.values],
  };
  return [remove, write];
}

/** Deletes a row and writes it anew with another key; one that is not there stays unmatched. */
function buildRewrite(
  { quoted, keyColumns }: TargetTable,
  { key, row }: { readonly key: RowKey; readonly row: BoundRow },
): Statement {
  const { columns } = row.set;
  const isOld = keyColumns.map((column, i) => `t.${column.quoted} = $${columns.length + i + 1}::${column.castType}`);
  return {
    text: `with gone as (delete from ${quoted} t where ${isOld.join(' and ')} returning 1)
      insert into ${quoted} (${namesOf(columns)}) overriding system value
      select ${columns.map(({ castType }, i) => `$${i + 1}::${castType}`).join(', ')} where exists (select from gone)`,
    values: [...row.values, ...key.values],
    expectedRows: 1,
  };
}

/** Updates the rows that the match names, on a table without key; with `inserts` a row that matches none is inserted. */
export function buildUpdateMatch(table: TargetTable, match: BoundRow, row: BoundRow, inserts: boolean): Statement {
  const assignable = new Set(assignableOf(row.set.columns, []));
  const columns = inserts ? row.set.columns : row.set.columns.filter((column) => assignable.has(column));
  const found = buildMatch(table, match, columns.length + 1);
  const assigned = columns.flatMap((column, i) =>
    assignable.has(column) ? [`${column.quoted} = $${i + 1}::${column.castType}`] : [],
  );
  const update =
    assigned.length === 0
      ? `select 1 from ${table.quoted} t where ${found.condition}`
      : `update ${table.quoted} t set ${assigned.join(', ')} where ${found.condition} returning 1`;
  const values = [...columns.map(({ name }) => row.values[row.set.positions.get(name)!]!), ...found.values];
  if (!inserts) return { text: update, values, expectedRows: 1 };
  return {
    text: `with updated as (${update})
      insert into ${table.quoted} (${namesOf(columns)}) overriding system value
      select ${columns.map(({ castType }, i) => `$${i + 1}::${castType}`).join(', ')} where not exists (select from updated)`,
    values,
  };
}

/** Deletes the rows that the match names, on a table without key. */
export function buildDeleteMatch(table: TargetTable, match: BoundRow): Statement {
  const found = buildMatch(table, match, 1);
  return { text: `delete from ${table.quoted} t where ${found.condition}`, values: found.values };
}

/** A full image means one row, whichever of equal ones; a partial image means every row that it fits. */
function buildMatch(
  table: TargetTable,
  match: BoundRow,
  firstParameter: number,
): { condition: string; values: (string | null)[] } {
  const values: (string | null)[] = [];
  const conditions = match.set.columns.map((column, i) => {
    const value = match.values[i]!;
    if (value === null) return `m.${column.quoted} is null`;
    values.push(value);
    const parameter = `$${firstParameter + values.length - 1}::${column.castType}`;
    // json and xml have no equality; their text is compared.
    return column.hasEquality ? `m.${column.quoted} = ${parameter}` : `m.${column.quoted}::text = (${parameter})::text`;
  });
  const one = match.set.isFull ? ' limit 1' : '';
  return {
    condition: `(t.tableoid, t.ctid) in (select m.tableoid, m.ctid from ${table.quoted} m where ${conditions.join(' and ')}${one})`,
    values,
  };
}

/** The columns that an update assigns: neither keys nor those that PostgreSQL lets only an insert write. */
function assignableOf(columns: readonly TargetColumn[], keys: readonly TargetColumn[]): TargetColumn[] {
  return columns.filter((column) => !keys.includes(column) && !column.identityAlways);
}

function onConflictOf({ keyIsUnique, keyColumns }: TargetTable, assigned: readonly TargetColumn[]): string {
  if (!keyIsUnique) return '';
  const sets = assigned.map(({ quoted }) => `${quoted} = excluded.${quoted}`).join(', ');
  return ` on conflict (${namesOf(keyColumns)}) do ${sets === '' ? 'nothing' : `update set ${sets}`}`;
}

function namesOf(columns: readonly TargetColumn[]): string {
  return columns.map(({ quoted }) => quoted).join(', ');
}

// In the select list unnest streams; in from it would fill a tuplestore for each column.
function sourceOf(
  columns: readonly TargetColumn[],
  arrays: readonly ColumnArray[],
  prefix: string,
  offset = 0,
): string {
  return columns
    .map(({ castType }, i) => {
      return `unnest($${offset + i + 1}::${arrays[i]!.elementType}[])::${castType} as ${prefix}${i}`;
    })
    .join(', ');
}

function joinOn(keys: readonly TargetColumn[], prefix: string): string {
  return keys.map(({ quoted }, i) => `t.${quoted} = s.${prefix}${i}`).join(' and ');
}

function arraysOf(
  rows: readonly { readonly values: readonly (string | null)[] }[],
  columns: readonly TargetColumn[],
): ColumnArray[] {
  return columns.map((column, i) => encodeColumn(rows, i, column));
}

function valuesOf(arrays: readonly ColumnArray[]): Buffer[] {
  return arrays.map(({ value }) => value);
}
