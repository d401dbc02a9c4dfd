import type { TestContext } from 'node:test';
import { buildKafkaEvent } from './kafka-event-builder.ts';
import { openSink } from './open-sink.ts';
import type { BatchResponse } from './sink-worker.ts';
import type { TestDatabase } from './test-database.ts';

/** A record whose place in its partition is the next one; topic `t`, partition 0 unless told otherwise. */
export interface StreamedRecord {
  readonly topic?: string;
  readonly partition?: number;
  /** Sent as text as it is, or as JSON. */
  readonly key?: unknown;
  /** The same; null is a tombstone. */
  readonly value: unknown;
  readonly headers?: readonly (readonly [string, string])[];
}

/** A sink with a database, and what came of the records that it was sent. */
export interface OpenStream {
  readonly database: TestDatabase;
  /** Delivers the records as one batch. */
  send(...records: readonly StreamedRecord[]): Promise<BatchResponse | null | undefined>;
  /** Delivers the last batch once more, as Lambda does with what failed. */
  resend(): Promise<BatchResponse | null | undefined>;
  /** Keeps the last batch; the answer delivers it once more, whatever was sent in between. */
  keep(): () => Promise<BatchResponse | null | undefined>;
  /** Rows of a query as texts, columns joined by blanks, in the order of the texts; `-` stands for null. */
  rows(query: string): Promise<string[]>;
  /** Offset and code of every dead letter, in order. */
  letters(): Promise<string[]>;
  /** The ledger's totals over all partitions. */
  totals(): Promise<Readonly<Record<'applied' | 'filtered' | 'deadLettered' | 'unmatched', number>>>;
}

const toText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Opens a database with the tables of the setup and a sink of the ADBPG class on it, which the config may change. */
export async function openStream(
  t: TestContext,
  setup: string,
  config: Readonly<Record<string, string>> = {},
  writeLine?: (line: string) => void,
): Promise<OpenStream> {
  const topics = { topics: 't', 'target.tablename': 't', writeMode: 'upsert' };
  const { 'target.tablename': _, ...withoutTable } = topics;
  const names = 'topics' in config || 'table.name.format' in config ? withoutTable : topics;
  const { database, worker } = await openSink(t, {
    setup,
    config: { ...names, ...config },
    ...(writeLine && { writeLine }),
  });
  const nextOffsets = new Map<string, number>();
  let last: Parameters<typeof worker.invoke>[0] | undefined;
  return {
    database,
    send: (...records) => {
      last = buildKafkaEvent(
        records.map(({ topic = 't', partition = 0, key, value, headers = [] }) => {
          const place = `${topic}-${partition}`;
          const offset = nextOffsets.get(place) ?? 0;
          nextOffsets.set(place, offset + 1);
          return {
            topic,
            partition,
            offset,
            value: value === null ? null : toText(value),
            ...(key !== undefined && { key: key === null ? null : toText(key) }),
            headers: headers.map(([name, text]) => [name, Buffer.from(text)] as const),
          };
        }),
      );
      return worker.invoke(last);
    },
    resend: () => worker.invoke(last!),
    keep: () => {
      const kept = last!;
      return () => worker.invoke(kept);
    },
    rows: async (query) => {
      const found = await database.query(query);
      const texts = found.map((row) => Object.values(row).map((value) => (value === null ? '-' : String(value))));
      return texts.map((values) => values.join(' ')).sort();
    },
    letters: async () => {
      const found = await database.query('select "offset", code from sluice.dead_letters order by topic, partition, 1');
      return found.map(({ offset, code }) => `${offset} ${code}`);
    },
    totals: async () => {
      const [row] = await database.query(`select sum(applied)::int as applied, sum(filtered)::int as filtered,
        sum(dead_lettered)::int as "deadLettered", sum(unmatched)::int as unmatched from sluice.offsets`);
      return row as Awaited<ReturnType<OpenStream['totals']>>;
    },
  };
}

/** Values of the c/u/d contract. */
export const create = (after: object) => ({ value: { op: 'c', before: null, after } });
export const update = (before: object | null, after: object) => ({ value: { op: 'u', before, after } });
export const remove = (before: object | null) => ({ value: { op: 'd', before, after: null } });
