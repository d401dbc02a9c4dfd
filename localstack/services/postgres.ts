import { mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isSluiceError, SluiceError } from '../../shared/errors/sluice-error.ts';
import { ProcessKeeper } from '../stack/process-keeper.ts';
import { findServerAccount } from './postgres-account.ts';
import { type PostgresBinaries, preparePostgresBinaries } from './postgres-binaries.ts';
import { clusterPath, prepareCluster } from './postgres-cluster.ts';
import { createDatabases, logDatabase, withDatabase } from './postgres-databases.ts';
import { choosePort, rememberPort } from './postgres-port.ts';
import { isPostmasterOf, readPostmasterFile, untilPostmasterEnds } from './postgres-process.ts';
import {
  removeStalePidFile,
  type ServerOptions,
  startServer,
  stopServer,
  waitUntilGone,
  waitUntilReady,
} from './postgres-server.ts';
import type { RunningService } from './service.ts';

/** What PostgreSQL says while processes of a server whose first process was killed still use its memory. */
const stillInUse = 'shared memory block';
const retryMs = 10_000;
const folderErrors = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG']);

/** What {@link startPostgres} needs. */
export interface PostgresOptions {
  /** The stack's data folder; the server keeps `postgres/`, `postgres.json` and `logs/postgres.log` in it. */
  readonly dataDir: string;
  /** Port for the server; absent: the one that this data folder had before, for a new one 54329 or any free one; 0: not 54329. */
  readonly port?: number | undefined;
  /** False gives up safety after a power cut for speed, for tests; true when absent. */
  readonly durable?: boolean | undefined;
  /** Server to use instead of an embedded one; its database is the target. */
  readonly databaseUrl?: string | undefined;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** The PostgreSQL server of a stack: its own one, or the one that the user named. */
export interface RunningPostgres extends RunningService {
  /** URL of the target database. */
  readonly url: string;
  /** URL of the record log's database. */
  readonly logUrl: string;
  readonly port: number;
  /** Process id at the start; absent for a server that is not ours. */
  readonly pid?: number;
  /** Process that runs now; none for a server that is not ours. */
  pids(): readonly number[];
  /** True when the server had been left running by a stack that was killed. */
  readonly adopted: boolean;
}

/**
 * Starts the stack's PostgreSQL on 127.0.0.1, or adopts the one that a killed stack left running, and makes the target
 * and log databases. The port stays the same over restarts of a data folder. With `databaseUrl` no server is started
 * and `stop` stops nothing. Once somebody watches its `supervision`, a server that died is started again.
 *
 * @throws SluiceError `PORT_TAKEN`, `FOLDER_UNUSABLE` or `SERVICE_FAILED`, or the signal's reason
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  options.signal?.throwIfAborted();
  if (options.databaseUrl !== undefined) return await useServer(options.databaseUrl);
  try {
    mkdirSync(options.dataDir, { recursive: true });
    return await startEmbedded(realpathSync(options.dataDir), options);
  } catch (error) {
    if (!folderErrors.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new SluiceError(
      'FOLDER_UNUSABLE',
      `The data folder ${options.dataDir} cannot be used: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

async function startEmbedded(dataDir: string, options: PostgresOptions): Promise<RunningPostgres> {
  const account = findServerAccount(clusterPath(dataDir));
  const binaries = preparePostgresBinaries({ account, dataDir });
  const durable = options.durable ?? true;
  const cluster = prepareCluster({ dataDir, account, binaries, durable });
  const logFolder = join(dataDir, 'logs');
  const living = await findLivingServer(cluster, options.port, binaries);
  const start = (given: PostgresOptions) => startOnPort(given, { cluster, account, binaries, durable, logFolder });
  let server = living ?? (await start(options));
  const keeper = new ProcessKeeper({
    untilEnd: (signal) => untilPostmasterEnds(cluster, server.pid, signal),
    restart: async (signal) => {
      // Connectors and the record log know it by its port.
      server = await start({ ...options, port: server.port, signal });
    },
  });
  const stop = async () => {
    await keeper.stop();
    await stopServer(cluster, server.pid, binaries);
  };
  const url = `postgresql://postgres@127.0.0.1:${server.port}/sluice`;
  try {
    rememberPort(dataDir, server.port);
    await createDatabases(withDatabase(url, 'postgres'), ['sluice', logDatabase]);
    options.signal?.throwIfAborted();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...server,
    pids: () => [server.pid],
    url,
    logUrl: withDatabase(url, logDatabase),
    adopted: living !== undefined,
    supervision: keeper,
    stop,
  };
}

/**
 * Starts the server, again when that may help: another program took the port between the look whether it is free and
 * the start, or processes of a server that was killed have not noticed its death yet.
 */
async function startOnPort(
  { port: wanted, signal }: PostgresOptions,
  server: Omit<ServerOptions, 'port' | 'signal'>,
): Promise<{ port: number; pid: number }> {
  const deadline = Date.now() + retryMs;
  for (;;) {
    const port = await choosePort(dirname(server.logFolder), wanted);
    try {
      return { port, pid: await startServer({ ...server, port, signal }) };
    } catch (error) {
      const mayPass = isSluiceError(error) && (error.code === 'PORT_TAKEN' || error.message.includes(stillInUse));
      if (!mayPass || signal?.aborted || Date.now() > deadline) throw error;
      await delay(100);
    }
  }
}

async function useServer(databaseUrl: string): Promise<RunningPostgres> {
  if (!URL.canParse(databaseUrl) || !/^postgres(ql)?:$/.test(new URL(databaseUrl).protocol)) {
    throw new SluiceError(
      'CONFIG_INVALID',
      'DATABASE_URL must look like postgresql://user:password@host:5432/database.',
    );
  }
  await createDatabases(databaseUrl, [logDatabase]);
  return {
    url: databaseUrl,
    logUrl: withDatabase(databaseUrl, logDatabase),
    port: Number(new URL(databaseUrl).port || 5432),
    adopted: false,
    pids: () => [],
    stop: async () => {},
  };
}

/** The cluster's server when one runs and has the port; one that is stopping or has another port is ended first. */
async function findLivingServer(
  cluster: string,
  wantedPort: number | undefined,
  binaries: PostgresBinaries,
): Promise<{ port: number; pid: number } | undefined> {
  const found = readPostmasterFile(cluster);
  if (found === undefined) return undefined;
  if (!isPostmasterOf(cluster, found.pid)) {
    removeStalePidFile(cluster, found.pid);
    return undefined;
  }
  if (!(await waitUntilReady(cluster, found.pid))) {
    await waitUntilGone(cluster, found.pid);
    return undefined;
  }
  const port = readPostmasterFile(cluster)?.port ?? found.port;
  if (!wantedPort || wantedPort === port) return { port, pid: found.pid };
  await stopServer(cluster, found.pid, binaries);
  return undefined;
}
