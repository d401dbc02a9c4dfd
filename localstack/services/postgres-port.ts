import { randomInt } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

const preferredPort = 54329;
/**
 * Where other data folders get theirs: above what Linux gives to outgoing connections, and wide enough that a stopped
 * stack finds its port free again although others were started meanwhile.
 */
const firstPort = 61_000;
const portCount = 4_500;
const portsToTry = 100;
const patienceMs = 2_000;

/**
 * The port for a data folder's server: the one asked for, else the one that the folder remembers (connectors store it
 * in their URL), else 54329, or any free one when that is taken or 0 was asked for.
 *
 * @throws SluiceError `PORT_TAKEN` when a port that was asked for or remembered is not free
 */
export async function choosePort(dataDir: string, wanted: number | undefined): Promise<number> {
  const remembered = readRememberedPort(dataDir);
  const fixed = wanted || remembered;
  if (fixed !== undefined) {
    if (await getsFree(fixed)) return fixed;
    throw portTaken(fixed, !wanted);
  }
  if (wanted === undefined && (await isFree(preferredPort))) return preferredPort;
  for (let tries = 0; tries < portsToTry; tries++) {
    const port = firstPort + randomInt(portCount);
    if (await isFree(port)) return port;
  }
  return await anyFreePort();
}

/** Error for a port that another program has. */
export function portTaken(port: number, wasRemembered = false): SluiceError {
  const why = wasRemembered
    ? `Port ${port}, which the PostgreSQL of this data folder always had, is taken by another program. Stop that program, or choose another port for PostgreSQL and correct it in the connectors' URLs.`
    : `Port ${port} for PostgreSQL is taken by another program. Stop that program, or choose another port.`;
  return new SluiceError('PORT_TAKEN', why);
}

/** Port that the data folder's server had last; undefined for a new data folder. */
export function readRememberedPort(dataDir: string): number | undefined {
  try {
    const port: unknown = JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8')).port;
    return Number.isInteger(port) ? (port as number) : undefined;
  } catch {
    return undefined;
  }
}

/** Stores the port for the next start. */
export function rememberPort(dataDir: string, port: number): void {
  const file = join(dataDir, 'postgres.json');
  writeFileSync(`${file}.partial`, `${JSON.stringify({ port })}\n`);
  renameSync(`${file}.partial`, file);
}

/** A port that is taken may belong to a program that is just ending, or to another stack that looks for a free one. */
async function getsFree(port: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (!(await isFree(port))) {
    if (Date.now() > deadline) return false;
    await delay(50);
  }
  return true;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
