import { DatabaseError } from 'pg';
import { SluiceError } from '../errors/sluice-error.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import { CommitOutcomeUnknown, type WrittenRanges } from './commit-outcome-unknown.ts';
import { type DeadLetter, toDeadLetter } from './dead-letter.ts';
import { findRefusedColumn } from './find-refused-column.ts';
import { FlightError, flight } from './flight.ts';
import { buildLedgerCorrection } from './ledger.ts';
import { targetOfChange, toHeldError } from './prepare-range.ts';
import type { PreparedChange, PreparedRange } from './prepared-range.ts';
import { RangeStopped } from './range-stopped.ts';
import { rowId, toKeyTexts } from './row-id.ts';
import { toRowError } from './to-row-error.ts';
import { buildOpening, commitStatement, fly, flyFromOpening, rollback, transactionIdOf } from './transaction.ts';
import {
  buildRowStatements,
  buildSideStatements,
  buildTableChecks,
  countUnmatched,
  type WriteContext,
} from './write-together.ts';

/** What writing change by change needs besides. */
export interface IsolationContext extends WriteContext {
  readonly toleratesDataErrors: boolean;
  /** True: a change of a row that PostgreSQL refused before follows it into the dead letters (`poison.key=hold`). */
  readonly holdsRows: boolean;
  /** Throws when the letters of the range, those of {@link PreparedRange.letters} included, are too many to be stored. */
  readonly checkLetters: (range: PreparedRange) => Promise<void>;
  /** A change at this offset has waited long enough for another row: it becomes a dead letter. */
  readonly expiredOffset: number | undefined;
  /** True: a truncate whose order is not known is filtered, else it is a data error. */
  readonly ignoresTruncates: boolean;
}

/**
 * Writes one range of which some change fails. The range is halved, each half under a savepoint, until the failing
 * changes stand alone; those that can never apply become dead letters. In the limit every change is a statement of its
 * own in source order, which is the plain replay that compaction has to equal. Deferrable constraints are deferred and
 * have to hold at the end, so that rows may swap a unique value.
 *
 * Nothing is written when it throws, but for `CommitOutcomeUnknown`, which leaves that open.
 *
 * @throws RangeStopped at a change that waits for another row, or at a data error when those are not tolerated;
 *   SluiceError `LEDGER_CONFLICT`, or a transient or operator's error
 */
export async function writeIsolated(range: PreparedRange, context: IsolationContext): Promise<WrittenRanges> {
  const { client, identity, remainingMs } = context;
  const { topic, partition, move, changes } = range;
  let written: WrittenRanges | undefined;
  try {
    const opened = await flyFromOpening(client, [...buildOpening(identity, [move], remainingMs), deferConstraints]);
    const isolation = new Isolation(range, context);
    await isolation.write(changes);
    isolation.checkSettled();
    const { unmatched } = isolation;
    const settled = isolation.toRange();
    await context.checkLetters(settled);
    written = { ranges: [settled], unmatched, sharedKeys: 0 };
    await fly(
      client,
      [
        buildLedgerCorrection(identity, topic, partition, move.nextOffset, {
          applied: settled.move.applied - move.applied,
          filtered: settled.move.filtered - move.filtered,
          duplicate: 0,
          deadLettered: settled.move.deadLettered - move.deadLettered,
          unmatched,
        }),
        ...buildTableChecks(settled.changes),
        ...buildSideStatements([settled], context),
        commitStatement,
      ],
      transactionIdOf(opened),
    );
    return written;
  } catch (error) {
    if (error instanceof CommitOutcomeUnknown && written !== undefined) throw error.withWritten(written);
    await rollback(client);
    throw error;
  }
}

/** How often the number of letters is looked at while they are found. */
const lettersBetweenChecks = 100;

/** Writes changes under savepoints and collects those that PostgreSQL refuses. */
class Isolation {
  readonly letters: DeadLetter[] = [];
  unmatched = 0;
  readonly #range: PreparedRange;
  readonly #context: IsolationContext;
  /** Rows of the changes that became letters so far, with the offset of the first one. */
  readonly #openSince = new Map<string, number>();
  /** Records of truncates that were not applied. */
  readonly #ignored = new Set<KafkaRecord>();
  /** The first change since a deferrable constraint held last; what follows may mend it. */
  #unsettled: RangeStopped | undefined;

  constructor(range: PreparedRange, context: IsolationContext) {
    this.#range = range;
    this.#context = context;
  }

  /** The range as far as it is settled. */
  toRange(): PreparedRange {
    const { changes, letters, move, openRows } = this.#range;
    const refused = new Set(this.letters.map(({ record }) => record));
    return {
      ...this.#range,
      changes: changes.filter(({ record }) => !refused.has(record) && !this.#ignored.has(record)),
      letters: [...letters, ...this.letters],
      openRows: openRows.union(new Set(this.#openSince.keys())),
      move: {
        ...move,
        applied: move.applied - this.letters.length - this.#ignored.size,
        filtered: move.filtered + this.#ignored.size,
        deadLettered: move.deadLettered + this.letters.length,
      },
    };
  }

  async write(pending: readonly PreparedChange[]): Promise<void> {
    const { client, mode } = this.#context;
    const changes = this.#withoutHeld(pending);
    if (changes.length === 0) return;
    const rows = [...buildRowStatements(changes, this.#context, { unmatched: 0, sharedKeys: 0 })];
    try {
      const steps = [savepoint, ...rows, savepointOfRows, checkConstraints, deferConstraints, release];
      const results = await flight(client, steps);
      this.unmatched += countUnmatched(rows, results.slice(1));
      this.#unsettled = undefined;
    } catch (error) {
      if (!(error instanceof FlightError)) throw error;
      const failure = toRowError(error.cause, changes, mode);
      if (!isRowFailure(failure)) throw failure;
      const waits = failure.errorClass === 'order' && changes[0]?.record.offset !== this.#context.expiredOffset;
      if (error.index > rows.length && changes.length === 1 && waits) {
        await fly(client, [rollbackToRows, release]);
        this.unmatched += countUnmatched(rows, error.results.slice(1));
        this.#unsettled ??= new RangeStopped(changes[0]!.record.offset, failure);
        return;
      }
      // The savepoint outlives a rollback to it; without the release each failure would nest the next one deeper.
      await fly(client, [rollbackToSavepoint, release]);
      if (changes.length === 1) return this.#settle(changes[0]!, failure, mayBeOfValue(error.cause, failure));
      const middle = Math.ceil(changes.length / 2);
      await this.write(changes.slice(0, middle));
      await this.write(changes.slice(middle));
    }
  }

  /**
   * @throws RangeStopped at the change with which a deferrable constraint broke, when no later change of the range mended
   *   that
   */
  checkSettled(): void {
    if (this.#unsettled !== undefined) throw this.#unsettled;
  }

  /** Changes before these are settled, so that it is known which of these follow a refused one. */
  #withoutHeld(changes: readonly PreparedChange[]): readonly PreparedChange[] {
    if (!this.#context.holdsRows || this.#openSince.size === 0) return changes;
    return changes.filter((change) => {
      // A letter that was held back may have come before changes in front of it were written.
      const isHeld = toRowIds(change).some((id) => this.#openSince.get(id)! < change.record.offset);
      if (isHeld) this.#addLetter(change, toHeldError());
      return !isHeld;
    });
  }

  async #settle(change: PreparedChange, failure: SluiceError, isOfValue: boolean): Promise<void> {
    const { toleratesDataErrors, expiredOffset, ignoresTruncates } = this.#context;
    if (failure.code === 'TRUNCATE_UNORDERED' && ignoresTruncates) {
      this.#ignored.add(change.record);
      return;
    }
    const named = failure.column === undefined && isOfValue ? await this.#nameColumn(change, failure) : failure;
    const waits =
      named.errorClass !== 'data' && !(named.errorClass === 'order' && change.record.offset === expiredOffset);
    if (waits || !toleratesDataErrors) {
      throw new RangeStopped(change.record.offset, named);
    }
    this.#addLetter(change, named);
    if (this.letters.length % lettersBetweenChecks === 0) await this.#context.checkLetters(this.toRange());
  }

  /** The failure with the column that PostgreSQL did not name, if one of its values is refused by itself. */
  async #nameColumn({ change, binder }: PreparedChange, failure: SluiceError): Promise<SluiceError> {
    const { sqlState, code } = failure;
    if (sqlState === undefined) return failure;
    const column = await findRefusedColumn(this.#context.client, change, binder.table.keyColumns, sqlState);
    if (column === undefined) return failure;
    const { name, castType } = column;
    const message = `PostgreSQL refused the value of column ${name} (${castType}): SQLSTATE ${sqlState}.`;
    // The row has nothing to do with it.
    const isOfRow = code === 'ROW_REJECTED' || code === 'DATABASE_REFUSED';
    return new SluiceError(isOfRow ? 'VALUE_INVALID' : code, message, { stage: 'write', sqlState, column: name });
  }

  #addLetter(change: PreparedChange, failure: SluiceError): void {
    const { offset } = change.record;
    this.letters.push(toDeadLetter(change.record, failure, targetOfChange(change)));
    for (const id of toRowIds(change)) this.#openSince.set(id, Math.min(this.#openSince.get(id) ?? offset, offset));
  }
}

/**
 * True for a failure that another row would not have met. An unlisted refusal (a trigger's, no partition for the row) is
 * the operator's, but one record's all the same: what stands before it is taken.
 */
export function isRowFailure({ errorClass, code }: SluiceError): boolean {
  return errorClass === 'data' || errorClass === 'order' || code === 'DATABASE_REFUSED';
}

/**
 * True where one value alone may be what PostgreSQL refuses. Some types report what they cannot read as errors of syntax, or
 * of their own (ltree, tsvector, PostGIS), or as bounds that are too large (arrays); what a domain refuses names the type.
 */
function mayBeOfValue(error: unknown, { sqlState, code }: SluiceError): boolean {
  if (sqlState?.startsWith('22') || sqlState === '54000' || code === 'DATABASE_REFUSED') return true;
  return error instanceof DatabaseError && error.dataType !== undefined;
}

function toRowIds({ binder, change }: PreparedChange): string[] {
  return toKeyTexts(change).map((text) => rowId(binder.table.displayName, text));
}

// Deferrable constraints are asked after every part, or they would fail at COMMIT, where nobody knows of which change.
const deferConstraints = { text: 'set constraints all deferred', values: [] };
const checkConstraints = { text: 'set constraints all immediate', values: [] };
const savepointOfRows = { text: 'savepoint sluice_rows', values: [] };
const rollbackToRows = { text: 'rollback to savepoint sluice_rows', values: [] };
const savepoint = { text: 'savepoint sluice_change', values: [] };
const release = { text: 'release savepoint sluice_change', values: [] };
const rollbackToSavepoint = { text: 'rollback to savepoint sluice_change', values: [] };
