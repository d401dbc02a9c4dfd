import { parseArgs } from 'node:util';
import pg from 'pg';
import type { KafkaEventRecord } from '../../shared/kafka/event.ts';
import { openStaticRegistry } from '../support/static-registry.ts';
import { startTestServer } from '../support/test-server.ts';
import { avroSchema, toAvroRecords } from './avro-workload.ts';
import { measureColdStart } from './cold-start.ts';
import { measureServerCeiling } from './server-ceiling.ts';
import {
  benchColumns,
  benchContext,
  buildRecords,
  createBenchSink,
  mergeRows,
  toBenchEnvironment,
  toEventTexts,
  type Workload,
} from './sink-workload.ts';
import { measureTableSizes } from './table-sizes.ts';
import { openWritePath } from './write-path.ts';

/**
 * `npm run bench`: rows a second of the sink function, from Lambda's event text to the commit, in JSON and in Avro; of its
 * write path alone, whose records were decoded before; and of the same server that merges the same rows out of one of its
 * own tables. They alternate in one run, so that the ratios hold where the rates do not. Then what the size of the table
 * and the number of records do to the time, and the memory and load time of the bundle. Nothing is asserted: a rate is
 * the machine's.
 *
 * `--workload append` (new keys in order) or `merge` (every other row is there already, at random places).
 */
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    batches: { type: 'string', default: '1,100,1000,5000,10000' },
    workload: { type: 'string', default: 'append' },
    only: { type: 'boolean', default: false },
  },
});

const rounds = Number(options.rounds);
const workload = options.workload as Workload;
const warmUpRows = 10_000;
const closers: (() => unknown)[] = [];
const server = await startTestServer({ durable: true });
const client = new pg.Client({ connectionString: server.url });
try {
  await client.connect();
  const registry = await openStaticRegistry({ after: (close) => closers.push(close as () => unknown) });
  const frame = registry.add(avroSchema);
  const avroConfig = {
    'value.converter': 'io.confluent.connect.avro.AvroConverter',
    'value.converter.schema.registry.url': registry.url,
  };
  const results: Record<string, unknown>[] = [];
  for (const batch of options.batches.split(',').map(Number)) {
    const rows = batch === 1 ? 2_000 : Math.min(Number(options.rows), batch * 100);
    const json = (count: number, from: number) => buildRecords(count, from, workload);
    const runs: Run[] = [];
    for (let round = 0; round < rounds; round++) {
      const function_ = await measureFunction(rows, batch, json, {});
      await reset();
      const ceiling = await measureServerCeiling(client, toImages(json(rows, warmUpRows)), Math.max(batch, 100));
      const write = await measureWritePath(rows, batch);
      const avro = await measureFunction(rows, batch, (count, from) => toAvroRecords(count, from, frame), avroConfig);
      runs.push({ ...function_, ceiling, write, avro: avro.rate });
    }
    const best = (name: keyof Run) => Math.max(...runs.map((run) => run[name]));
    results.push({
      batch,
      'write path k rows/s': best('write').toFixed(1),
      'server only k rows/s': best('ceiling').toFixed(1),
      ratio: (best('write') / best('ceiling')).toFixed(2),
      'median ratio': median(runs.map(({ write, ceiling }) => write / ceiling)).toFixed(2),
      'function, JSON k rows/s': best('rate').toFixed(1),
      'function, Avro k rows/s': best('avro').toFixed(1),
      'node µs/row': Math.min(...runs.map(({ cpu }) => cpu)).toFixed(1),
      'batch p50 ms': Math.min(...runs.map(({ p50 }) => p50)).toFixed(2),
    });
  }
  console.table(results);
  if (!options.only) {
    console.table(await measureTableSizes(client, server.url));
    console.table([await measureColdStart(client, server.url)]);
  }
} finally {
  for (const close of closers) close();
  await client.end();
  await server.remove();
}

/** Rates in rows a millisecond. */
interface Run {
  readonly rate: number;
  /** µs of CPU of this process a row. */
  readonly cpu: number;
  /** Milliseconds of a batch. */
  readonly p50: number;
  readonly write: number;
  readonly avro: number;
  readonly ceiling: number;
}

async function reset(): Promise<void> {
  await client.query(`drop table if exists bench_target; drop schema if exists sluice cascade;
    create table bench_target (${benchColumns})`);
  if (workload === 'merge') {
    await client.query(`insert into bench_target select i, i % 30000, i, i % 2 = 0, i / 7.0, date '2026-11-20', now(),
      'label of row number ' || i, i + 0.25, 'C-' || i from generate_series(0, ${mergeRows - 1}) i`);
    await client.query('vacuum analyze bench_target');
  }
  await client.query('checkpoint');
}

/** The rows that the records create. */
function toImages(records: readonly KafkaEventRecord[]): object[] {
  return records.flatMap(({ value }) => {
    const { after } = JSON.parse(Buffer.from(value!, 'base64').toString()) as { after: object | null };
    return after === null ? [] : [after];
  });
}

async function measureFunction(
  rows: number,
  batch: number,
  build: (rows: number, firstOffset: number) => KafkaEventRecord[],
  config: Readonly<Record<string, string>>,
): Promise<Pick<Run, 'rate' | 'cpu' | 'p50'>> {
  await reset();
  const handler = createBenchSink(server.url, config);
  // The first batches pay for connection, ledger, catalog, plans and the compiler.
  const warmUp = batch === 1 ? 500 : warmUpRows;
  for (const text of toEventTexts(build(warmUp, 0), batch)) await handler(JSON.parse(text), benchContext);
  const texts = toEventTexts(build(rows, warmUp), batch);
  const times: number[] = [];
  const cpuBefore = process.cpuUsage();
  for (const text of texts) {
    const startedAt = performance.now();
    await handler(JSON.parse(text), benchContext);
    times.push(performance.now() - startedAt);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  await handler.close();
  return { rate: rows / sum(times), cpu: (user + system) / rows, p50: median(times) };
}

/** Decoding the next batch is not in the time of the batch before it. */
async function measureWritePath(rows: number, batch: number): Promise<number> {
  await reset();
  const path = await openWritePath(toBenchEnvironment(server.url));
  const warmUp = batch === 1 ? 500 : warmUpRows;
  let spentMs = 0;
  for (const [from, count] of [
    [0, warmUp],
    [warmUp, rows],
  ] as const) {
    spentMs = 0;
    for (const text of toEventTexts(buildRecords(count, from, workload), batch)) {
      const write = path.prepare(JSON.parse(text));
      const startedAt = performance.now();
      await write();
      spentMs += performance.now() - startedAt;
    }
  }
  await path.close();
  return rows / spentMs;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
