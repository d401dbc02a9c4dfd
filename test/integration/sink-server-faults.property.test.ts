import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { findServerAccount } from '../../localstack/services/postgres-account.ts';
import type { DeliveryRange } from '../support/delivery-loop.ts';
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
import { RestartableDatabase } from '../support/restartable-database.ts';
import { canLimitFiles, deliverUnder, serverFaults } from '../support/server-fault.ts';
import { buildSinkEnvironment, createSinkWorker } from '../support/sink-worker.ts';
import { SmallDisk } from '../support/small-disk.ts';

/** Room for an empty database and for what a run leaves behind until it is vacuumed away. */
const diskMegabytes = 64;

/** A server that can be killed, whose tables lie on a disk that can be filled where this machine allows that. */
async function openServer(t: TestContext) {
  t.diagnostic(propertyDiagnostic);
  const disk = SmallDisk.mount(diskMegabytes, findServerAccount('/nonexistent'));
  if (disk === undefined) t.diagnostic('without a full disk: mounting one is not allowed here');
  if (!canLimitFiles()) t.diagnostic('without a full log: there is no prlimit here');
  const database = await RestartableDatabase.start(disk?.folder);
  const proxy = await FaultProxy.start(database);
  t.after(async () => {
    await proxy.close();
    await database.close();
    disk?.unmount();
  });
  const url = new URL(database.url);
  url.host = `127.0.0.1:${proxy.port}`;
  return { database, disk, proxy, proxiedUrl: url.href };
}

test('whatever happens to the server, a stream ends in the rows and totals of a plain replay', {
  timeout: 7_200_000,
}, async (t) => {
  const { database, disk, proxy, proxiedUrl } = await openServer(t);
  const seen = new Map<string, number>();
  const struck = new Map<string, number>();
  const count = (counts: Map<string, number>, kind: string) => counts.set(kind, (counts.get(kind) ?? 0) + 1);
  let schedules = 0;
  const turn = fc.record({
    fault: serverFaults(disk !== undefined),
    size: fc.integer({ min: 1, max: 30 }),
    rewind: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 9 }) },
    ),
  });
  const property = fc.asyncProperty(
    draftedStreams(60),
    writeModes,
    poisonKeys,
    fc.array(turn, { minLength: 1, maxLength: 3 }),
    fc.boolean(),
    async (drafted, mode, poisonKey, turns, reportsBatchItemFailures) => {
      const scenario = await prepareScenario(database, mode, poisonKey, [drafted]);
      const { connector, config } = scenario;
      const { loop, table: target } = scenario.streams[0]!;
      const options = { name: connector, config, reportsBatchItemFailures, databaseUrl: proxiedUrl };
      const worker = createSinkWorker(buildSinkEnvironment(options));
      try {
        for (const { fault, size, rewind } of turns) {
          count(seen, fault.kind);
          const ranges = loop.acknowledged.map(
            (taken, partition): DeliveryRange => ({ partition, from: Math.max(0, taken - rewind), to: taken + size }),
          );
          await deliverUnder(fault, { database, proxy, disk, connector, target }, (how) =>
            loop.deliver(worker, ranges, how),
          );
          const isTaken = ({ to, partition }: DeliveryRange) =>
            loop.acknowledged[partition]! >= Math.min(to, loop.partitions[partition]!.length);
          if (!ranges.every(isTaken)) count(struck, fault.kind);
        }
        await loop.drain(worker, 25);
        await expectReplays(database, scenario);
        schedules += 1;
      } finally {
        await worker.close();
        await dropTables(database, scenario);
      }
    },
  );
  await fc.assert(property, toPropertyParameters(40, 300_000));
  const kinds = [...seen].map(
    ([kind, times]) => `${kind} ${times} (${struck.get(kind) ?? 0} kept a batch from being taken)`,
  );
  t.diagnostic(`${schedules} schedules: ${kinds.join(', ')}`);
});
