import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { localstackTitle, prepareLocalStack } from '../emulator/localstack-venv.ts';
import { RemoteLambda } from '../emulator/remote-lambda.ts';
import { choosePort } from '../jvm/choose-port.ts';
import { ServerProcess } from '../stack/server-process.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import type { RunningService } from './service.ts';

/** What {@link startLocalStack} needs. */
export interface LocalStackOptions {
  /** The stack's data folder; LocalStack keeps `localstack/` and `logs/localstack.log` in it. */
  readonly dataDir: string;
  /** Takes lines about the download. */
  readonly say: (line: string) => void;
  /** Port to take when it is free; 0: any. */
  readonly port: number;
  readonly signal?: AbortSignal | undefined;
}

/** LocalStack on this machine; its Lambda is what the event source driver follows. */
export interface RunningLocalStack extends RunningService {
  /** What `AWS_ENDPOINT_URL` has to be. */
  readonly url: string;
  readonly service: LambdaService;
  pids(): readonly number[];
}

/** Region of everything that the local stack does in LocalStack. */
export const localstackRegion = 'us-east-1';

const answerTimeoutMs = 10_000;
const pluginFolder = fileURLToPath(new URL('../plugin', import.meta.url));
const runtimeClient = fileURLToPath(new URL('../lambda/runtime-client.mjs', import.meta.url));

/**
 * Starts LocalStack's community edition without Docker on 127.0.0.1 and waits until it serves. It is installed once.
 * With our plugin its functions run as child processes on this Node.js. What is deployed lives as long as its process.
 *
 * @throws SluiceError `TOOL_MISSING`, `SERVICE_FAILED`, or the signal's reason
 */
export async function startLocalStack(options: LocalStackOptions): Promise<RunningLocalStack> {
  const python = await prepareLocalStack(options);
  const folder = join(options.dataDir, 'localstack');
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  const preferred = [options.port].filter((port) => port > 0);
  const port = await choosePort(preferred, []);
  const url = `http://127.0.0.1:${port}`;
  const process = await ServerProcess.start(
    {
      title: localstackTitle,
      program: python,
      arguments: ['-m', 'localstack.runtime.main'],
      cwd: folder,
      environment: buildEnvironment(folder, port),
      logFile: join(options.dataDir, 'logs', 'localstack.log'),
      pidFile: join(folder, 'process.json'),
      isReady: () => isServing(url),
    },
    options.signal,
  );
  const lambda = new RemoteLambda({ endpoint: url, region: localstackRegion });
  return {
    url,
    supervision: process.supervision,
    service: lambda,
    pids: () => process.pids(),
    stop: async () => {
      lambda.close();
      await process.stop();
    },
  };
}

/**
 * Uses a LocalStack that runs already and has our plugin; `stop` stops nothing.
 *
 * @throws SluiceError `SERVICE_FAILED` when it does not answer, or has no plugin
 */
export async function useLocalStack(url: string): Promise<RunningLocalStack> {
  const probe = `${url}/_sluice/event-source-mappings/none/progress`;
  let refusal: string | null;
  try {
    const options = { method: 'PUT', body: '{}', signal: AbortSignal.timeout(answerTimeoutMs) };
    const response = await fetch(probe, options);
    await response.arrayBuffer();
    refusal = response.headers.get('x-amzn-errortype');
  } catch (cause) {
    throw new SluiceError('SERVICE_FAILED', `No LocalStack answers at ${url}: start it, or name another one.`, {
      cause,
    });
  }
  if (refusal !== 'ResourceNotFoundException') {
    throw new SluiceError(
      'SERVICE_FAILED',
      `The LocalStack at ${url} lacks the plugin: put ${pluginFolder} on its PYTHONPATH.`,
    );
  }
  const lambda = new RemoteLambda({ endpoint: url, region: localstackRegion });
  return { url, service: lambda, pids: () => [], stop: async () => lambda.close() };
}

/** Source: LocalStack documentation, "Configuration"; the code of `localstack.config`. */
function buildEnvironment(folder: string, port: number): Record<string, string> {
  return {
    GATEWAY_LISTEN: `127.0.0.1:${port}`,
    LOCALSTACK_HOST: `localhost.localstack.cloud:${port}`,
    LOCALSTACK_VOLUME_DIR: folder,
    TMPDIR: join(folder, 'tmp'),
    // No downloads, no server for names, nothing told to anybody.
    DNS_ADDRESS: '0',
    SKIP_SSL_CERT_DOWNLOAD: '1',
    DISABLE_EVENTS: '1',
    PYTHONPATH: pluginFolder,
    PYTHONDONTWRITEBYTECODE: '1',
    LAMBDA_RUNTIME_EXECUTOR: 'sluice-node',
    SLUICE_NODE: process.execPath,
    SLUICE_RUNTIME_CLIENT: runtimeClient,
  };
}

async function isServing(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/_localstack/health`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
