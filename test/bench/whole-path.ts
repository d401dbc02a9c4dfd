import { rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { createConnector } from '../support/stack-client.ts';
import { endStack, type StackProcess, startStack } from '../support/stack-process.ts';
import { startTestKafka, type TestKafka } from '../support/test-kafka.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';
import { type ProcessCpu, readProcessCpu } from './process-cpu.ts';
import { benchColumns, buildRecords, type Workload } from './sink-workload.ts';

const arrivalTimeoutMs = 600_000;
const produceAtOnce = 10_000;

/**
 * `npm run bench:path [-- --records 300000 --batch 5000 --partitions 1,4 --rounds 3 --workload append]`: records a second
 * from a Kafka broker through the driver and the sink's bundle into PostgreSQL, all on this machine. The records lie in
 * the topic when the connector is created; the rate is that between the first and the last commit, of the records behind
 * the first, so that the start of the function does not count. Beside it the CPU time of each record in driver, functions and
 * PostgreSQL, without the first fifth of them, which other work on the machine changes less. Nothing is asserted: a
 * rate is the machine's.
 */
async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      records: { type: 'string', default: '300000' },
      batch: { type: 'string', default: '5000' },
      partitions: { type: 'string', default: '1,4' },
      rounds: { type: 'string', default: '3' },
      workload: { type: 'string', default: 'append' },
    },
  });
  const dataDir = makeTemporaryFolder('sluice-bench');
  const kafka = await startTestKafka();
  let stack: StackProcess | undefined;
  const results: Record<string, unknown>[] = [];
  try {
    const { host, port } = kafka.address;
    stack = await startStack(dataDir, ['--bare', '--bootstrap-servers', `${host}:${port}`]);
    // Rounds alternate, so that a neighbour's work does not fall on one number of partitions alone.
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const partitions of values.partitions.split(',').map(Number)) {
        const topic = `path-${partitions}-${round}`;
        await produce(kafka, topic, partitions, Number(values.records), values.workload as Workload);
        results.push({
          partitions,
          ...(await measure(stack, topic, partitions, Number(values.records), values.batch)),
          'load before': loadavg()[0]!.toFixed(1),
        });
      }
    }
  } finally {
    if (stack !== undefined) await endStack(stack, 'SIGTERM');
    await kafka.remove();
    rmSync(dataDir, { recursive: true, force: true });
  }
  console.log(`${values.records} records (${values.workload}) in batches of at most ${values.batch}`);
  console.table(results);
  console.log(`on ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`);
}

/** The records of the sink's bench, dealt to the partitions by their keys' numbers. */
async function produce(
  kafka: TestKafka,
  topic: string,
  partitions: number,
  count: number,
  workload: Workload,
): Promise<void> {
  await kafka.topics.createTopic(topic, partitions);
  for (let from = 0; from < count; from += produceAtOnce) {
    const records = buildRecords(Math.min(produceAtOnce, count - from), from, workload);
    await kafka.topics.append(
      topic,
      records.map(({ key, value }, i) => ({
        key: Buffer.from(key ?? '', 'base64'),
        value: Buffer.from(value ?? '', 'base64'),
        headers: [],
        partition: i % partitions,
      })),
    );
  }
}

async function measure(stack: StackProcess, topic: string, partitions: number, count: number, batch: string) {
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  try {
    await client.query(`create table "${topic}" (${benchColumns})`);
    await client.query('checkpoint');
    await createConnector(stack, topic, {
      topics: topic,
      'table.name.format': topic,
      'insert.mode': 'upsert',
      'aws.batch.size': batch,
      'tasks.max': String(partitions),
    });
    // A fifth is for the start of the functions and their compiler.
    const warm = await untilTaken(client, topic, count / 5);
    const before = readProcessCpu(stack.child.pid!);
    await untilTaken(client, topic, count);
    const after = readProcessCpu(stack.child.pid!);
    const { rows } = await client.query<{ at: number; records: number }>(
      `select extract(epoch from pg_xact_commit_timestamp(xmin))::float8 as at, count(*)::int as records
         from "${topic}" group by xmin order by 1`,
    );
    const first = rows[0]!;
    const last = rows.at(-1)!;
    const behind = rows.reduce((sum, { records }) => sum + records, -first.records);
    const seconds = last.at - first.at;
    await client.query(`drop table "${topic}"`);
    return {
      batches: rows.length,
      'k records/s': (behind / seconds / 1_000).toFixed(1),
      ...toCpuColumns(before, after, count - warm),
    };
  } finally {
    await client.end();
    await fetch(`${stack.connectUrl}/connectors/${topic}`, { method: 'DELETE' });
  }
}

function toCpuColumns(before: ProcessCpu | undefined, after: ProcessCpu | undefined, count: number) {
  if (before === undefined || after === undefined) return {};
  const names = ['driver', 'functions', 'postgres'] as const;
  return Object.fromEntries(
    names.map((name) => [`${name} µs/record`, (((after[name] - before[name]) * 1_000) / count).toFixed(1)]),
  );
}

/** Waits for the ledger, whose answer costs nothing as the table grows; answers how many it has taken. */
async function untilTaken(client: pg.Client, topic: string, count: number): Promise<number> {
  const deadline = performance.now() + arrivalTimeoutMs;
  for (;;) {
    const { rows } = await client
      .query<{ taken: number }>(
        'select coalesce(sum(applied + filtered + dead_lettered), 0)::int as taken from sluice.offsets where topic = $1',
        [topic],
      )
      .catch(() => ({ rows: [{ taken: 0 }] }));
    if (rows[0]!.taken >= count) return rows[0]!.taken;
    if (performance.now() > deadline) throw new Error(`Only ${rows[0]!.taken} of ${count} records were taken.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

await run();
