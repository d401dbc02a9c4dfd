import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { makeTemporaryFolder } from './test-server.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const program = join(checkout, 'localstack', 'sluice.mjs');

/** Options of `sluice start` for a stack that runs beside others. */
export const freePorts = ['--connect-port', '0', '--kafka-rest-port', '0', '--postgres-port', '0'];

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when a signal ended it. */
  readonly code: number | null;
}

/** Runs a `sluice` command to its end. */
export async function runSluice(
  args: readonly string[],
  input = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [program, ...args], { stdio: 'pipe', env: { ...process.env, ...environment } });
  child.stdin.on('error', () => {}).end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    Array.fromAsync(child.stdout),
    Array.fromAsync(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), code };
}

/** A stack that runs as a process of its own on free ports. */
export interface StackProcess {
  readonly dataDir: string;
  readonly child: ChildProcess;
  readonly connectUrl: string;
  readonly restUrl: string;
  readonly databaseUrl: string;
  /** Everything printed so far. */
  output(): string;
  /** Fulfilled with the exit code; null after SIGKILL. */
  readonly exited: Promise<number | null>;
}

/** A temporary data folder; a stack that still runs in it when the test ends is stopped, then the folder removed. */
export function makeStackFolder(t: TestContext): string {
  const dataDir = makeTemporaryFolder('sluice-e2e');
  t.after(async () => {
    await runSluice(['stop', '--data-dir', dataDir]);
    rmSync(dataDir, { recursive: true, force: true });
  });
  return dataDir;
}

/** Starts a stack in the folder on free ports, and waits until it says that it is up. */
export async function startStack(dataDir: string, args: readonly string[] = ['--bare']): Promise<StackProcess> {
  const child = spawn(process.execPath, [program, 'start', '--data-dir', dataDir, ...freePorts, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const up = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('npx sluice stop')) up.resolve();
    });
  }
  const exited = once(child, 'close').then(([code]) => code as number | null);
  exited.then((code) => up.reject(new Error(`The stack ended with ${code}:\n${output}`)));
  await up.promise;
  const url = (service: string) => new RegExp(`\\[UP\\] +${service} +(\\S+)`).exec(output)?.[1] ?? '';
  return {
    dataDir,
    child,
    connectUrl: url('connect'),
    restUrl: url('kafka-rest'),
    databaseUrl: url('postgres'),
    output: () => output,
    exited,
  };
}

/** Sends a signal to the stack's process and waits until it has ended. */
export async function endStack(stack: StackProcess, signal: NodeJS.Signals): Promise<number | null> {
  stack.child.kill(signal);
  return await stack.exited;
}

/** A connection to the stack's database for the test, closed when the test ends. */
export async function connectTo(t: TestContext, databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // The server may be stopped or killed before the connection is closed.
  client.on('error', () => {});
  await client.connect();
  t.after(() => client.end().catch(() => {}));
  return client;
}

/** Process ids that the folder's run file records: the stack's own and its children's. */
export function readRecordedPids(dataDir: string): number[] {
  const record = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as {
    pid: number;
    children: { pid: number }[];
  };
  return [record.pid, ...record.children.map(({ pid }) => pid)];
}
