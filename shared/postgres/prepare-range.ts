import type { Client } from 'pg';
import { isSluiceError, SluiceError } from '../errors/sluice-error.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import type { AcceptedRange } from './accept-range.ts';
import { needsLossless } from './bind-value.ts';
import type { Catalog } from './catalog.ts';
import { type DeadLetter, type LetterTarget, toDeadLetter, toLetterTarget } from './dead-letter.ts';
import { changesOf, followRecords } from './follow-records.ts';
import type { LedgerRow } from './ledger.ts';
import { OpenRows } from './open-rows.ts';
import type { Evaluate, Evaluated, Evaluation, PreparedChange, PreparedRange } from './prepared-range.ts';
import { RangeStopped } from './range-stopped.ts';
import type { TableName } from './read-target-table.ts';
import { toKeyTexts } from './row-id.ts';
import type { SchemaEvolution } from './schema-evolution.ts';
import { rememberRecords } from './seen-records.ts';
import { loadTypedValues } from './typed-values.ts';

/** What preparing needs besides the range. */
export interface PrepareContext extends Evaluation {
  readonly client: Client;
  readonly catalog: Catalog;
  /** False: a record that fails ends the range (`errors.tolerance=none`). */
  readonly toleratesDataErrors: boolean;
  /** True: a change of a row that an open letter is about follows it (`poison.key=hold`). */
  readonly holdsRows: boolean;
  /** Reads the rows that open letters of the partition are about, because an operator may have settled some. */
  readonly readOpenRows: () => Promise<ReadonlySet<string>>;
  /** The function's clock, milliseconds since the epoch. */
  readonly nowMs: number;
  /** Lets tables follow the records; absent where they never do. */
  readonly evolution?: SchemaEvolution;
}

/**
 * Evaluates and binds the records of an accepted range: each becomes a change, a filtered record or a dead letter. The
 * catalog is read for tables that are not known, and once more before a value or column is said not to fit its table.
 * Parked records are not evaluated.
 *
 * @throws RangeStopped at the first record whose target table is missing or unusable, and at the first data error when
 *   they are not tolerated; SluiceError when a target table cannot be read
 */
export async function prepareRange(
  range: { readonly topic: string; readonly partition: number },
  accepted: AcceptedRange,
  context: PrepareContext,
): Promise<PreparedRange> {
  const { catalog, evaluate, holdsRows } = context;
  const { row, records, late } = accepted;
  const unread = records.filter(({ offset }) => !row.parked.has(offset));
  await context.prepare?.(unread);
  const evaluated = records.map((record) => (row.parked.has(record.offset) ? parkedRecord : evaluate(record, false)));
  if (evaluated.some(hasSchema)) await loadTypedValues();
  const wereKnown = await readTables(records, evaluated, context);
  let bound = bindAll(records, evaluated, context);
  if (wereKnown && bound.some((result) => isSluiceError(result) && result.stage === 'bind')) {
    catalog.forget();
    await readTables(records, evaluated, context);
    bound = bindAll(records, evaluated, context);
  }
  if (await followRecords(records, evaluated, bound, context)) {
    catalog.forget();
    await readTables(records, evaluated, context);
    bound = bindAll(records, evaluated, context);
  }
  const openRows = new OpenRows(await readHeldRows(row, bound, context));
  const changes: PreparedChange[] = [];
  const letters: DeadLetter[] = [];
  const reject = (record: KafkaRecord, error: SluiceError, target: LetterTarget = {}) => {
    if (!context.toleratesDataErrors && error.code !== 'RECORD_PARKED') throw new RangeStopped(record.offset, error);
    letters.push(toDeadLetter(record, error, target));
    if (target.tableName !== undefined) openRows.add(target.tableName, toRowKeys(target));
  };
  for (const record of late) reject(record, toLateError(record));
  let filtered = accepted.filteredBefore;
  for (let i = 0; i < bound.length; i++) {
    const record = records[i]!;
    const result = bound[i]!;
    if (result === 'filtered') filtered++;
    else if (isSluiceError(result)) reject(record, result, targetOf(record, evaluated[i]!, context));
    else if (holdsRows && isHeld(result, openRows)) reject(record, toHeldError(), targetOfChange(result));
    else changes.push(result);
  }
  const seen = rememberRecords(row.seen, records, context.nowMs, accepted.filteredTimestamp);
  return {
    ...range,
    row,
    openRows: openRows.all,
    changes,
    letters,
    gaps: accepted.gaps,
    move: {
      ...range,
      expectedOffset: accepted.expectedOffset,
      generation: row.generation,
      nextOffset: accepted.nextOffset,
      floorOffset: accepted.floorOffset,
      dense: accepted.dense,
      hasGaps: row.hasGaps || accepted.gaps.length > 0,
      ...seen,
      applied: changes.length,
      filtered,
      duplicate: accepted.duplicate,
      deadLettered: letters.length,
    },
  };
}

/** True when an open letter is about a row of the change. */
export function isHeld({ binder, change }: PreparedChange, openRows: OpenRows): boolean {
  return openRows.hasAny(binder.table.displayName, toKeyTexts(change));
}

/** Why a change follows the letters of its row. */
export function toHeldError(): SluiceError {
  return new SluiceError('KEY_HELD', 'An earlier event of the row is a dead letter, which this one follows.', {
    stage: 'ledger',
  });
}

/** Table and rows of a change. */
export function targetOfChange({ binder, change }: PreparedChange): LetterTarget {
  return toLetterTarget(binder.table.displayName, toKeyTexts(change));
}

const parkedRecord: Evaluated = {
  kind: 'rejected',
  error: new SluiceError('RECORD_PARKED', 'An operator parked the record; it was not decoded.', { stage: 'ledger' }),
};

function toLateError({ offset }: KafkaRecord): SluiceError {
  const message = `Offset ${offset} came when later ones had been applied: it lies in an accepted gap or below the first offset that was ever taken.`;
  return new SluiceError('OFFSET_OUT_OF_ORDER', message, { stage: 'ledger' });
}

function toRowKeys({ rowKey, newRowKey }: LetterTarget): string[] {
  return [rowKey, newRowKey].filter((key) => key !== undefined);
}

/** The remembered open rows, read anew when one of them is to hold a change back. */
async function readHeldRows(
  { openRows }: LedgerRow,
  bound: readonly (PreparedChange | SluiceError | 'filtered')[],
  { holdsRows, readOpenRows }: PrepareContext,
): Promise<ReadonlySet<string>> {
  if (!holdsRows || openRows.size === 0) return openRows;
  const known = new OpenRows(openRows);
  const holds = bound.some((result) => result !== 'filtered' && !isSluiceError(result) && isHeld(result, known));
  return holds ? readOpenRows() : openRows;
}

/** Only a few converters, transforms and filters give values a schema; the code for those is not loaded otherwise. */
function hasSchema(evaluated: Evaluated): boolean {
  if (evaluated.kind !== 'change' || evaluated.event.op === 't') return false;
  const { beforeSchema, afterSchema, keySchema } = evaluated.event;
  return beforeSchema != null || afterSchema != null || keySchema != null;
}

type Change = Extract<Evaluated, { kind: 'change' }>;

/** Makes sure that every table of the records is known, and created if need be; answers whether all were known before. */
async function readTables(
  records: readonly KafkaRecord[],
  evaluated: readonly Evaluated[],
  context: PrepareContext,
): Promise<boolean> {
  const { client, catalog, evolution } = context;
  let wereKnown = true;
  catalog.makeRoom();
  for (const [i, one] of evaluated.entries()) {
    if (one.kind !== 'change' || catalog.knows(one.table)) continue;
    wereKnown = false;
    try {
      await readTable(one.table);
    } catch (error) {
      const isOfTable = isSluiceError(error) && (error.code === 'TABLE_MISSING' || error.code === 'TABLE_UNUSABLE');
      throw isOfTable ? new RangeStopped(records[i]!.offset, error) : error;
    }
  }
  return wereKnown;

  async function readTable(name: TableName): Promise<void> {
    try {
      await catalog.read(client, name);
    } catch (error) {
      if (evolution?.creates !== true || !isSluiceError(error) || error.code !== 'TABLE_MISSING') throw error;
      await evolution.create(client, name, changesOf(name, records, evaluated, context));
      await catalog.read(client, name);
    }
  }
}

function bindAll(
  records: readonly KafkaRecord[],
  evaluated: readonly Evaluated[],
  { catalog, evaluate }: PrepareContext,
): (PreparedChange | SluiceError | 'filtered')[] {
  return evaluated.map((one, i) => {
    if (one.kind === 'filtered') return 'filtered';
    if (one.kind === 'rejected') return one.error;
    return bind(records[i]!, one, catalog, evaluate);
  });
}

function bind(
  record: KafkaRecord,
  evaluated: Change,
  catalog: Catalog,
  evaluate: Evaluate,
): PreparedChange | SluiceError {
  try {
    const target = catalog.table(evaluated.table);
    const keyColumns = target.keyColumns.map(({ name }) => name);
    const binder = catalog.binder(target, evaluated.columnsFor(keyColumns, evaluated.event.source));
    const { event } = evaluated;
    if (event.op === 't') {
      const { topic, partition } = record;
      return { record, binder, change: { kind: 'truncate', topic, partition } };
    }
    let change = binder.bind(event, evaluated.isExact === true);
    if (change === needsLossless) {
      const again = evaluate(record, true);
      change = again.kind === 'change' && again.event.op !== 't' ? binder.bind(again.event, true) : needsLossless;
    }
    if (change === needsLossless)
      throw new SluiceError('INVARIANT_BROKEN', 'A lossless record was to be decoded again.');
    return { record, binder, change };
  } catch (error) {
    if (isSluiceError(error, 'data')) return error;
    throw error;
  }
}

/** Table and rows of a record that was evaluated but could not be bound; nothing of one that was not evaluated. */
function targetOf(record: KafkaRecord, evaluated: Evaluated, { catalog, evaluate }: PrepareContext): LetterTarget {
  if (evaluated.kind !== 'change') return {};
  const { schema, name } = evaluated.table;
  if (!catalog.isUsable(evaluated.table)) return toLetterTarget(schema === null ? name : `${schema}.${name}`, []);
  const target = catalog.table(evaluated.table);
  const lossless = evaluate(record, true);
  if (lossless.kind !== 'change' || lossless.event.op === 't') return toLetterTarget(target.displayName, []);
  const keyColumns = target.keyColumns.map(({ name }) => name);
  const binder = catalog.binder(target, lossless.columnsFor(keyColumns, lossless.event.source));
  return toLetterTarget(target.displayName, binder.keyTextsOf(lossless.event));
}
