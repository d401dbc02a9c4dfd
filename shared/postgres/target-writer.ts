import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { isSluiceError, SluiceError } from '../errors/sluice-error.ts';
import { partitionKey } from '../kafka/record.ts';
import type { IncomingRange } from './accept-range.ts';
import { Catalog } from './catalog.ts';
import { CommitOutcomeUnknown, type WrittenRanges } from './commit-outcome-unknown.ts';
import { CrashTrial, isRefused, splitByRecord } from './crash-trial.ts';
import type { LedgerIdentity } from './ledger.ts';
import { buildBlockedMark } from './ledger-mark.ts';
import { LedgerMemory } from './ledger-memory.ts';
import { checkLetterShare, checkOpenLetters, countOpenLetters } from './letter-limit.ts';
import { type LetterPayload, parseEncryptionKey } from './letter-payload.ts';
import { createLoginReader, type LoginReader } from './login-reader.ts';
import { readExpiredOffset } from './order-timeout.ts';
import { prepareRange } from './prepare-range.ts';
import type { Evaluation, PreparedRange, RangeOutcome } from './prepared-range.ts';
import { RangeStopped } from './range-stopped.ts';
import { resolveCommit } from './resolve-commit.ts';
import { toRetryDelayMs } from './retry-delay.ts';
import type { SchemaEvolution } from './schema-evolution.ts';
import { changesTables } from './schema-settings.ts';
import { addOutcome, settleRanges } from './settle-ranges.ts';
import { isNameLost } from './statement-name.ts';
import { TargetConnection } from './target-connection.ts';
import type { TargetSettings } from './target-settings.ts';
import { type Deadline, type RemainingMs, shortestBudgetMs, startDeadline } from './time-limits.ts';
import { fly } from './transaction.ts';
import { isWorthAnotherTry, maxTries, toFailure } from './try-again.ts';
import { isRowFailure, writeIsolated } from './write-isolated.ts';
import { writeTogether } from './write-together.ts';

/** Who writes: part of the ledger's key, and shown in `pg_stat_activity`. */
export interface WriterIdentity {
  readonly connector: string;
  readonly source: string;
}

/**
 * Applies ranges of partitions to the target database, each record exactly once. Keeps one connection, the ledger's rows
 * and the catalog between calls; calls must not overlap.
 */
export class TargetWriter {
  readonly #settings: TargetSettings;
  readonly #connection: TargetConnection;
  readonly #identity: LedgerIdentity;
  readonly #catalog: Catalog;
  readonly #ledger: LedgerMemory;
  readonly #trial: CrashTrial;
  readonly #logins: LoginReader;
  readonly #now: () => number;
  readonly #random: () => number;
  #deadline: Deadline | undefined;
  #payload: LetterPayload | undefined;
  #evolution: SchemaEvolution | undefined;

  /**
   * `logins` may be left out where the settings refer to no secret. `now` answers milliseconds since the epoch, `random` a
   * number from 0 to below 1.
   */
  constructor(
    settings: TargetSettings,
    { connector, source }: WriterIdentity,
    logins: LoginReader = createLoginReader({}, Date.now),
    now: () => number = Date.now,
    random: () => number = Math.random,
  ) {
    this.#settings = settings;
    this.#connection = new TargetConnection(settings.connection, `sluice/${connector}`.slice(0, 63), logins);
    this.#identity = { schema: settings.ledgerSchema, connector, source };
    this.#catalog = new Catalog(settings);
    this.#ledger = new LedgerMemory(this.#identity, settings.offsetGaps);
    this.#trial = new CrashTrial(this.#identity);
    this.#logins = logins;
    this.#now = now;
    this.#random = random;
  }

  /**
   * Applies the ranges, of different partitions each: all in one transaction while all goes well, else partition by
   * partition, so that the good ones commit. Never rejects for what a range meets; its outcome says it. No statement is
   * in flight when it is fulfilled.
   */
  async apply(
    ranges: readonly IncomingRange[],
    evaluation: Evaluation,
    remainingMs: RemainingMs,
  ): Promise<RangeOutcome[]> {
    this.#deadline = startDeadline(remainingMs, {
      cancel: () => this.#connection.cancel(),
      discard: () => this.#connection.discard(),
    });
    try {
      const suspects = await this.#beginTrials(ranges);
      if (ranges.length > 1 && suspects.size === 0) {
        const together = await this.#tryTogether(ranges, evaluation, remainingMs);
        if (together !== null) return together;
      }
      const outcomes: RangeOutcome[] = [];
      for (const range of ranges) {
        const trials = suspects.get(partitionKey(range.topic, range.partition));
        outcomes.push(
          trials === undefined
            ? await this.#applyOne(range, evaluation, remainingMs)
            : await this.#applySuspect(range, trials, evaluation, remainingMs),
        );
      }
      return outcomes;
    } finally {
      this.#deadline.clear();
    }
  }

  /** The connection, as long as there is time to use it. */
  async #client(): Promise<Client> {
    const client = this.#connection.client();
    return this.#deadline === undefined ? client : this.#deadline.guard(client);
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** Ranges at which instances of the function ended before; none when that cannot be noted, because others will tell. */
  async #beginTrials(ranges: readonly IncomingRange[]): Promise<Map<string, number>> {
    try {
      return await this.#trial.begin(await this.#client(), this.#ledger, ranges);
    } catch (error) {
      this.#recover(error);
      return new Map();
    }
  }

  /** Takes a range record by record, so that one that ends the function is found: it stands behind all that commit. */
  async #applySuspect(
    range: IncomingRange,
    trials: number,
    evaluation: Evaluation,
    remainingMs: RemainingMs,
  ): Promise<RangeOutcome> {
    const row = this.#ledger.get(range);
    const nextOffset = row?.nextOffset ?? range.fromOffset;
    const first = range.records.find(({ offset }) => offset >= nextOffset)?.offset ?? range.fromOffset;
    if (isRefused(trials) && row?.parked.has(first) !== true) {
      const where = partitionKey(range.topic, range.partition);
      const message = `The function ended ${trials - 1} times at offset ${first} of ${where} without saying why: out of memory, out of time, or a bug.`;
      return this.#fail(range, new SluiceError('RECORD_CRASHES', message), first);
    }
    let total: RangeOutcome | undefined;
    for (const piece of splitByRecord(range, nextOffset)) {
      if (total !== undefined) await this.#noteRecord(piece);
      const outcome = await this.#applyOne(piece, evaluation, remainingMs);
      total = total === undefined ? outcome : addOutcome(total, outcome);
      if (outcome.failure !== undefined) break;
    }
    return total!;
  }

  async #noteRecord(piece: IncomingRange): Promise<void> {
    try {
      await this.#trial.beginRecord(await this.#client(), piece, piece.fromOffset);
    } catch (error) {
      this.#recover(error);
    }
  }

  /** One transaction for all ranges; null when something keeps it from committing, and nothing was written. */
  async #tryTogether(
    ranges: readonly IncomingRange[],
    evaluation: Evaluation,
    remainingMs: RemainingMs,
  ): Promise<RangeOutcome[] | null> {
    const prepared: PreparedRange[] = [];
    try {
      const client = await this.#client();
      await this.#ledger.ensure(client, ranges);
      for (const range of ranges) prepared.push(await this.#prepare(client, range, evaluation));
      return this.#settle(await writeTogether(prepared, await this.#writeContext(client, remainingMs)));
    } catch (error) {
      this.#recover(error);
      if (!(error instanceof CommitOutcomeUnknown)) return null;
      const outcome = await this.#resolveCommit(error, remainingMs);
      return isSluiceError(outcome)
        ? Promise.all(ranges.map((range) => this.#fail(range, outcome, range.fromOffset)))
        : outcome;
    }
  }

  async #applyOne(range: IncomingRange, evaluation: Evaluation, remainingMs: RemainingMs): Promise<RangeOutcome> {
    let isolates = false;
    for (let tries = 1; ; tries++) {
      try {
        if (remainingMs() < shortestBudgetMs) throw new SluiceError('TIME_SHORT', 'Too little time was left to begin.');
        const client = await this.#client();
        await this.#ledger.ensure(client, [range]);
        const prepared = await this.#prepare(client, range, evaluation);
        const context = await this.#writeContext(client, remainingMs);
        if (!isolates) return this.#settle(await writeTogether([prepared], context))[0]!;
        const isolated = await writeIsolated(prepared, {
          ...context,
          expiredOffset: await this.#readExpiredOffset(client, range),
          ignoresTruncates: this.#settings.truncate === 'ignore',
          toleratesDataErrors: this.#toleratesDataErrors,
          holdsRows: this.#holdsRows,
          checkLetters: (settled) => this.#checkLetters(client, settled),
        });
        return this.#settle(isolated)[0]!;
      } catch (error) {
        this.#recover(error);
        if (error instanceof RangeStopped) return this.#applyBefore(range, error, evaluation, remainingMs);
        if (error instanceof CommitOutcomeUnknown) {
          const outcome = await this.#resolveCommit(error, remainingMs);
          if (isSluiceError(outcome)) return this.#fail(range, outcome, range.fromOffset);
          if (outcome !== null) return outcome[0]!;
        }
        const failure = toFailure(error);
        const concernsRow = isRowFailure(failure);
        const delayMs = failure.code === 'DATABASE_CONFLICT' ? toRetryDelayMs(tries, this.#random) : 0;
        const isWorthIt = concernsRow ? !isolates && tries < maxTries : isWorthAnotherTry(failure, tries);
        if (!isWorthIt || remainingMs() - delayMs < shortestBudgetMs)
          return this.#fail(range, failure, range.fromOffset);
        isolates = isolates || concernsRow;
        if (delayMs > 0) await delay(delayMs);
      }
    }
  }

  /** Takes what stands before the record at which a range stopped, and answers the stop. */
  async #applyBefore(
    range: IncomingRange,
    stop: RangeStopped,
    evaluation: Evaluation,
    remainingMs: RemainingMs,
  ): Promise<RangeOutcome> {
    const { failedAt, cause } = stop;
    const records = range.records.filter(({ offset }) => offset < failedAt);
    const taken = new Set(records.map(({ offset }) => offset)).size;
    const filteredBefore = Math.min(range.filteredBefore, failedAt - range.fromOffset - taken);
    if (records.length + filteredBefore === 0) return this.#fail(range, cause, failedAt);
    const before = { ...range, records, filteredBefore, toOffset: failedAt - 1 };
    const outcome = await this.#applyOne(before, evaluation, remainingMs);
    if (outcome.failure !== undefined) return outcome;
    await this.#markBlocked(range, cause, failedAt);
    return { ...outcome, failure: { failedAt, error: cause } };
  }

  async #prepare(client: Client, range: IncomingRange, evaluation: Evaluation): Promise<PreparedRange> {
    const { topic, partition } = range;
    const accepted = await this.#ledger.accept(client, range);
    await this.#loadEvolution();
    const prepared = await prepareRange({ topic, partition }, accepted, {
      client,
      catalog: this.#catalog,
      ...evaluation,
      toleratesDataErrors: this.#toleratesDataErrors,
      holdsRows: this.#holdsRows,
      readOpenRows: async () => {
        await this.#ledger.read(client, [range]);
        return this.#ledger.get(range)?.openRows ?? new Set();
      },
      nowMs: this.#now(),
      ...(this.#evolution && { evolution: this.#evolution }),
    });
    await this.#checkLetters(client, prepared);
    return prepared;
  }

  /** Connectors that change no tables do not load what does. */
  async #loadEvolution(): Promise<void> {
    if (this.#evolution !== undefined || !changesTables(this.#settings.schema)) return;
    const { SchemaEvolution } = await import('./schema-evolution.ts');
    this.#evolution = new SchemaEvolution(this.#settings, () => this.#deadline?.remainingMs() ?? 0);
  }

  /** @throws SluiceError `DEAD_LETTER_LIMIT` when the letters of a range are too many to be stored */
  async #checkLetters(client: Client, { topic, partition, row, move, letters }: PreparedRange): Promise<void> {
    if (letters.length === 0) return;
    const { deadLetters } = this.#settings;
    checkLetterShare(partitionKey(topic, partition), letters, move, row, deadLetters);
    checkOpenLetters(await countOpenLetters(client, this.#identity, deadLetters.maxOpen), letters.length, deadLetters);
  }

  async #fail(range: IncomingRange, error: SluiceError, failedAt: number): Promise<RangeOutcome> {
    await this.#markBlocked(range, error, failedAt);
    const nextOffset = this.#ledger.get(range)?.nextOffset ?? range.fromOffset;
    const { topic, partition } = range;
    const counts = { applied: 0, filtered: 0, duplicate: 0, deadLettered: 0, unmatched: 0 };
    return { topic, partition, nextOffset, ...counts, failure: { failedAt, error } };
  }

  /** Notes in the ledger why a partition stands; what cannot be noted is still told by the outcome. */
  async #markBlocked(range: IncomingRange, error: SluiceError, failedAt: number): Promise<void> {
    // A registry may be away for hours while the database is there; what else passes is over by the next try.
    const passes = error.errorClass === 'transient' && error.code !== 'REGISTRY_UNAVAILABLE';
    if (passes || this.#deadline?.isOver === true) return;
    const blocked = { topic: range.topic, partition: range.partition, offset: failedAt };
    try {
      const client = await this.#client();
      await fly(client, [buildBlockedMark(this.#identity, blocked, error.code, error.message.slice(0, 2_000))]);
    } catch (failure) {
      this.#recover(failure);
    }
  }

  #settle(written: WrittenRanges): RangeOutcome[] {
    return settleRanges(written, this.#ledger, this.#holdsRows);
  }

  async #readExpiredOffset(client: Client, range: IncomingRange): Promise<number | undefined> {
    const { orderTimeoutMs } = this.#settings;
    return orderTimeoutMs === undefined ? undefined : readExpiredOffset(client, this.#identity, range, orderTimeoutMs);
  }

  /** After a COMMIT whose answer was lost: the outcomes if it took place, null if it did not; an error if nobody can tell. */
  async #resolveCommit(
    unknown: CommitOutcomeUnknown,
    remainingMs: RemainingMs,
  ): Promise<RangeOutcome[] | null | SluiceError> {
    let committed: boolean | undefined;
    for (let tries = 1, isOver = false; !isOver; tries++) {
      try {
        committed = await resolveCommit(await this.#client(), unknown, this.#ledger, remainingMs);
        isOver = true;
      } catch (error) {
        this.#recover(error);
        isOver = !isWorthAnotherTry(toFailure(error), tries) || remainingMs() < shortestBudgetMs;
      }
    }
    if (committed === true) return this.#settle(unknown.written!);
    if (committed === false) return null;
    const message = 'The connection broke during COMMIT; the ledger knows when the records come again.';
    return new SluiceError('DATABASE_UNAVAILABLE', message, { stage: 'write', cause: unknown.cause });
  }

  /** Forgets whatever the failure may have made stale. */
  #recover(error: unknown): void {
    this.#ledger.forget();
    const { errorClass, code, sqlState } = toFailure(error);
    if (isNameLost(sqlState)) this.#connection.stopNaming();
    if (errorClass === 'operator' || errorClass === 'data' || code === 'TABLE_CHANGED') this.#catalog.forget();
    if (code === 'DATABASE_UNAVAILABLE' || code === 'INVARIANT_BROKEN') this.#connection.discard();
  }

  async #writeContext(client: Client, remainingMs: RemainingMs) {
    this.#payload ??= await this.#readPayload();
    return {
      client,
      identity: this.#identity,
      mode: this.#settings.writeMode,
      payload: this.#payload,
      supersedes: !this.#holdsRows,
      remainingMs: remainingMs(),
    };
  }

  async #readPayload(): Promise<LetterPayload> {
    const { payload: form, encryptionKey } = this.#settings.deadLetters;
    if (form !== 'encrypted') return { form };
    return { form, key: parseEncryptionKey(await this.#logins.resolve(encryptionKey ?? '')) };
  }

  get #toleratesDataErrors(): boolean {
    return this.#settings.errorsTolerance === 'all';
  }

  get #holdsRows(): boolean {
    return this.#settings.deadLetters.poisonKey === 'hold';
  }
}
