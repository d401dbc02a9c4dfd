import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { debeziumJdbcPackage } from '../../localstack/jvm/kafka-connect/kafka-connect-packages.ts';
import { type ExampleStack, startExampleStack } from '../debezium/example-stack.ts';
import { createTopic } from '../support/stack-client.ts';
import { readRecordedPids } from '../support/stack-process.ts';
import { summarize } from './latency-summary.ts';
import { type Contender, contenders, type ContenderTarget, peerColumns, toContenderConfig } from './peer-contenders.ts';
import { fillTopic, firstMarkerId, type PeerWorkload, preloadedRows, toPeerRecord } from './peer-records.ts';
import { findProcesses, readUsage } from './process-usage.ts';

const table = 'bench';
const runTimeoutMs = 600_000;
const latencyRate = 1_000;

/**
 * `npm run bench:peers [-- --records 1000000 --short]`: Debezium's JDBC sink on Kafka Connect and Sluice, in turn, from the
 * same topics into the same PostgreSQL, with the same configuration. Prints rows a second, CPU seconds per million
 * records by process, peak memory, and latency at 1,000 records a second. Fails when the tables differ.
 */
const { values } = parseArgs({
  options: { records: { type: 'string', default: '1000000' }, short: { type: 'boolean', default: false } },
});
const records = values.short ? 20_000 : Number(values.records);
const latencySeconds = values.short ? 5 : 30;
const say = (line: string) => console.log(line);
say('Starting PostgreSQL, Kafka, Kafka Connect and Sluice.');
const stack = await startExampleStack(say, [debeziumJdbcPackage]);
try {
  const database = await stack.connect(stack.stack.databaseUrl);
  say(
    `${records} records; ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, Kafka 4.3.1, Debezium 3.6.0`,
  );
  const chosen = values.short ? contenders.filter(({ name }) => name !== 'debezium-tuned') : contenders;
  await makeTopic('warm_up', 'append', 20_000, 1);
  for (const contender of chosen) await runOnce(contender, 'warm_up', 'append', 20_000, 1);
  for (const workload of ['append', 'mix'] as const) {
    for (const partitions of values.short ? [1] : [1, 4]) {
      const topic = `${workload}_${partitions}`;
      await makeTopic(topic, workload, records, partitions);
      const digests = new Set<string>();
      for (const contender of chosen) {
        const measured = await runOnce(contender, topic, workload, records, partitions);
        digests.add(measured.digest);
        say(`${workload.padEnd(6)} ${partitions} partitions  ${contender.name.padEnd(14)} ${measured.line}`);
      }
      if (digests.size !== 1) throw new Error(`The tables of ${topic} differ.`);
    }
  }
  for (const contender of chosen)
    say(`latency at ${latencyRate}/s, ms  ${contender.name.padEnd(14)} ${await latency(contender)}`);

  async function makeTopic(topic: string, workload: PeerWorkload, count: number, partitions: number): Promise<void> {
    await createTopic(stack.stack, topic, partitions);
    await fillTopic(stack.topics, topic, { workload, records: count, partitions });
  }

  async function runOnce(
    contender: Contender,
    topic: string,
    workload: PeerWorkload,
    count: number,
    partitions: number,
  ) {
    await makeTable(database, workload);
    const target = { databaseUrl: stack.stack.databaseUrl, table, topic, partitions };
    const stop = await startContender(stack, contender, target);
    const base = workload === 'mix' ? `j > 0 or id > ${preloadedRows}` : 'true';
    await until(database, `select exists (select from ${table} where ${base}) as done`);
    const usage = watchUsage(stack, contender);
    const startedMs = performance.now();
    await until(database, `select count(*) = ${partitions} as done from ${table} where id >= ${firstMarkerId}`);
    const seconds = (performance.now() - startedMs) / 1_000;
    const used = usage.stop();
    await stop();
    const { rows } = await database.query<{ digest: string }>(
      `select count(*) || ' ' || coalesce(sum(hashtext(t::text)::bigint), 0) as digest from ${table} t`,
    );
    const perMillion = (cpuSeconds: number) => ((cpuSeconds * 1e6) / count).toFixed(1);
    const line = `${Math.round(count / seconds)} rows/s, CPU s per million: sink ${perMillion(used.sink)}, PostgreSQL ${perMillion(used.postgres)}, broker ${perMillion(used.broker)}; peak ${Math.round(used.peakMegabytes)} MB`;
    return { digest: rows[0]!.digest, line };
  }

  async function latency(contender: Contender): Promise<string> {
    const topic = `latency_${contender.name.replaceAll('-', '_')}`;
    await createTopic(stack.stack, topic, 1);
    await makeTable(database, 'append');
    const target = { databaseUrl: stack.stack.databaseUrl, table, topic, partitions: 1 };
    const stop = await startContender(stack, contender, target);
    const warmUp = latencyRate * 5;
    await sendAtRate(topic, 0, warmUp);
    const sentAtMs = await sendAtRate(topic, warmUp, latencyRate * latencySeconds);
    await until(database, `select count(*) = ${warmUp + sentAtMs.length} as done from ${table}`);
    await stop();
    const { rows } = await database.query<{ id: number; at: number }>(
      `select id::int, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 * 1000 as at from ${table} where id >= ${warmUp}`,
    );
    return summarize(rows.map(({ id, at }) => at - sentAtMs[id - warmUp]!));
  }

  /** Sends records at even distances in time, whether or not earlier ones were stored, and answers when. */
  async function sendAtRate(topic: string, firstId: number, count: number): Promise<Float64Array> {
    const sentAtMs = new Float64Array(count);
    const stored: Promise<unknown>[] = [];
    const startMs = performance.now();
    for (let sent = 0; sent < count; await delay(1)) {
      const due = Math.min(count, Math.floor(((performance.now() - startMs) * latencyRate) / 1_000) + 1);
      const batch = Array.from({ length: due - sent }, (_, index) => toPeerRecord(firstId + sent + index, 0));
      sentAtMs.fill(performance.timeOrigin + performance.now(), sent, due);
      if (batch.length > 0) stored.push(stack.topics.append(topic, batch));
      sent = due;
    }
    await Promise.all(stored);
    return sentAtMs;
  }
} finally {
  await stack.close();
}

async function makeTable(database: pg.Client, workload: PeerWorkload): Promise<void> {
  await database.query(`drop table if exists ${table}; create table ${table} (${peerColumns})`);
  if (workload === 'mix') {
    await database.query(
      `insert into ${table} select g, 'customer-' || g, g, g / 7.0, '2025-01-01', true, 'order note ' || md5(g::text), 0
         from generate_series(1, ${preloadedRows}) g`,
    );
  }
  await database.query(`vacuum analyze ${table}`);
  await database.query('checkpoint');
}

/** Creates the connector by the REST API of its kind, which is the same, and answers what removes it. */
async function startContender(running: ExampleStack, contender: Contender, target: ContenderTarget) {
  const name = `${contender.name}-${target.topic}`.replaceAll('_', '-');
  const url = `${contender.runsOn === 'connect' ? running.workerUrl : running.stack.connectUrl}/connectors`;
  const body = JSON.stringify({ name, config: toContenderConfig(contender, target) });
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (response.status !== 201) throw new Error(`${name}: ${await response.text()}`);
  await response.body?.cancel();
  return async () => {
    const removed = await fetch(`${url}/${name}`, { method: 'DELETE' });
    await removed.body?.cancel();
  };
}

/** Measures processes until it is stopped: the sink's own (Sluice: driver, endpoint and functions), and the others. */
function watchUsage(running: ExampleStack, contender: Contender) {
  const own = readRecordedPids(running.stack.dataDir);
  const broker = findProcesses(own, /kafka\.Kafka/);
  const postgres = findProcesses(own, /postgres .*-D /);
  const others = [...broker, ...postgres, ...findProcesses(own, /apicurio/)];
  const readSink = () =>
    contender.runsOn === 'connect' ? readUsage(running.workerPids()) : readUsage([own[0]!], others);
  const read = () => ({ sink: readSink(), postgres: readUsage(postgres), broker: readUsage(broker) });
  const before = read();
  let peakMegabytes = before.sink.megabytes;
  const timer = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, readSink().megabytes);
  }, 500);
  return {
    stop() {
      clearInterval(timer);
      const after = read();
      const spent = (name: 'sink' | 'postgres' | 'broker') => after[name].cpuSeconds - before[name].cpuSeconds;
      return { sink: spent('sink'), postgres: spent('postgres'), broker: spent('broker'), peakMegabytes };
    },
  };
}

async function until(database: pg.Client, sql: string): Promise<void> {
  const deadline = performance.now() + runTimeoutMs;
  for (;;) {
    const { rows } = await database.query<{ done: boolean }>(sql);
    if (rows[0]!.done) return;
    if (performance.now() > deadline) throw new Error(`It did not come to the end within ${runTimeoutMs} ms.`);
    await delay(20);
  }
}
