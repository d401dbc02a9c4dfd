import { parseArgs } from 'node:util';
import pg from 'pg';
import { createSinkHandler, type SinkHandler } from '../../functions/sink/handler.ts';
import type { KafkaEvent, KafkaEventRecord } from '../../shared/kafka/event.ts';
import { startTestServer } from '../support/test-server.ts';

/**
 * `npm run bench:sink`: rows per second of the sink function, from Lambda's event text to the commit, beside what the
 * same server does with the same rows when they lie in one of its own tables (`insert … select … on conflict`). Both
 * alternate in one run, so that the ratio holds where the rates do not.
 */
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    batches: { type: 'string', default: '1,100,1000,5000,10000' },
    workload: { type: 'string', default: 'append' },
  },
});

const columns = `id bigint primary key, small smallint, num integer, flag boolean, ratio double precision, day date,
  at timestamptz, label text, amount numeric(18,4), code varchar(20)`;

function toRow(id: number) {
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

function toRecord(offset: number, value: unknown): KafkaEventRecord {
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

/** `append`: distinct keys. `mix`: 70 % u, 20 % c, 10 % d; nine in ten updates on 10,000 hot keys. */
function buildRecords(rows: number, firstOffset: number): KafkaEventRecord[] {
  let state = 42;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
  return Array.from({ length: rows }, (_, i) => {
    const offset = firstOffset + i;
    if (options.workload === 'append') return toRecord(offset, { op: 'c', before: null, after: toRow(offset) });
    const roll = random(10);
    if (roll < 7) {
      const row = toRow(random(10) < 9 ? random(10_000) : random(rows));
      return toRecord(offset, { op: 'u', before: { id: row.id }, after: row });
    }
    if (roll < 9) return toRecord(offset, { op: 'c', before: null, after: toRow(1_000_000 + offset) });
    return toRecord(offset, { op: 'd', before: { id: random(rows) }, after: null });
  });
}

function toEventTexts(records: readonly KafkaEventRecord[], batch: number): string[] {
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

function createHandler(url: string): SinkHandler {
  const { hostname, port, pathname, username } = new URL(url);
  const config = {
    topics: 'bench',
    'connector.class': 'io.sluice.SluiceSinkConnector',
    'connection.url': `jdbc:postgresql://${hostname}:${port}${pathname}`,
    'connection.user': username,
    'insert.mode': 'upsert',
    'table.name.format': 'bench_target',
  };
  const connector = JSON.stringify({ name: 'bench', config: { name: 'bench', ...config } });
  const environment = { SLUICE_STAGE: 'bench', SLUICE_SOURCE_ID: 'bench', SLUICE_CONNECTOR: connector };
  return createSinkHandler(environment, { sink: () => {}, now: Date.now });
}

const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 60_000 };
const rounds = Number(options.rounds);
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
        create table bench_target (${columns}); create unlogged table bench_source (${columns})`);
      const handler = createHandler(server.url);
      // The first batch pays for connection, ledger and catalog.
      for (const text of toEventTexts(buildRecords(100, 0), 100)) await handler(JSON.parse(text), context);
      const texts = toEventTexts(buildRecords(rows, 100), batch);
      const cpuBefore = process.cpuUsage();
      const startedAt = performance.now();
      for (const text of texts) await handler(JSON.parse(text), context);
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
} finally {
  await client.end();
  await server.remove();
}
