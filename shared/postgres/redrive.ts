import type { Client } from 'pg';
import { SluiceError } from '../errors/sluice-error.ts';
import type { Catalog } from './catalog.ts';
import { quoteIdentifier } from './identifier.ts';
import { initialLedgerRow } from './ledger.ts';
import { type LetterOwner, readLetterRecord } from './letter-record.ts';
import { buildLetterSelection, type LetterSelection, maxSelectedLetters } from './letter-selection.ts';
import { prepareRange } from './prepare-range.ts';
import type { Evaluation, PreparedRange } from './prepared-range.ts';
import { RangeStopped } from './range-stopped.ts';
import type { DeadLetterPosition } from './read-dead-letters.ts';
import { toKeyTexts } from './row-id.ts';
import type { SchemaEvolution } from './schema-evolution.ts';
import type { WriteMode } from './target-settings.ts';
import { encodeTextArray } from './text-array.ts';
import { toRowError } from './to-row-error.ts';
import { buildBeginning, commitStatement, fly, rollback } from './transaction.ts';
import { buildRowStatements, buildTableChecks } from './write-together.ts';

/** Below this the next letter is left for another call. */
const shortestBudgetMs = 1_500;
/** Most failures that an answer describes. */
const maxDescribed = 20;

/** What redriving needs. */
export interface RedriveContext extends LetterOwner {
  readonly client: Client;
  readonly catalog: Catalog;
  /** The steps of the connector before the database. */
  readonly evaluation: Evaluation;
  readonly mode: WriteMode;
  /** Lets tables follow the records; absent where they never do. */
  readonly evolution?: SchemaEvolution;
  /** Time left. */
  readonly remainingMs: () => number;
}

/** What became of one letter. */
type LetterFate = 'redriven' | 'filtered' | 'failed' | 'waiting' | 'superseded' | 'settled' | 'withoutPayload';

/** What became of the letters of a selection, by number. */
export interface RedriveReport {
  /** Applied now. */
  readonly redriven: number;
  /** Settled without effect: the connector filters them. */
  readonly filtered: number;
  /** Failed again; they stay open, with the new reason. */
  readonly failed: number;
  /** Not tried, because an earlier letter about the same row is open. */
  readonly waiting: number;
  /** Not applied, because later events of the row were. */
  readonly superseded: number;
  /** Not open any more: redriven or discarded before. */
  readonly settled: number;
  /** Not tried, because they were stored without payload; read the records from Kafka anew. */
  readonly withoutPayload: number;
  /** True when more letters fit the selection, or time was short. */
  readonly hasMore: boolean;
  /** Why letters failed, the first 20. */
  readonly failures: readonly (DeadLetterPosition & { readonly code: string; readonly message: string })[];
}

/**
 * Sends dead letters through the steps of the connector again, in order, each in a transaction of its own together with
 * its change of state, so that none is applied twice. A letter waits for the open ones before it about its row. The
 * ledger's offsets and counts do not move.
 *
 * @throws SluiceError for anything but a failure of the letter itself; what was redriven before stays so
 */
export async function redriveLetters(context: RedriveContext, selection: LetterSelection): Promise<RedriveReport> {
  const [found] = await fly(context.client, [buildLetterSelection(context, selection)]);
  const limit = Math.min(selection.limit ?? maxSelectedLetters, maxSelectedLetters);
  const counts = { redriven: 0, filtered: 0, failed: 0, waiting: 0, superseded: 0, settled: 0, withoutPayload: 0 };
  const failures: (DeadLetterPosition & { code: string; message: string })[] = [];
  let hasMore = found!.rows.length > limit;
  for (const row of found!.rows.slice(0, limit)) {
    if (context.remainingMs() < shortestBudgetMs) {
      hasMore = true;
      break;
    }
    const place = { topic: row.topic, partition: Number(row.partition), offset: Number(row.offset) };
    const fate = await redriveLetter(context, place);
    if (typeof fate === 'string') counts[fate]++;
    else {
      counts.failed++;
      if (failures.length < maxDescribed) failures.push({ ...place, code: fate.code, message: fate.message });
    }
  }
  return { ...counts, hasMore, failures };
}

async function redriveLetter(context: RedriveContext, place: DeadLetterPosition): Promise<LetterFate | SluiceError> {
  const { client, catalog, evaluation, evolution } = context;
  const record = await readLetterRecord(client, context, place);
  if (record === undefined) return readFate(context, place);
  if (record === null) return 'withoutPayload';
  const { topic, partition, offset } = place;
  const row = initialLedgerRow('', offset);
  const accepted = { row, records: [record], late: [], duplicate: 0, filteredBefore: 0, gaps: [] };
  const bounds = { expectedOffset: null, nextOffset: offset + 1, floorOffset: offset, dense: true };
  const prepared = await prepareRange(
    { topic, partition },
    { ...accepted, ...bounds },
    {
      client,
      catalog,
      ...evaluation,
      toleratesDataErrors: true,
      holdsRows: false,
      readOpenRows: async () => row.openRows,
      nowMs: 0,
      ...(evolution && { evolution }),
    },
  ).catch(throwCause);
  const [letter] = prepared.letters;
  if (letter === undefined) return writeLetter(context, place, prepared);
  const { code, message, stage, sqlState, column } = letter;
  const details = { stage, ...(sqlState !== undefined && { sqlState }), ...(column !== undefined && { column }) };
  return noteFailure(context, place, new SluiceError(code, message, details));
}

/** A range of one record that stops says why the record cannot be written. */
function throwCause(error: unknown): never {
  throw error instanceof RangeStopped ? error.cause : error;
}

/** One transaction: the letter's state, which only an open letter without open ones before it can change, and the row. */
async function writeLetter(
  context: RedriveContext,
  place: DeadLetterPosition,
  { changes }: PreparedRange,
): Promise<LetterFate | SluiceError> {
  const { client, mode } = context;
  const [change] = changes;
  const keys = change === undefined ? [] : toKeyTexts(change.change);
  try {
    const [, , settled] = await fly(client, [
      ...buildBeginning(context.remainingMs()),
      buildSettling(context, place, change?.binder.table.displayName ?? '', keys),
    ]);
    if (settled!.rowCount === 0) {
      await rollback(client);
      return await readFate(context, place);
    }
    const rows = buildRowStatements(changes, { mode, identity: context }, { unmatched: 0, sharedKeys: 0 });
    await fly(client, [...rows, ...buildTableChecks(changes), commitStatement]);
    return change === undefined ? 'filtered' : 'redriven';
  } catch (error) {
    await rollback(client);
    const failure = toRowError(error, changes, mode);
    if (failure.errorClass !== 'data' && failure.errorClass !== 'order') throw error;
    return noteFailure(context, place, failure);
  }
}

function buildSettling(
  { schema, connector }: LetterOwner,
  { topic, partition, offset }: DeadLetterPosition,
  tableName: string,
  keys: readonly string[],
) {
  const letters = `${quoteIdentifier(schema)}.dead_letters`;
  return {
    text: `update ${letters} d set state = 'redriven', attempts = d.attempts + 1, settled_at = now()
      where d.connector = $1 and d.topic = $2 and d.partition = $3::int4 and d."offset" = $4::int8 and d.state = 'open'
        and not exists (select from ${letters} e
          where e.connector = $1 and e.topic = $2 and e.partition = $3::int4 and e."offset" < $4::int8 and e.state = 'open'
            and e.table_name = $5 and (e.row_key = any ($6::text[]) or e.new_row_key = any ($6::text[])))`,
    values: [connector, topic, String(partition), String(offset), tableName, encodeTextArray(keys)],
  };
}

/** Why a letter cannot be redriven now. */
async function readFate(
  { client, schema, connector }: RedriveContext,
  { topic, partition, offset }: DeadLetterPosition,
): Promise<LetterFate> {
  const text = `select state from ${quoteIdentifier(schema)}.dead_letters
    where connector = $1 and topic = $2 and partition = $3::int4 and "offset" = $4::int8`;
  const [found] = await fly(client, [{ text, values: [connector, topic, String(partition), String(offset)] }]);
  const state = found!.rows[0]?.state;
  if (state === 'open') return 'waiting';
  return state === 'superseded' ? 'superseded' : 'settled';
}

async function noteFailure(
  { client, schema, connector }: RedriveContext,
  { topic, partition, offset }: DeadLetterPosition,
  failure: SluiceError,
): Promise<SluiceError> {
  const text = `update ${quoteIdentifier(schema)}.dead_letters
    set attempts = attempts + 1, code = $5, message = $6, stage = $7, sqlstate = $8, column_name = $9
    where connector = $1 and topic = $2 and partition = $3::int4 and "offset" = $4::int8 and state = 'open'`;
  const { code, message, stage = 'write', sqlState = null, column = null } = failure;
  const values = [connector, topic, String(partition), String(offset), code, message, stage, sqlState, column];
  await fly(client, [{ text, values }]);
  return failure;
}
