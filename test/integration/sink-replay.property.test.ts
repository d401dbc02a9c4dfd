import { randomInt } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { WriteMode } from '../../shared/postgres/target-settings.ts';
import { buildChangeStream, changeDrafts } from '../support/change-stream.ts';
import { DeliveryLoop } from '../support/delivery-loop.ts';
import { type DeliveryStep, deliverySteps, faultPoints, toRanges } from '../support/delivery-step.ts';
import { type DeliveredStream, expectReplay } from '../support/expect-replay.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { buildSinkEnvironment, createSinkWorker, type SinkWorker } from '../support/sink-worker.ts';
import { SinkWorkerProcess } from '../support/sink-worker-process.ts';
import { createTableStatement, targetShapes } from '../support/target-shape.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

/** How many times as many streams are tried as in the ordinary run. */
const effort = Number(process.env.SLUICE_PROPERTY_EFFORT ?? 1);
/** Repeats a run: the seed that a failure prints. */
const seed = Number(process.env.SLUICE_PROPERTY_SEED ?? randomInt(2 ** 31));
const partitionCount = 3;

const modes = fc.oneof(
  { weight: 3, arbitrary: fc.constant<WriteMode>('upsert') },
  { weight: 4, arbitrary: fc.constantFrom<WriteMode>('insert', 'insert_ignore', 'update') },
);
const poisonKeys = fc.constantFrom<'hold' | 'skip'>('hold', 'skip');
const shapes = fc.constantFrom(...targetShapes.map(({ name }) => name));
const parameters = (runs: number) => ({
  seed,
  numRuns: Math.ceil(runs * effort),
  timeout: 60_000,
  interruptAfterTimeLimit: 120_000 * effort,
  includeErrorInReport: true,
  endOnFailure: process.env.SLUICE_PROPERTY_SHRINK === 'false',
});

interface Bench {
  readonly database: TestDatabase;
  readonly proxy: FaultProxy;
  readonly proxiedUrl: string;
}

async function openBench(t: TestContext): Promise<Bench> {
  t.diagnostic(`seed ${seed} (SLUICE_PROPERTY_SEED), effort ${effort} (SLUICE_PROPERTY_EFFORT)`);
  const database = await openTestDatabase(t, { setup: "set timezone to 'UTC'" });
  const proxy = await FaultProxy.start(database.connection);
  t.after(() => proxy.close());
  const url = new URL(database.url);
  url.host = `127.0.0.1:${proxy.port}`;
  return { database, proxy, proxiedUrl: url.href };
}

interface Scenario {
  readonly streams: readonly DeliveredStream[];
  readonly connector: string;
  readonly config: Record<string, string>;
}

let turn = 0;

/** Tables and a connector of its own for each run, so that nothing but the server is shared between runs. */
async function prepare(
  { database }: Bench,
  mode: WriteMode,
  poisonKey: 'hold' | 'skip',
  drafted: readonly { readonly shape: string; readonly drafts: Parameters<typeof buildChangeStream>[3] }[],
): Promise<Scenario> {
  turn += 1;
  const connector = `connector-${turn}`;
  const streams: DeliveredStream[] = [];
  for (const [index, { shape: shapeName, drafts }] of drafted.entries()) {
    const drawn = targetShapes.find(({ name }) => name === shapeName)!;
    // Mode update finds rows by their keys alone.
    const shape = mode === 'update' && drawn.key.length === 0 ? targetShapes[0]! : drawn;
    const table = `${shape.name}_${turn}_${index}`;
    await database.query(createTableStatement(shape, table));
    const stream = buildChangeStream(shape, mode, poisonKey === 'hold', drafts, partitionCount);
    const records = stream.partitions.map((partition) => partition.map((record) => ({ ...record, topic: table })));
    streams.push({ connector, shape, table, stream, loop: new DeliveryLoop(table, records) });
  }
  const topics = streams.map(({ table }) => table).join();
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the property's own placeholder
  const config = { topics, 'table.name.format': '${topic}', writeMode: mode, 'poison.key': poisonKey };
  return { connector, streams, config };
}

async function expectReplays({ database }: Bench, { streams }: Scenario): Promise<void> {
  for (const delivered of streams) {
    await expectReplay(database, delivered).catch((cause: unknown) => {
      throw new Error(`${(cause as Error).message}\nThe stream of ${describe(delivered)}`, { cause });
    });
  }
}

/** The records of a small stream, so that a shrunk counterexample can be read. */
function describe({ shape, stream }: DeliveredStream): string {
  const records = stream.partitions.flat();
  const shown = records.slice(0, 12).map(({ partition, offset, value }) => {
    return `${partition}/${offset} ${Buffer.from(value as string).toString()}`;
  });
  return [`${shape.name}, ${records.length} records:`, ...shown].join('\n  ');
}

async function dropTables({ database }: Bench, { streams }: Scenario): Promise<void> {
  for (const { table } of streams) await database.query(`drop table "${table}"`);
}

async function runStep(
  { proxy }: Bench,
  step: DeliveryStep,
  { loop }: DeliveredStream,
  workers: readonly [SinkWorker, SinkWorker],
): Promise<void> {
  const { first, second } = toRanges(step, loop);
  if (step.fault !== null) proxy.arm({ ...step.fault, action: 'cut' });
  const deliveries = [
    () => loop.deliver(workers[0], first, { repeats: step.repeat, mayBreak: step.fault !== null }),
    () => loop.deliver(workers[1], second),
  ];
  if (step.secondFirst) deliveries.reverse();
  await Promise.all(deliveries.map((deliver) => deliver()));
  proxy.disarm();
}

test('any delivery of any stream ends in the rows and totals of a plain replay', { timeout: 600_000 }, async (t) => {
  const bench = await openBench(t);
  const property = fc.asyncProperty(
    fc.array(fc.record({ shape: shapes, drafts: changeDrafts(partitionCount, 90) }), { minLength: 1, maxLength: 2 }),
    modes,
    poisonKeys,
    deliverySteps,
    fc.boolean(),
    fc.integer({ min: 1, max: 60 }),
    async (drafted, mode, poisonKey, steps, reportsBatchItemFailures, batchSize) => {
      const scenario = await prepare(bench, mode, poisonKey, drafted);
      const options = { name: scenario.connector, config: scenario.config, reportsBatchItemFailures };
      const workers = [bench.proxiedUrl, bench.database.url].map((databaseUrl) =>
        createSinkWorker(buildSinkEnvironment({ ...options, databaseUrl })),
      ) as [SinkWorker, SinkWorker];
      try {
        for (const [index, step] of steps.entries()) {
          await runStep(bench, step, scenario.streams[index % scenario.streams.length]!, workers);
        }
        for (const { loop } of scenario.streams) await loop.drain(workers[0], batchSize);
        await expectReplays(bench, scenario);
      } finally {
        bench.proxy.disarm();
        await Promise.all(workers.map((worker) => worker.close()));
        await dropTables(bench, scenario);
      }
    },
  );
  await fc.assert(property, parameters(100));
});

test('a worker killed at any point of a batch changes nothing about the outcome', { timeout: 600_000 }, async (t) => {
  const bench = await openBench(t);
  const kill = fc.record({ size: fc.integer({ min: 1, max: 30 }), point: faultPoints });
  const property = fc.asyncProperty(
    fc.record({ shape: shapes, drafts: changeDrafts(partitionCount, 60) }),
    modes,
    poisonKeys,
    fc.array(kill, { minLength: 1, maxLength: 2 }),
    async (drafted, mode, poisonKey, kills) => {
      const scenario = await prepare(bench, mode, poisonKey, [drafted]);
      const { loop } = scenario.streams[0]!;
      const { connector: name, config } = scenario;
      const environment = buildSinkEnvironment({ name, config, databaseUrl: bench.proxiedUrl });
      const survivor = createSinkWorker(environment);
      try {
        for (const { size, point } of kills) {
          const victim = await SinkWorkerProcess.start(environment);
          const held = bench.proxy.arm({ ...point, action: 'stall' });
          const ranges = loop.acknowledged.map((from, partition) => ({ partition, from, to: from + size }));
          const answered = loop.deliver(victim, ranges, { mayBreak: true });
          // A point beyond the batch's last message is never reached; then the worker answers before it dies.
          await Promise.race([held, answered]);
          bench.proxy.disarm();
          await victim.kill();
          await answered;
        }
        await loop.drain(survivor, 25);
        await expectReplays(bench, scenario);
      } finally {
        bench.proxy.disarm();
        await survivor.close();
        await dropTables(bench, scenario);
      }
    },
  );
  await fc.assert(property, parameters(8));
});
