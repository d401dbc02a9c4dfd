import { parseArgs } from 'node:util';
import pg from 'pg';
import { startTestServer } from '../support/test-server.ts';
import { measureColdStart } from './cold-start.ts';
import {
  benchColumns,
  benchContext,
  buildRecords,
  createBenchSink,
  toEventTexts,
  type Workload,
} from './sink-workload.ts';
import { measureTableSizes } from './table-sizes.ts';

/**
 * `npm run bench`: rows per second of the sink function, from Lambda's event text to the commit, beside what the same
 * server does with the same rows when they lie in one of its own tables (`insert … select … on conflict`). Both
 * alternate in one run, so that the ratio holds where the rates do not. Then what the size of the table and the number of
 * records do to the time, and the memory and load time of the bundle. Nothing is asserted: a rate is the machine's.
 */
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    batches: { type: 'string', default: '1,100,1000,5000,10000' },
    workload: { type: 'string', default: 'append' },
  },
});

const rounds = Number(options.rounds);
const workload = options.workload as Workload;
const server = await startTestServer({ durable: true });
const client = new pg.Client({ connectionString: server.url });
try {
  await client.connect();
  const results: Record<string, unknown>[] = [];
  for (const batch of options.batches.split(',').map(Number)) {
    const rows = batch === 1 ? 2_000 : Math.min(Number(options.rows), batch * 100);
    const sink: number[] = [];
    const ceiling: number[] = [];
    const cpu: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await client.query(`drop table if exists bench_target, bench_source; drop schema if exists sluice cascade;
        create table bench_target (${benchColumns}); create unlogged table bench_source (${benchColumns})`);
      const handler = createBenchSink(server.url);
      // The first batch pays for connection, ledger and catalog.
      for (const text of toEventTexts(buildRecords(100, 0, workload), 100))
        await handler(JSON.parse(text), benchContext);
      const texts = toEventTexts(buildRecords(rows, 100, workload), batch);
      const cpuBefore = process.cpuUsage();
      const startedAt = performance.now();
      for (const text of texts) await handler(JSON.parse(text), benchContext);
      sink.push(rows / (performance.now() - startedAt));
      const { user, system } = process.cpuUsage(cpuBefore);
      cpu.push((user + system) / rows);
      await handler.close();
      await client.query(`insert into bench_source select * from bench_target on conflict do nothing;
        truncate bench_target; analyze bench_source`);
      const { rows: counted } = await client.query('select count(*)::int as n from bench_source');
      const updates = 'small = excluded.small, num = excluded.num, label = excluded.label, amount = excluded.amount';
      const mergeStartedAt = performance.now();
      for (let from = 0; from < counted[0].n; from += Math.max(batch, 100)) {
        await client.query(`insert into bench_target select * from bench_source order by id offset ${from} limit ${Math.max(batch, 100)}
          on conflict (id) do update set ${updates}`);
      }
      ceiling.push(counted[0].n / (performance.now() - mergeStartedAt));
    }
    const best = Math.max(...sink);
    const bestCeiling = Math.max(...ceiling);
    results.push({
      batch,
      'sink k rows/s': best.toFixed(1),
      'node µs/row': Math.min(...cpu).toFixed(1),
      'server only k rows/s': bestCeiling.toFixed(1),
      ratio: (best / bestCeiling).toFixed(2),
    });
  }
  console.table(results);
  console.table(await measureTableSizes(client, server.url));
  console.table([await measureColdStart(client, server.url)]);
} finally {
  await client.end();
  await server.remove();
}
