import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ServerAccount } from './postgres-account.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { portTaken } from './postgres-port.ts';
import { isExiting, isPostmasterOf, isRunning, readPostmasterFile } from './postgres-process.ts';

/** Crash recovery after a power cut may take long; beyond this the start counts as failed. */
const startDeadlineMs = 120_000;
const stopDeadlineMs = 60_000;
const pollMs = 10;
const maxLogBytes = 16 * 1024 * 1024;

/** What {@link startServer} needs. */
export interface ServerOptions {
  readonly cluster: string;
  readonly account: ServerAccount | undefined;
  readonly binaries: PostgresBinaries;
  readonly port: number;
  readonly durable: boolean;
  /** Folder of `postgres.log`. */
  readonly logFolder: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts the cluster's server in a session of its own, so that neither Ctrl-C in the terminal nor the death of this
 * process reaches it, and waits until it takes connections. Fulfilled with its process id.
 *
 * @throws SluiceError `PORT_TAKEN`, or `SERVICE_FAILED` with the server's last words
 */
export async function startServer(options: ServerOptions): Promise<number> {
  const { cluster, account, binaries, signal } = options;
  const logFile = join(options.logFolder, 'postgres.log');
  mkdirSync(options.logFolder, { recursive: true });
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) renameSync(logFile, `${logFile}.1`);
  const log = openSync(logFile, 'a');
  const logStart = fstatSync(log).size;
  const server = spawn(binaries.postgres, serverArguments(options), {
    ...account,
    cwd: cluster,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log],
    env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' },
  });
  closeSync(log);
  server.unref();
  const failure = failureOf(server);
  const deadline = Date.now() + startDeadlineMs;
  while (readPostmasterFile(cluster)?.pid !== server.pid || readPostmasterFile(cluster)?.status !== 'ready') {
    const failed = failure();
    if (failed !== undefined) throw startError(readFileSync(logFile).subarray(logStart).toString(), options, failed);
    if (signal?.aborted || Date.now() > deadline) {
      if (server.pid !== undefined) await stopServer(cluster, server.pid, binaries);
      signal?.throwIfAborted();
      throw new SluiceError('SERVICE_FAILED', `PostgreSQL did not get ready; see ${logFile}.`);
    }
    await delay(pollMs);
  }
  return server.pid as number;
}

/**
 * Ends a server that this process or an earlier one started: open transactions are rolled back, data is flushed.
 * Fulfilled when it is gone.
 *
 * @throws SluiceError `SERVICE_FAILED` when it does not end
 */
export async function stopServer(cluster: string, pid: number, binaries: PostgresBinaries): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!isPostmasterOf(cluster, pid)) return;
    // Windows has no signals that a process could handle; pg_ctl knows the server's pipe for them.
    if (process.platform === 'win32') spawnSync(binaries.pgCtl, ['kill', signal.slice(3), String(pid)]);
    else sendSignal(pid, signal);
    if (await waitUntilGone(cluster, pid)) return;
  }
  throw new SluiceError('SERVICE_FAILED', `PostgreSQL (process ${pid}) does not end.`);
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone in between is as good as stopped.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits for the end of a server that is stopping; false when the deadline passed. */
export async function waitUntilGone(cluster: string, pid: number): Promise<boolean> {
  const deadline = Date.now() + stopDeadlineMs;
  while (isPostmasterOf(cluster, pid) || isExiting(pid)) {
    if (Date.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}

/** Waits until a server that lives gets ready; false when it stops or the deadline passed. */
export async function waitUntilReady(cluster: string, pid: number): Promise<boolean> {
  const deadline = Date.now() + startDeadlineMs;
  while (isPostmasterOf(cluster, pid) && Date.now() < deadline) {
    const status = readPostmasterFile(cluster)?.status;
    if (status === 'ready') return true;
    if (status === 'stopping') return false;
    await delay(pollMs);
  }
  return false;
}

/**
 * Removes a `postmaster.pid` whose number another program has by now, which a starting server would take for a living
 * one. A number that nobody has is left to the server: it looks whether processes of the dead one still use its memory.
 */
export function removeStalePidFile(cluster: string, pid: number): void {
  if (isRunning(pid)) rmSync(join(cluster, 'postmaster.pid'), { force: true });
}

function serverArguments({ cluster, port, durable }: ServerOptions): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    track_commit_timestamp: 'on',
    max_connections: '200',
    shared_buffers: durable ? '256MB' : '128MB',
    max_wal_size: '4GB',
    jit: 'off',
    // Statements and details of failed ones would carry row data into the log.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** Tells how the process failed or ended; undefined while it runs. */
function failureOf(server: ChildProcess): () => string | undefined {
  let failure: string | undefined;
  server.once('error', (error) => {
    failure = error.message;
  });
  server.once('exit', (code, signal) => {
    failure ??= `it ended with ${signal ?? code}`;
  });
  return () => failure;
}

function startError(log: string, options: ServerOptions, failed: string): SluiceError {
  if (log.includes('could not bind')) return portTaken(options.port);
  const said = log
    .split('\n')
    .filter((line) => /FATAL|PANIC/.test(line))
    .at(-1);
  return new SluiceError(
    'SERVICE_FAILED',
    `PostgreSQL did not start: ${said?.replace(/^.*?(FATAL|PANIC):\s*/, '') ?? failed}. See ${options.logFolder}/postgres.log.`,
  );
}
