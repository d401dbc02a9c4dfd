import { createSinkHandler, type SinkHandler } from '../../functions/sink/handler.ts';
import type { KafkaEvent, KafkaEventRecord } from '../../shared/kafka/event.ts';

/** Columns of the table that the workloads write. */
export const benchColumns = `id bigint primary key, small smallint, num integer, flag boolean, ratio double precision, day date,
  at timestamptz, label text, amount numeric(18,4), code varchar(20)`;

/** One row; about 300 bytes of JSON. */
export function toRow(id: number) {
  return {
    id,
    small: id % 30_000,
    num: id * 7,
    flag: id % 2 === 0,
    ratio: id / 7,
    day: '2026-11-20',
    at: '2026-11-20T12:34:56.123456Z',
    label: `label of row number ${id}`,
    amount: `${id}.2500`,
    code: `C-${id}`,
  };
}

/** A record of the topic `bench` as Lambda delivers it. */
export function toRecord(offset: number, value: unknown): KafkaEventRecord {
  return {
    topic: 'bench',
    partition: 0,
    offset,
    timestamp: 1_790_000_000_000 + offset,
    timestampType: 'CREATE_TIME',
    key: Buffer.from(JSON.stringify({ id: offset })).toString('base64'),
    value: Buffer.from(JSON.stringify(value)).toString('base64'),
    headers: [],
  };
}

/** What the records of a run do to the table. */
export type Workload = 'append' | 'merge' | 'mix' | 'overwrite';

/** Rows that the table of the workload `merge` has at first. */
export const mergeRows = 200_000;
/** Has no divisor in common with {@link mergeRows}, so that no key comes again before all have come. */
const mergeStride = 7_919;

/**
 * Records from an offset on. `append`: new keys. `merge`: every other record has a new key, the others spread over the rows
 * that are there, none twice. `mix`: 70 % u, 20 % c, 10 % d; nine in ten updates on 10,000 hot keys.
 * `overwrite`: keys spread evenly over the `keys` that the table has.
 */
export function buildRecords(rows: number, firstOffset: number, workload: Workload, keys = rows): KafkaEventRecord[] {
  let state = 42;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
  return Array.from({ length: rows }, (_, i) => {
    const offset = firstOffset + i;
    if (workload === 'append') return toRecord(offset, { op: 'c', before: null, after: toRow(offset) });
    if (workload === 'merge') {
      const id = offset % 2 === 0 ? mergeRows + offset : (offset * mergeStride) % mergeRows;
      return toRecord(offset, { op: 'c', before: null, after: toRow(id) });
    }
    if (workload === 'overwrite') return toRecord(offset, { op: 'c', before: null, after: toRow(random(keys)) });
    const roll = random(10);
    if (roll < 7) {
      const row = toRow(random(10) < 9 ? random(10_000) : random(rows));
      return toRecord(offset, { op: 'u', before: { id: row.id }, after: row });
    }
    if (roll < 9) return toRecord(offset, { op: 'c', before: null, after: toRow(1_000_000 + offset) });
    return toRecord(offset, { op: 'd', before: { id: random(rows) }, after: null });
  });
}

/** The texts of the events that Lambda would get, `batch` records each. */
export function toEventTexts(records: readonly KafkaEventRecord[], batch: number): string[] {
  const texts: string[] = [];
  for (let i = 0; i < records.length; i += batch) {
    const event: KafkaEvent = {
      eventSource: 'SelfManagedKafka',
      bootstrapServers: 'bench:9092',
      records: { 'bench-0': records.slice(i, i + batch) },
    };
    texts.push(JSON.stringify(event));
  }
  return texts;
}

/** Environment of a sink function that upserts the topic `bench` into `bench_target` of a server. */
export function toBenchEnvironment(url: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { hostname, port, pathname, username } = new URL(url);
  const config = {
    topics: 'bench',
    'connector.class': 'io.sluice.SluiceSinkConnector',
    'connection.url': `jdbc:postgresql://${hostname}:${port}${pathname}`,
    'connection.user': username,
    'insert.mode': 'upsert',
    'table.name.format': 'bench_target',
    ...more,
  };
  const connector = JSON.stringify({ name: more.name ?? 'bench', config: { name: 'bench', ...config } });
  return { SLUICE_STAGE: 'bench', SLUICE_SOURCE_ID: 'bench', SLUICE_CONNECTOR: connector };
}

/** The sink function in this process, without log. */
export function createBenchSink(url: string, more: Readonly<Record<string, string>> = {}): SinkHandler {
  return createSinkHandler(toBenchEnvironment(url, more), { sink: () => {}, now: Date.now });
}

/** Lambda's context for as long as a run may take. */
export const benchContext = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 60_000 };
