import { type Client, DatabaseError } from 'pg';
import type { BoundChange } from './bound-change.ts';
import { FlightError, flight } from './flight.ts';
import type { TargetColumn } from './target-table.ts';

/** Bytes that PostgreSQL adds to the length or precision in a type modifier (VARHDRSZ). */
const modifierOffset = 4;

/** What PostgreSQL says of texts and bits of the wrong length. */
const lengthStates: ReadonlySet<string> = new Set(['22001', '22026']);

/**
 * The column whose value PostgreSQL refuses with an SQLSTATE, of a change that it refused without naming one: its data
 * exceptions do not. Each value is cast by itself under a savepoint of the open transaction; undefined when every one
 * passes alone.
 */
export async function findRefusedColumn(
  client: Client,
  change: BoundChange,
  keyColumns: readonly TargetColumn[],
  sqlState: string,
): Promise<TargetColumn | undefined> {
  for (const { columns, values } of boundOf(change, keyColumns)) {
    for (const [i, column] of columns.entries()) {
      const value = values[i];
      if (value === null || value === undefined) continue;
      if (!(await isAccepted(client, value, column, sqlState))) return column;
    }
  }
  return undefined;
}

interface BoundValues {
  readonly columns: readonly TargetColumn[];
  readonly values: readonly (string | null)[];
}

function boundOf(change: BoundChange, keyColumns: readonly TargetColumn[]): BoundValues[] {
  const bound: BoundValues[] = [];
  if ('row' in change) bound.push({ columns: change.row.set.columns, values: change.row.values });
  if ('match' in change) bound.push({ columns: change.match.set.columns, values: change.match.values });
  if ('key' in change && change.key !== undefined) bound.push({ columns: keyColumns, values: change.key.values });
  return bound;
}

/** A condition in SQL that is true of an element `v` that an assignment refuses, where a cast would cut it. */
function toTooLong({ baseType, typeModifier }: TargetColumn): string | undefined {
  if (typeModifier < 0) return undefined;
  switch (baseType.replace(/^_/, '')) {
    // The modifier of bits is their number.
    case 'bit':
      return `length(v) <> ${typeModifier}`;
    case 'varbit':
      return `length(v) > ${typeModifier}`;
    // Blanks that are too much are cut.
    case 'varchar':
    case 'bpchar':
      return `length(rtrim(v, ' ')) > ${typeModifier - modifierOffset}`;
    default:
      return undefined;
  }
}

async function isAccepted(client: Client, value: string, column: TargetColumn, sqlState: string): Promise<boolean> {
  try {
    const tooLong = lengthStates.has(sqlState) ? toTooLong(column) : undefined;
    const values = column.isArray ? `unnest($1::${column.castType}) v` : `(select $1::${column.castType}) as given (v)`;
    const text = `select ${tooLong === undefined ? `$1::${column.castType}` : `from ${values} where ${tooLong} limit 1`}`;
    const results = await flight(client, [savepoint, { text, values: [value] }, rollbackToSavepoint, release]);
    return tooLong === undefined || results[1]!.rows.length === 0;
  } catch (error) {
    // The statements behind the refused one were taken: they brought the transaction back.
    if (!(error instanceof FlightError) || error.index !== 1) throw error;
    return !(error.cause instanceof DatabaseError && error.cause.code === sqlState);
  }
}

const savepoint = { text: 'savepoint sluice_column', values: [] };
const release = { text: 'release savepoint sluice_column', values: [] };
const rollbackToSavepoint = { text: 'rollback to savepoint sluice_column', values: [] };
