import type { Image } from '../change/change-event.ts';
import type { Value } from '../data/value.ts';
import { quoteIdentifier, quoteQualifiedName } from './identifier.ts';
import type { TableName } from './read-target-table.ts';
import type { TargetTable } from './target-table.ts';
import { joinKinds, toInferredType, toValueKind, type ValueKind } from './value-kind.ts';
import { joinWiderTypes, toWiderType } from './widen-type.ts';

/** PostgreSQL cuts longer names, so that the column would never be found (NAMEDATALEN - 1). */
const maxNameBytes = 63;
/** Every table has these already; no other column may be called so. */
const systemColumns: ReadonlySet<string> = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);
/** PostgreSQL has at most 1,600; producers decide on the names. */
const maxColumns = 1_000;

/** The images of one table in a batch: losslessly decoded, under the names of columns, without what is not written. */
export interface SeenImages {
  readonly images: readonly Image[];
  /** Types that the connector (`col.types`) or the schema of the values names, by column; they win over inference. */
  readonly types: ReadonlyMap<string, string>;
}

/** A new column and its PostgreSQL type. */
export interface NewColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * The columns of a new table: the key columns first, then the others in the order in which they come; those that are
 * named with a type need no value.
 */
export function planColumns(keyColumns: readonly string[], seen: SeenImages): NewColumn[] {
  const kinds = toKinds(seen);
  const names = new Set([...keyColumns, ...seen.types.keys(), ...kinds.keys()]);
  return [...names].slice(0, maxColumns).map((name) => ({ name, type: typeOf(name, kinds, seen) }));
}

/** The columns that images have and a table lacks. */
export function planAdditions(table: TargetTable, seen: SeenImages): NewColumn[] {
  const kinds = toKinds(seen);
  const names = [...kinds.keys()].filter((name) => !table.columns.has(name));
  return names
    .slice(0, Math.max(0, maxColumns - table.columns.size))
    .map((name) => ({ name, type: typeOf(name, kinds, seen) }));
}

/** Columns that have to become wider so that they hold the images, with the type that each has to become. */
export function planWidening(table: TargetTable, { images }: SeenImages): NewColumn[] {
  const wider = new Map<string, string>();
  for (const image of images) {
    for (const [name, value] of Object.entries(image)) {
      const column = table.columns.get(name);
      if (column === undefined || column.generated) continue;
      const type = joinWiderTypes(wider.get(name), toWiderType(column, value));
      if (type !== undefined) wider.set(name, type);
    }
  }
  return [...wider].map(([name, type]) => ({ name, type }));
}

/** SQL that creates a table, and its schema when it is named; without key columns the table gets no primary key. */
export function buildCreation(
  { schema, name }: TableName,
  columns: readonly NewColumn[],
  keyColumns: readonly string[],
): string[] {
  const table = schema === null ? quoteIdentifier(name) : quoteQualifiedName(schema, name);
  const isKey = new Set(keyColumns);
  const parts = columns.map((column) => `${toDefinition(column)}${isKey.has(column.name) ? ' not null' : ''}`);
  if (keyColumns.length > 0) parts.push(`primary key (${keyColumns.map(quoteIdentifier).join(', ')})`);
  return [
    ...(schema === null ? [] : [`create schema if not exists ${quoteIdentifier(schema)}`]),
    `create table if not exists ${table} (${parts.join(', ')})`,
  ];
}

/** SQL that adds columns to a table and widens others. */
export function buildAlteration(
  table: TargetTable,
  additions: readonly NewColumn[],
  widened: readonly NewColumn[],
): string[] {
  const actions = [
    ...additions.map((column) => `add column if not exists ${toDefinition(column)}`),
    ...widened.map(({ name, type }) => `alter column ${quoteIdentifier(name)} type ${type}`),
  ];
  return actions.length === 0 ? [] : [`alter table ${table.quoted} ${actions.join(', ')}`];
}

function toDefinition({ name, type }: NewColumn): string {
  return `${quoteIdentifier(name)} ${type}`;
}

function toKinds({ images }: SeenImages): Map<string, ValueKind | undefined> {
  const kinds = new Map<string, ValueKind | undefined>();
  for (const image of images) {
    for (const [name, value] of Object.entries(image) as [string, Value][]) {
      if (kinds.has(name)) kinds.set(name, joinKinds(kinds.get(name), toValueKind(value)));
      else if (isColumnName(name)) kinds.set(name, toValueKind(value));
    }
  }
  return kinds;
}

function typeOf(name: string, kinds: Map<string, ValueKind | undefined>, { types }: SeenImages): string {
  return types.get(name) ?? toInferredType(kinds.get(name));
}

/** False for a name that PostgreSQL would cut or cannot have. */
export function isColumnName(name: string): boolean {
  if (systemColumns.has(name)) return false;
  return name !== '' && Buffer.byteLength(name) <= maxNameBytes && !name.includes('\0') && name.isWellFormed();
}
