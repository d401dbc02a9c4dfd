import type { Client } from 'pg';
import { isSluiceError, SluiceError } from '../errors/sluice-error.ts';
import { partitionKey } from '../kafka/record.ts';
import { type AcceptedRange, acceptRange, type IncomingRange } from './accept-range.ts';
import { Catalog } from './catalog.ts';
import { buildBlockedMark, type LedgerIdentity, type LedgerRow, readLedger } from './ledger.ts';
import type { LoginReader } from './login-reader.ts';
import { migrate } from './migrate.ts';
import { prepareRange } from './prepare-range.ts';
import type { Evaluate, PreparedRange, RangeOutcome } from './prepared-range.ts';
import { RangeStopped } from './range-stopped.ts';
import { isNameLost } from './statement-name.ts';
import { TargetConnection } from './target-connection.ts';
import type { TargetSettings } from './target-settings.ts';
import { toDatabaseError } from './to-database-error.ts';
import { CommitOutcomeUnknown, fly } from './transaction.ts';
import { writeIsolated } from './write-isolated.ts';
import { writeTogether } from './write-together.ts';

/** Tries of one range within an invocation: stale memory of ledger or catalog, or a connection that was dead. */
const maxTries = 3;
/** Below this nothing is begun any more. */
const shortestBudgetMs = 500;

/** Who writes: part of the ledger's key, and shown in `pg_stat_activity`. */
export interface WriterIdentity {
  readonly connector: string;
  readonly source: string;
}

/** Milliseconds that the invocation has left. */
export type RemainingMs = () => number;

/**
 * Applies ranges of partitions to the target database, each record exactly once. Keeps one connection, the ledger's rows
 * and the catalog between calls; calls must not overlap.
 */
export class TargetWriter {
  readonly #settings: TargetSettings;
  readonly #connection: TargetConnection;
  readonly #identity: LedgerIdentity;
  readonly #catalog: Catalog;
  #ledger = new Map<string, LedgerRow>();

  /** `logins` may be left out where the settings of the connection refer to no secret. */
  constructor(settings: TargetSettings, { connector, source }: WriterIdentity, logins?: LoginReader) {
    this.#settings = settings;
    this.#connection = new TargetConnection(settings.connection, `sluice/${connector}`.slice(0, 63), logins);
    this.#identity = { schema: settings.ledgerSchema, connector, source };
    this.#catalog = new Catalog(settings.keyColumns);
  }

  /**
   * Applies the ranges, of different partitions each: all in one transaction while all goes well, else partition by
   * partition, so that the good ones commit. Never rejects for what a range meets; its outcome says it. No statement is
   * in flight when it is fulfilled.
   */
  async apply(ranges: readonly IncomingRange[], evaluate: Evaluate, remainingMs: RemainingMs): Promise<RangeOutcome[]> {
    // A server that does not answer is cut off while there is still time to say so.
    const deadline = setTimeout(() => this.#connection.discard(), Math.max(0, remainingMs() - shortestBudgetMs));
    try {
      if (ranges.length > 1) {
        const together = await this.#tryTogether(ranges, evaluate, remainingMs);
        if (together !== null) return together;
      }
      const outcomes: RangeOutcome[] = [];
      for (const range of ranges) outcomes.push(await this.#applyOne(range, evaluate, remainingMs));
      return outcomes;
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** One transaction for all ranges; null when something keeps it from committing, and nothing was written. */
  async #tryTogether(
    ranges: readonly IncomingRange[],
    evaluate: Evaluate,
    remainingMs: RemainingMs,
  ): Promise<RangeOutcome[] | null> {
    const prepared: PreparedRange[] = [];
    try {
      const client = await this.#connection.client();
      await this.#ensureLedger(client, ranges);
      for (const range of ranges) prepared.push(await this.#prepare(client, range, evaluate));
      const unmatched = await writeTogether(prepared, this.#writeContext(client, remainingMs));
      return prepared.map((range, i) => this.#settle(range, { unmatched: i === 0 ? unmatched : 0, refused: 0 }));
    } catch (error) {
      this.#recover(error);
      return error instanceof CommitOutcomeUnknown ? this.#findCommitted(prepared) : null;
    }
  }

  async #applyOne(range: IncomingRange, evaluate: Evaluate, remainingMs: RemainingMs): Promise<RangeOutcome> {
    let isolates = false;
    for (let tries = 1; ; tries++) {
      let prepared: PreparedRange | undefined;
      try {
        if (remainingMs() < shortestBudgetMs) throw new SluiceError('TIME_SHORT', 'Too little time was left to begin.');
        const client = await this.#connection.client();
        await this.#ensureLedger(client, [range]);
        prepared = await this.#prepare(client, range, evaluate);
        const context = this.#writeContext(client, remainingMs);
        const counts = isolates
          ? await writeIsolated(prepared, { ...context, toleratesDataErrors: this.#toleratesDataErrors })
          : { unmatched: await writeTogether([prepared], context), refused: 0 };
        return this.#settle(prepared, counts);
      } catch (error) {
        this.#recover(error);
        if (error instanceof RangeStopped) return this.#applyBefore(range, error, evaluate, remainingMs);
        if (error instanceof CommitOutcomeUnknown && prepared !== undefined) {
          const committed = await this.#findCommitted([prepared]);
          if (committed !== null) return committed[0]!;
        }
        const failure = toFailure(error);
        const isRowFailure = failure.errorClass === 'data' || failure.errorClass === 'order';
        if (tries < maxTries && (isRowFailure ? !isolates : this.#isWorthAnotherTry(failure, tries))) {
          isolates = isolates || isRowFailure;
          continue;
        }
        return this.#fail(range, failure, range.fromOffset);
      }
    }
  }

  /** Takes what stands before the record at which a range stopped, and answers the stop. */
  async #applyBefore(
    range: IncomingRange,
    stop: RangeStopped,
    evaluate: Evaluate,
    remainingMs: RemainingMs,
  ): Promise<RangeOutcome> {
    const { failedAt, cause } = stop;
    const records = range.records.filter(({ offset }) => offset < failedAt);
    const filteredBefore = Math.min(range.filteredBefore, failedAt - range.fromOffset - records.length);
    if (records.length + filteredBefore === 0) return this.#fail(range, cause, failedAt);
    const before = { ...range, records, filteredBefore, toOffset: failedAt - 1 };
    const outcome = await this.#applyOne(before, evaluate, remainingMs);
    if (outcome.failure !== undefined) return outcome;
    await this.#markBlocked(range, cause, failedAt);
    return { ...outcome, failure: { failedAt, error: cause } };
  }

  /** Reads the ledger unless the rows of all ranges are remembered; creates Sluice's tables on first use. */
  async #ensureLedger(client: Client, ranges: readonly IncomingRange[]): Promise<void> {
    if (ranges.every(({ topic, partition }) => this.#ledger.has(partitionKey(topic, partition)))) return;
    const topics = [...new Set(ranges.map(({ topic }) => topic))];
    let rows: Map<string, LedgerRow>;
    try {
      rows = await readLedger(client, this.#identity, topics);
    } catch (error) {
      const { sqlState } = toDatabaseError(error);
      if (sqlState !== '42P01' && sqlState !== '3F000') throw error;
      await migrate(client, this.#identity.schema);
      rows = await readLedger(client, this.#identity, topics);
    }
    for (const [key, row] of rows) this.#ledger.set(key, row);
  }

  async #prepare(client: Client, range: IncomingRange, evaluate: Evaluate): Promise<PreparedRange> {
    const context = { client, catalog: this.#catalog, evaluate, toleratesDataErrors: this.#toleratesDataErrors };
    return prepareRange({ topic: range.topic, partition: range.partition }, await this.#accept(client, range), context);
  }

  /** Compares the range with the ledger; a refusal that stale memory may have caused is checked against the database. */
  async #accept(client: Client, range: IncomingRange): Promise<AcceptedRange> {
    const key = partitionKey(range.topic, range.partition);
    try {
      return acceptRange(range, this.#ledger.get(key), this.#identity.source);
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      const rows = await readLedger(client, this.#identity, [range.topic]);
      const row = rows.get(key);
      if (row !== undefined) this.#ledger.set(key, row);
      return acceptRange(range, row, this.#identity.source);
    }
  }

  /** Remembers the moved ledger row and builds the outcome of a committed range. */
  #settle(range: PreparedRange, counts: { unmatched: number; refused: number }): RangeOutcome {
    const { topic, partition, move } = range;
    const { nextOffset, floorOffset, dense, applied, filtered, duplicate, deadLettered } = move;
    this.#ledger.set(partitionKey(topic, partition), { source: this.#identity.source, nextOffset, floorOffset, dense });
    return {
      topic,
      partition,
      nextOffset,
      applied: applied - counts.refused,
      filtered,
      duplicate,
      deadLettered: deadLettered + counts.refused,
      unmatched: counts.unmatched,
    };
  }

  async #fail(range: IncomingRange, error: SluiceError, failedAt: number): Promise<RangeOutcome> {
    await this.#markBlocked(range, error, failedAt);
    const nextOffset = this.#ledger.get(partitionKey(range.topic, range.partition))?.nextOffset ?? range.fromOffset;
    const { topic, partition } = range;
    const counts = { applied: 0, filtered: 0, duplicate: 0, deadLettered: 0, unmatched: 0 };
    return { topic, partition, nextOffset, ...counts, failure: { failedAt, error } };
  }

  /** Notes in the ledger why a partition stands; what cannot be noted is still told by the outcome. */
  async #markBlocked(range: IncomingRange, error: SluiceError, failedAt: number): Promise<void> {
    if (error.errorClass === 'transient') return;
    const blocked = { topic: range.topic, partition: range.partition, offset: failedAt };
    try {
      const client = await this.#connection.client();
      await fly(client, [buildBlockedMark(this.#identity, blocked, error.code, error.message.slice(0, 2_000))]);
    } catch (failure) {
      this.#recover(failure);
    }
  }

  /**
   * After a COMMIT whose answer was lost: the outcomes if it took place, else null. Only a transaction that found the
   * ledger where this one did can have moved it to where this one does, so whichever did wrote the same records.
   */
  async #findCommitted(ranges: readonly PreparedRange[]): Promise<RangeOutcome[] | null> {
    try {
      const topics = [...new Set(ranges.map(({ topic }) => topic))];
      const rows = await readLedger(await this.#connection.client(), this.#identity, topics);
      const isCommitted = ranges.every(({ topic, partition, move }) => {
        const row = rows.get(partitionKey(topic, partition));
        return row !== undefined && row.nextOffset >= move.nextOffset && move.nextOffset !== move.expectedOffset;
      });
      return isCommitted ? ranges.map((range) => this.#settle(range, { unmatched: 0, refused: 0 })) : null;
    } catch (error) {
      this.#recover(error);
      return null;
    }
  }

  /** Forgets whatever the failure may have made stale. */
  #recover(error: unknown): void {
    this.#ledger.clear();
    const { errorClass, code, sqlState } = toFailure(error);
    if (isNameLost(sqlState)) this.#connection.stopNaming();
    if (errorClass === 'operator' || code === 'ROW_REJECTED') this.#catalog.forget();
    if (code === 'DATABASE_UNAVAILABLE' || code === 'INVARIANT_BROKEN') this.#connection.discard();
  }

  /** Memory of ledger and catalog was just dropped, or the connection: that may have been all. */
  #isWorthAnotherTry({ code, sqlState }: SluiceError, tries: number): boolean {
    if (code === 'LEDGER_CONFLICT' || code === 'DATABASE_CONFLICT') return true;
    return (
      tries === 1 && (code === 'DATABASE_UNAVAILABLE' || sqlState?.startsWith('42') === true || sqlState === '0A000')
    );
  }

  #writeContext(client: Client, remainingMs: RemainingMs) {
    return { client, identity: this.#identity, mode: this.#settings.writeMode, remainingMs: remainingMs() };
  }

  get #toleratesDataErrors(): boolean {
    return this.#settings.errorsTolerance === 'all';
  }
}

/** The error as Sluice's, whatever wrapped it on its way. */
function toFailure(error: unknown): SluiceError {
  const wraps = error instanceof CommitOutcomeUnknown || error instanceof RangeStopped;
  return toDatabaseError(wraps ? error.cause : error);
}
