import { isSluiceError, type SluiceError } from '../errors/sluice-error.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import type { BoundRow, ColumnSet } from './bound-row.ts';
import type { PrepareContext } from './prepare-range.ts';
import type { Evaluated, PreparedChange } from './prepared-range.ts';
import type { TableName } from './read-target-table.ts';
import type { SeenChange } from './schema-evolution.ts';
import { toWiderType } from './widen-type.ts';

type Bound = PreparedChange | SluiceError | 'filtered';

/** What a changed table may mend. */
const mendable: readonly string[] = ['COLUMN_UNKNOWN', 'VALUE_OUT_OF_RANGE', 'VALUE_INVALID'];

/**
 * Lets tables follow the records that do not fit them. Answers whether a table may have changed, so that all has to be
 * bound again.
 *
 * @throws SluiceError `PERMISSION_DENIED`, `SCHEMA_CHANGE_FAILED`, or what became of the connection
 */
export async function followRecords(
  records: readonly KafkaRecord[],
  evaluated: readonly Evaluated[],
  bound: readonly Bound[],
  { client, catalog, evaluate, evolution }: PrepareContext,
): Promise<boolean> {
  if (evolution === undefined) return false;
  const misfits = new Map<string, { readonly name: TableName; readonly changes: SeenChange[] }>();
  for (const [i, one] of evaluated.entries()) {
    if (one.kind !== 'change' || !catalog.isUsable(one.table) || !evolution.follows(catalog.table(one.table))) continue;
    if (!isMisfit(bound[i]!)) continue;
    const again = evaluate(records[i]!, true);
    if (again.kind !== 'change') continue;
    const id = JSON.stringify(one.table);
    const group = misfits.get(id);
    if (group === undefined) misfits.set(id, { name: one.table, changes: [again] });
    else group.changes.push(again);
  }
  let hasChanged = false;
  for (const { name, changes } of misfits.values()) {
    hasChanged = (await evolution.evolve(client, name, catalog.table(name), changes)) || hasChanged;
  }
  return hasChanged;
}

/** All changes of a table, losslessly decoded, of which a new table is made. */
export function changesOf(
  name: TableName,
  records: readonly KafkaRecord[],
  evaluated: readonly Evaluated[],
  { evaluate }: Pick<PrepareContext, 'evaluate'>,
): SeenChange[] {
  return evaluated.flatMap((one, i) => {
    if (one.kind !== 'change' || one.table.schema !== name.schema || one.table.name !== name.name) return [];
    const again = evaluate(records[i]!, true);
    return again.kind === 'change' ? [again] : [];
  });
}

function isMisfit(bound: Bound): boolean {
  if (bound === 'filtered') return false;
  if (isSluiceError(bound)) return bound.stage === 'bind' && mendable.includes(bound.code);
  return 'row' in bound.change && bound.change.row !== undefined && isTooWide(bound.change.row);
}

/** Columns of which only PostgreSQL, or nobody, would say that a value does not fit; by column set, since most have none. */
const checkedPositions = new WeakMap<ColumnSet, readonly number[]>();

function isTooWide({ set, values }: BoundRow): boolean {
  let positions = checkedPositions.get(set);
  if (positions === undefined) {
    positions = set.columns.flatMap(({ baseType, typeModifier }, i) =>
      baseType === 'date' || (baseType === 'varchar' && typeModifier > 4) ? [i] : [],
    );
    checkedPositions.set(set, positions);
  }
  return positions.some((i) => toWiderType(set.columns[i]!, values[i]!) !== undefined);
}
