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
      const isRefused = lengthStates.has(sqlState) && isTooLong(value, column);
      if (isRefused || !(await isAccepted(client, value, column, sqlState))) return column;
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

function isTooLong(value: string, { baseType, typeModifier }: TargetColumn): boolean {
  if (typeModifier < 0) return false;
  // The modifier of bits is their number.
  if (baseType === 'bit') return value.length !== typeModifier;
  if (baseType === 'varbit') return value.length > typeModifier;
  if (baseType !== 'varchar' && baseType !== 'bpchar') return false;
  // A cast would cut the text, an assignment refuses it unless what is too much is blanks.
  return [...value.trimEnd()].length > typeModifier - modifierOffset;
}

async function isAccepted(client: Client, value: string, column: TargetColumn, sqlState: string): Promise<boolean> {
  try {
    const probe = { text: `select $1::${column.castType}`, values: [value] };
    await flight(client, [savepoint, probe, rollbackToSavepoint, release]);
    return true;
  } catch (error) {
    // The statements behind the refused one were taken: they brought the transaction back.
    if (!(error instanceof FlightError) || error.index !== 1) throw error;
    return !(error.cause instanceof DatabaseError && error.cause.code === sqlState);
  }
}

const savepoint = { text: 'savepoint sluice_column', values: [] };
const release = { text: 'release savepoint sluice_column', values: [] };
const rollbackToSavepoint = { text: 'rollback to savepoint sluice_column', values: [] };
