import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { type DeliveryStep, deliverySteps, faultPoints, toRanges } from '../support/delivery-step.ts';
import type { DeliveredStream } from '../support/expect-replay.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { propertyDiagnostic, toPropertyParameters } from '../support/property-run.ts';
import {
  draftedStreams,
  dropTables,
  expectReplays,
  poisonKeys,
  prepareScenario,
  writeModes,
} from '../support/replay-scenario.ts';
import { buildSinkEnvironment, createSinkWorker, type SinkWorker } from '../support/sink-worker.ts';
import { SinkWorkerProcess } from '../support/sink-worker-process.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

interface Bench {
  readonly database: TestDatabase;
  readonly proxy: FaultProxy;
  readonly proxiedUrl: string;
}

async function openBench(t: TestContext): Promise<Bench> {
  t.diagnostic(propertyDiagnostic);
  const database = await openTestDatabase(t, { setup: "set timezone to 'UTC'" });
  const proxy = await FaultProxy.start(database.connection);
  t.after(() => proxy.close());
  const url = new URL(database.url);
  url.host = `127.0.0.1:${proxy.port}`;
  return { database, proxy, proxiedUrl: url.href };
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

test('any delivery of any stream ends in the rows and totals of a plain replay', { timeout: 7_200_000 }, async (t) => {
  const bench = await openBench(t);
  const property = fc.asyncProperty(
    fc.array(draftedStreams(90), { minLength: 1, maxLength: 2 }),
    writeModes,
    poisonKeys,
    deliverySteps,
    fc.boolean(),
    fc.integer({ min: 1, max: 60 }),
    async (drafted, mode, poisonKey, steps, reportsBatchItemFailures, batchSize) => {
      const scenario = await prepareScenario(bench.database, mode, poisonKey, drafted);
      const options = { name: scenario.connector, config: scenario.config, reportsBatchItemFailures };
      const workers = [bench.proxiedUrl, bench.database.url].map((databaseUrl) =>
        createSinkWorker(buildSinkEnvironment({ ...options, databaseUrl })),
      ) as [SinkWorker, SinkWorker];
      try {
        for (const [index, step] of steps.entries()) {
          await runStep(bench, step, scenario.streams[index % scenario.streams.length]!, workers);
        }
        for (const { loop } of scenario.streams) await loop.drain(workers[0], batchSize);
        await expectReplays(bench.database, scenario);
      } finally {
        bench.proxy.disarm();
        await Promise.all(workers.map((worker) => worker.close()));
        await dropTables(bench.database, scenario);
      }
    },
  );
  await fc.assert(property, toPropertyParameters(100, 300_000));
});

test('a worker killed at any point of a batch changes nothing about the outcome', { timeout: 7_200_000 }, async (t) => {
  const bench = await openBench(t);
  const kill = fc.record({ size: fc.integer({ min: 1, max: 30 }), point: faultPoints });
  const property = fc.asyncProperty(
    draftedStreams(60),
    writeModes,
    poisonKeys,
    fc.array(kill, { minLength: 1, maxLength: 2 }),
    async (drafted, mode, poisonKey, kills) => {
      const scenario = await prepareScenario(bench.database, mode, poisonKey, [drafted]);
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
        await expectReplays(bench.database, scenario);
      } finally {
        bench.proxy.disarm();
        await survivor.close();
        await dropTables(bench.database, scenario);
      }
    },
  );
  await fc.assert(property, toPropertyParameters(8, 120_000));
});
