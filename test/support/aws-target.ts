import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runSluice, type StackProcess } from './stack-process.ts';

/** What differs between the ways to run the scenario of test/e2e-aws; the scenario itself is the same. */
export interface AwsTarget {
  readonly name: string;
  /** Options of `sluice start`. */
  readonly startOptions: readonly string[];
  /** Variables for `sluice start`. */
  readonly environment: Readonly<Record<string, string>>;
  /** The brokers as the mappings name them; `url` is what the stack says of its broker. */
  bootstrapServers(url: string): readonly string[];
  /** Where the test finds the target database. */
  databaseUrl(stack: StackProcess): string;
  /** Where the functions find the database of the stack. */
  database(stack: StackProcess): { readonly host: string; readonly port: string; readonly name: string };
  /** Process or container ids of the functions that run now. */
  functionIds(stack: StackProcess): Promise<readonly string[]>;
  killFunction(id: string): Promise<void>;
  /** Kills it without warning; it comes again by itself. */
  killBroker(stack: StackProcess): Promise<void>;
  /** Kills it without warning and starts it again. */
  killDatabase(stack: StackProcess): Promise<void>;
}

/** The target that `SLUICE_HARNESS` names; this machine without Docker unless it says `docker`. */
export function chooseTarget(environment: NodeJS.ProcessEnv = process.env): AwsTarget {
  const { SLUICE_HARNESS: name = 'host' } = environment;
  if (name === 'host') return hostTarget();
  if (name === 'docker') return dockerTarget();
  throw new Error(`SLUICE_HARNESS is ${name}; there are host and docker.`);
}

const run = promisify(execFile);

/** Everything as processes of this machine: no Docker. */
function hostTarget(): AwsTarget {
  return {
    name: 'LocalStack and Apache Kafka without Docker',
    startOptions: ['--lambda', 'localstack', '--localstack-port', '0', '--broker', 'kafka'],
    environment: {},
    databaseUrl: (stack) => stack.databaseUrl,
    bootstrapServers: (url) => new URL(url).host.split(','),
    database: ({ databaseUrl }) => {
      const { hostname, port, pathname } = new URL(databaseUrl);
      return { host: hostname, port, name: pathname.slice(1) };
    },
    functionIds: async ({ dataDir }) => {
      const parents = new Set(recordedPids(dataDir, 'lambda').map(String));
      const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,args=']);
      const processes = stdout.split('\n').map((line) => line.trim().split(/\s+/));
      return processes
        .filter(
          ([, parent, ...args]) => parents.has(parent ?? '') && args.some((arg) => arg.endsWith('runtime-client.mjs')),
        )
        .map(([pid]) => pid!);
    },
    killFunction: async (id) => void process.kill(Number(id), 'SIGKILL'),
    killBroker: async ({ dataDir }) => killAll(recordedPids(dataDir, 'broker')),
    killDatabase: async ({ dataDir }) => {
      killAll(recordedPids(dataDir, 'postgres'));
      await runSluice(['stop', 'postgres', '--data-dir', dataDir]);
      const started = await runSluice(['start', '--data-dir', dataDir]);
      if (started.code !== 0) throw new Error(`The stack did not start again: ${started.stderr}`);
    },
  };
}

/** Redpanda, LocalStack, its functions and PostgreSQL in the containers of localstack/docker-compose.yml. */
function dockerTarget(): AwsTarget {
  const container = (service: string) => `sluice-harness-${service}`;
  const databaseUrl = 'postgresql://postgres:harness@127.0.0.1:15432/sluice';
  const restart = async (service: string) => {
    await run('docker', ['kill', container(service)]);
    await run('docker', ['start', container(service)]);
  };
  return {
    name: 'LocalStack and Redpanda in Docker',
    startOptions: ['--bootstrap-servers', '127.0.0.1:19092', '--lambda-endpoint', 'http://127.0.0.1:4566'],
    environment: { DATABASE_URL: databaseUrl },
    databaseUrl: () => databaseUrl,
    bootstrapServers: () => ['redpanda:9092'],
    database: () => ({ host: 'postgres', port: '5432', name: 'sluice' }),
    functionIds: async () => {
      const filter = `name=^${container('localstack')}-lambda-`;
      const { stdout } = await run('docker', ['ps', '--quiet', '--filter', filter]);
      return stdout.split('\n').filter(Boolean);
    },
    killFunction: async (id) => void (await run('docker', ['kill', id])),
    killBroker: () => restart('redpanda'),
    killDatabase: () => restart('postgres'),
  };
}

/** Processes of a service, as the run file records them. */
function recordedPids(dataDir: string, service: string): number[] {
  const { children } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as {
    children: { name: string; pid: number }[];
  };
  return children.filter(({ name }) => name === service).map(({ pid }) => pid);
}

function killAll(pids: readonly number[]): void {
  if (pids.length === 0) throw new Error('There is no process to kill.');
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}
