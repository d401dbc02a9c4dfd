import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { createConnector } from '../support/stack-client.ts';
import { endStack, type StackProcess, startStack } from '../support/stack-process.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';
import { summarize } from './latency-summary.ts';
import { sendPaced } from './paced-producer.ts';

const topic = 'latency';
/** Starts the function, and lets the compiler warm up; these records are not measured. */
const warmUpSeconds = 5;
const arrivalTimeoutMs = 30_000;

/**
 * `npm run bench:latency [-- --rate 1000 --seconds 30]`: sends single-record requests to the topic REST API of a stack of
 * its own, evenly spaced whether or not earlier ones were answered, and measures for each the time from the call to the
 * commit of its row in the target table, by PostgreSQL's commit timestamp (same machine, same clock).
 */
async function run(): Promise<void> {
  const { values } = parseArgs({
    options: { rate: { type: 'string', default: '1000' }, seconds: { type: 'string', default: '30' } },
  });
  const [rate, seconds] = [Number(values.rate), Number(values.seconds)];
  if (!(rate > 0 && rate <= 100_000 && seconds > 0 && seconds <= 3_600)) {
    throw new Error('--rate must be from 1 to 100000 records a second, --seconds from 1 to 3600.');
  }
  const dataDir = makeTemporaryFolder('sluice-bench');
  let stack: StackProcess | undefined;
  try {
    stack = await startStack(dataDir);
    await measure(stack, rate, seconds);
  } finally {
    if (stack !== undefined) await endStack(stack, 'SIGTERM');
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(stack: StackProcess, rate: number, seconds: number): Promise<void> {
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  try {
    await client.query('create table latency (id bigint primary key, name text, amount numeric, at timestamptz)');
    await createConnector(stack, topic, { topics: topic, 'target.tablename': topic, 'insert.mode': 'upsert' });
    const warmUpCount = rate * warmUpSeconds;
    const count = rate * seconds;
    await sendPaced({ url: `${stack.restUrl}/topics/${topic}`, rate, firstId: 0, count: warmUpCount });
    const sentAtMs = await sendPaced({ url: `${stack.restUrl}/topics/${topic}`, rate, firstId: warmUpCount, count });
    await waitForRows(client, warmUpCount + count);
    const { rows } = await client.query<{ id: string; committed_ms: number }>({
      text: `select id, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 * 1000 as committed_ms
               from latency where id >= $1`,
      values: [warmUpCount],
    });
    const { rows: transactions } = await client.query<{ count: number }>({
      text: 'select count(distinct xmin::text)::int as count from latency where id >= $1',
      values: [warmUpCount],
    });
    const latencies = rows.map(({ id, committed_ms }) => committed_ms - (sentAtMs[Number(id) - warmUpCount] ?? 0));
    console.log(`${rate} records/s for ${seconds} s, one record a request, ${transactions[0]?.count} transactions`);
    console.log(`produce call to commit of the row, ms: ${summarize(latencies)}`);
    console.log(`on ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`);
  } finally {
    await client.end();
  }
}

async function waitForRows(client: pg.Client, wanted: number): Promise<void> {
  const deadline = performance.now() + arrivalTimeoutMs;
  for (;;) {
    const { rows } = await client.query<{ count: number }>('select count(*)::int as count from latency');
    if (rows[0]?.count === wanted) return;
    if (performance.now() > deadline) throw new Error(`Only ${rows[0]?.count} of ${wanted} rows came.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

await run();
