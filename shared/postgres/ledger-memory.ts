import type { Client } from 'pg';
import { isSluiceError } from '../errors/sluice-error.ts';
import { partitionKey } from '../kafka/record.ts';
import { type AcceptedRange, acceptRange, type IncomingRange } from './accept-range.ts';
import { readLateOffsets } from './gap.ts';
import type { LedgerIdentity, LedgerRow } from './ledger.ts';
import { readLedger } from './read-ledger.ts';
import type { OffsetGaps } from './target-settings.ts';
import { toDatabaseError } from './to-database-error.ts';

interface Partition {
  readonly topic: string;
  readonly partition: number;
}

/**
 * The ledger's rows as this instance of the function knows them. What it says may be stale: a move that relies on it
 * misses then, and a refusal is checked against the database first.
 */
export class LedgerMemory {
  readonly #identity: LedgerIdentity;
  readonly #offsetGaps: OffsetGaps;
  readonly #rows = new Map<string, LedgerRow>();

  constructor(identity: LedgerIdentity, offsetGaps: OffsetGaps) {
    this.#identity = identity;
    this.#offsetGaps = offsetGaps;
  }

  /** The remembered row; undefined when nothing is known. */
  get({ topic, partition }: Partition): LedgerRow | undefined {
    return this.#rows.get(partitionKey(topic, partition));
  }

  set({ topic, partition }: Partition, row: LedgerRow): void {
    this.#rows.set(partitionKey(topic, partition), row);
  }

  /** Forgets one row, or all. */
  forget(one?: Partition): void {
    if (one === undefined) this.#rows.clear();
    else this.#rows.delete(partitionKey(one.topic, one.partition));
  }

  /** Reads the ledger unless the rows of all partitions are remembered; creates Sluice's tables on first use. */
  async ensure(client: Client, partitions: readonly Partition[]): Promise<void> {
    if (partitions.every((one) => this.get(one) !== undefined)) return;
    try {
      await this.read(client, partitions);
    } catch (error) {
      const { sqlState } = toDatabaseError(error);
      // Most instances find their tables, and do not load what makes them.
      const { findLedgerDenial, migrate } = await import('./migrate.ts');
      if (sqlState === '42501') throw (await findLedgerDenial(client, this.#identity.schema)) ?? error;
      // A missing column: the tables were made by an earlier version.
      if (sqlState !== '42P01' && sqlState !== '3F000' && sqlState !== '42703') throw error;
      await migrate(client, this.#identity.schema);
      await this.read(client, partitions);
    }
  }

  /** Reads the rows of the partitions' topics, whatever is remembered. */
  async read(client: Client, partitions: readonly Partition[]): Promise<void> {
    const rows = await readLedger(client, this.#identity, [...new Set(partitions.map(({ topic }) => topic))]);
    for (const one of partitions) this.forget(one);
    for (const [key, row] of rows) this.#rows.set(key, row);
  }

  /**
   * Compares the range with its row; see {@link acceptRange}.
   *
   * @throws SluiceError `SOURCE_CHANGED`, `OFFSETS_SKIPPED`, `OFFSETS_REWOUND`, by what the database says now
   */
  async accept(client: Client, range: IncomingRange): Promise<AcceptedRange> {
    try {
      return await this.#compare(client, range);
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      await this.read(client, [range]);
      return this.#compare(client, range);
    }
  }

  async #compare(client: Client, range: IncomingRange): Promise<AcceptedRange> {
    const row = this.get(range);
    const lateOffsets = row === undefined ? new Set<number>() : await this.#readLateOffsets(client, range, row);
    const { source } = this.#identity;
    return acceptRange(range, row, { source, offsetGaps: this.#offsetGaps, lateOffsets });
  }

  /** Asks the database only when the range holds old offsets and some old ones were never taken. */
  async #readLateOffsets(client: Client, range: IncomingRange, row: LedgerRow): Promise<Set<number>> {
    const { nextOffset, floorOffset, hasGaps } = row;
    if (range.fromOffset >= nextOffset || (!hasGaps && range.fromOffset >= floorOffset)) return new Set();
    const offsets = range.records.flatMap(({ offset }) => (offset < nextOffset ? [offset] : []));
    return readLateOffsets(client, this.#identity, range, floorOffset, offsets);
  }
}
