import type { Client } from 'pg';
import { isSluiceError, SluiceError } from '../errors/sluice-error.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import type { AcceptedRange } from './accept-range.ts';
import { needsLossless } from './bind-value.ts';
import type { Catalog } from './catalog.ts';
import { type DeadLetter, toDeadLetter } from './dead-letter.ts';
import type { Evaluate, Evaluated, PreparedChange, PreparedRange } from './prepared-range.ts';
import { RangeStopped } from './range-stopped.ts';
import type { TableBinder } from './table-binder.ts';

/** What preparing needs besides the range. */
export interface PrepareContext {
  readonly client: Client;
  readonly catalog: Catalog;
  readonly evaluate: Evaluate;
  /** False: a record that fails ends the range (`errors.tolerance=none`). */
  readonly toleratesDataErrors: boolean;
}

/**
 * Evaluates and binds the records of an accepted range: each becomes a change, a filtered record or a dead letter. The
 * catalog is read for tables that are not known, and once more before a value or column is said not to fit its table.
 *
 * @throws RangeStopped at the first data error when they are not tolerated; SluiceError when a target table cannot be
 *   read
 */
export async function prepareRange(
  range: { readonly topic: string; readonly partition: number },
  accepted: AcceptedRange,
  context: PrepareContext,
): Promise<PreparedRange> {
  const { catalog, evaluate } = context;
  const evaluated = accepted.records.map((record) => evaluate(record, false));
  const wereKnown = await readTables(evaluated, context);
  let bound = bindAll(accepted.records, evaluated, context);
  if (wereKnown && bound.some((result) => isSluiceError(result) && result.stage === 'bind')) {
    catalog.forget();
    await readTables(evaluated, context);
    bound = bindAll(accepted.records, evaluated, context);
  }
  const changes: PreparedChange[] = [];
  const letters: DeadLetter[] = [];
  let filtered = accepted.filteredBefore;
  let maxTimestamp = 0;
  for (let i = 0; i < bound.length; i++) {
    const record = accepted.records[i]!;
    const result = bound[i]!;
    maxTimestamp = Math.max(maxTimestamp, record.timestamp);
    if (result === 'filtered') filtered++;
    else if (!isSluiceError(result)) changes.push(result);
    else if (context.toleratesDataErrors) letters.push(toDeadLetter(record, result, tableOf(evaluated[i]!)));
    else throw new RangeStopped(record.offset, result);
  }
  return {
    ...range,
    changes,
    letters,
    gaps: accepted.gaps,
    move: {
      ...range,
      expectedOffset: accepted.expectedOffset,
      nextOffset: accepted.nextOffset,
      floorOffset: accepted.floorOffset,
      dense: accepted.dense,
      maxTimestamp,
      applied: changes.length,
      filtered,
      duplicate: accepted.duplicate,
      deadLettered: letters.length,
    },
  };
}

type Change = Extract<Evaluated, { kind: 'change' }>;

/** Makes sure that every table of the records is known; answers whether all were before. */
async function readTables(evaluated: readonly Evaluated[], { client, catalog }: PrepareContext): Promise<boolean> {
  let wereKnown = true;
  for (const one of evaluated) {
    if (one.kind !== 'change' || catalog.knows(one.table)) continue;
    wereKnown = false;
    await catalog.read(client, one.table);
  }
  return wereKnown;
}

function bindAll(
  records: readonly KafkaRecord[],
  evaluated: readonly Evaluated[],
  { catalog, evaluate }: PrepareContext,
): (PreparedChange | SluiceError | 'filtered')[] {
  return evaluated.map((one, i) => {
    if (one.kind === 'filtered') return 'filtered';
    if (one.kind === 'rejected') return one.error;
    const target = catalog.table(one.table);
    const keyColumns = target.keyColumns.map(({ name }) => name);
    const binder = catalog.binder(target, one.columnsFor(keyColumns, one.event.source));
    return bind(records[i]!, one, binder, evaluate);
  });
}

function bind(
  record: KafkaRecord,
  evaluated: Change,
  binder: TableBinder,
  evaluate: Evaluate,
): PreparedChange | SluiceError {
  try {
    let change = binder.bind(evaluated.event, false);
    if (change === needsLossless) {
      const again = evaluate(record, true);
      change = again.kind === 'change' ? binder.bind(again.event, true) : needsLossless;
    }
    if (change === needsLossless)
      throw new SluiceError('INVARIANT_BROKEN', 'A lossless record was to be decoded again.');
    return { record, binder, change };
  } catch (error) {
    if (isSluiceError(error, 'data')) return error;
    throw error;
  }
}

function tableOf(evaluated: Evaluated): { tableName?: string } {
  if (evaluated.kind !== 'change') return {};
  const { schema, name } = evaluated.table;
  return { tableName: schema === null ? name : `${schema}.${name}` };
}
