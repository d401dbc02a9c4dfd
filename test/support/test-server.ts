import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeCluster } from '../../localstack/services/postgres-cluster.ts';
import { type PostgresOptions, type RunningPostgres, startPostgres } from '../../localstack/services/postgres.ts';

/** A PostgreSQL server in a temporary folder, for tests. */
export interface TestServer extends RunningPostgres {
  readonly dataDir: string;
  /** Stops the server, if it still runs, and removes its folder. */
  remove(): Promise<void>;
}

/** Makes an empty temporary folder that PostgreSQL's account reaches even when the tests run as root. */
export function makeTemporaryFolder(name = 'sluice-test'): string {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}

/**
 * Starts a server of the caller's own, which it may kill or restart (`startPostgres({ dataDir })`). Not durable unless
 * asked for, on a free port.
 */
export async function startTestServer(options: Partial<PostgresOptions> = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? makeTemporaryFolder();
  const server = await startPostgres({ durable: false, port: 0, ...options, dataDir });
  const remove = async () => {
    await server.stop();
    removeCluster(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { ...server, dataDir, remove };
}
