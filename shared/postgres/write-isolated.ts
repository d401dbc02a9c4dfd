import { isSluiceError, SluiceError } from '../errors/sluice-error.ts';
import { buildDeadLetterInsert, type DeadLetter, toDeadLetter } from './dead-letter.ts';
import { buildLedgerCorrection } from './ledger.ts';
import type { PreparedChange, PreparedRange } from './prepared-range.ts';
import { RangeStopped } from './range-stopped.ts';
import { isKeyConflict, toDatabaseError } from './to-database-error.ts';
import { buildOpening, commitStatement, fly, flyFromOpening, rollback } from './transaction.ts';
import { buildRowStatements, buildSideStatements, countUnmatched, type WriteContext } from './write-together.ts';

/** What PostgreSQL said of a range's changes. */
export interface IsolatedCounts {
  readonly unmatched: number;
  /** Changes that PostgreSQL refused and that became dead letters. */
  readonly refused: number;
}

/**
 * Writes one range of which some change fails. The range is halved, each half under a savepoint, until the failing
 * changes stand alone; those that can never apply become dead letters. In the limit every change is a statement of its
 * own in source order, which is the plain replay that compaction has to equal.
 *
 * Nothing is written when it throws, but for `CommitOutcomeUnknown`, which leaves that open.
 *
 * @throws RangeStopped at a change that waits for another row, or at a data error when those are not tolerated;
 *   SluiceError `LEDGER_CONFLICT`, or a transient or operator's error
 */
export async function writeIsolated(
  range: PreparedRange,
  context: WriteContext & { readonly toleratesDataErrors: boolean },
): Promise<IsolatedCounts> {
  const { client, identity, remainingMs } = context;
  const { topic, partition, move, changes } = range;
  try {
    await flyFromOpening(client, buildOpening(identity, [move], remainingMs));
    const isolation = new Isolation(context);
    await isolation.write(changes);
    const { letters, unmatched } = isolation;
    const refused = letters.length;
    await fly(client, [
      buildLedgerCorrection(identity, topic, partition, move.nextOffset, {
        applied: -refused,
        filtered: 0,
        duplicate: 0,
        deadLettered: refused,
        unmatched,
      }),
      ...buildSideStatements([range], identity),
      ...(refused === 0 ? [] : [buildDeadLetterInsert(identity, letters)]),
      commitStatement,
    ]);
    return { unmatched, refused };
  } catch (error) {
    await rollback(client);
    throw error;
  }
}

/** Writes changes under savepoints and collects those that PostgreSQL refuses. */
class Isolation {
  readonly letters: DeadLetter[] = [];
  unmatched = 0;
  readonly #context: WriteContext & { readonly toleratesDataErrors: boolean };

  constructor(context: WriteContext & { readonly toleratesDataErrors: boolean }) {
    this.#context = context;
  }

  async write(changes: readonly PreparedChange[]): Promise<void> {
    if (changes.length === 0) return;
    const { client, mode } = this.#context;
    const rows = [...buildRowStatements(changes, mode)];
    try {
      const results = await fly(client, [savepoint, ...rows, release]);
      this.unmatched += countUnmatched(rows, results.slice(1));
    } catch (error) {
      const failure = toRowError(error, changes, mode);
      if (failure.errorClass !== 'data' && failure.errorClass !== 'order') throw failure;
      // The savepoint outlives a rollback to it; without the release each failure would nest the next one deeper.
      await fly(client, [rollbackToSavepoint, release]);
      if (changes.length === 1) return this.#settle(changes[0]!, failure);
      const middle = Math.ceil(changes.length / 2);
      await this.write(changes.slice(0, middle));
      await this.write(changes.slice(middle));
    }
  }

  #settle({ record, binder, change }: PreparedChange, failure: SluiceError): void {
    if (failure.errorClass === 'order' || !this.#context.toleratesDataErrors) {
      throw new RangeStopped(record.offset, failure);
    }
    const rowKey = 'key' in change && change.key !== undefined ? { rowKey: JSON.stringify(change.key.values) } : {};
    this.letters.push(toDeadLetter(record, failure, { tableName: binder.table.displayName, ...rowKey }));
  }
}

const savepoint = { text: 'savepoint sluice_change', values: [] };
const release = { text: 'release savepoint sluice_change', values: [] };
const rollbackToSavepoint = { text: 'rollback to savepoint sluice_change', values: [] };

/** The error of a change; a taken key is a data error in mode insert, where another row's key never gets free. */
function toRowError(error: unknown, changes: readonly PreparedChange[], mode: WriteContext['mode']): SluiceError {
  const failure = toDatabaseError(error);
  const binder = changes[0]!.binder;
  if (mode !== 'insert' || !isKeyConflict(error, binder.table.keyColumns) || isSluiceError(error)) return failure;
  const keys = binder.table.keyColumns.map(({ name }) => name).join(', ');
  return new SluiceError('ROW_EXISTS', `${binder.table.displayName} has a row with this key (${keys}) already.`, {
    stage: 'write',
    ...(failure.sqlState === undefined ? {} : { sqlState: failure.sqlState }),
  });
}
