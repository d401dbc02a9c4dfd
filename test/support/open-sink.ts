import type { TestContext } from 'node:test';
import { toConnectorGeneration } from '../../shared/connector/connector-generation.ts';
import { decodeConnectorVariable } from '../../shared/connector/connector-variable.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';
import { buildSinkEnvironment, createSinkWorker, type SinkWorker, type SinkWorkerOptions } from './sink-worker.ts';
import { openTestDatabase, type TestDatabase } from './test-database.ts';

/** A database and a sink that writes to it. */
export interface OpenSink {
  readonly database: TestDatabase;
  readonly worker: SinkWorker;
  /** Of its configuration, as a filter function of the same connector sends it along. */
  readonly generation: number;
  /** Makes a further sink of the same connector, as a new instance of the function is. */
  open(options?: Partial<SinkWorkerOptions>): SinkWorker;
}

/** Opens a database of the test's own and a sink on it; both end with the test. The reading session is in UTC.
 * `writeLine` takes the log and metric lines of the sinks.
 */
export async function openSink(
  t: TestContext,
  options: { readonly setup: string; readonly writeLine?: (line: string) => void } & Pick<
    SinkWorkerOptions,
    'config' | 'reportsBatchItemFailures'
  >,
): Promise<OpenSink> {
  const { setup, writeLine, ...worker } = options;
  // Registered before the database's, so that the sink's connections end first.
  const workers: SinkWorker[] = [];
  t.after(() => Promise.all(workers.map((each) => each.close())));
  const database = await openTestDatabase(t, { setup });
  await database.query("set timezone to 'UTC'");
  const environmentOf = (changes: Partial<SinkWorkerOptions> = {}) =>
    buildSinkEnvironment({ name: 'test-sink', databaseUrl: database.url, ...worker, ...changes });
  const open = (changes: Partial<SinkWorkerOptions> = {}) => {
    const opened = createSinkWorker(environmentOf(changes), writeLine);
    workers.push(opened);
    return opened;
  };
  const generation = toConnectorGeneration(decodeConnectorVariable(environmentOf()[environmentVariable.connector]));
  return { database, worker: open(), generation, open };
}
