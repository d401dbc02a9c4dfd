import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { registryJar, registryPackage } from '../jvm/apicurio/registry-package.ts';
import { choosePort } from '../jvm/choose-port.ts';
import { findJava, jvmEnvironment } from '../jvm/java-tools.ts';
import { ServerProcess } from '../stack/server-process.ts';
import { prepareMavenPackage } from '../jvm/maven-package.ts';
import type { RunningService } from './service.ts';

/** What {@link startSchemaRegistry} needs. */
export interface SchemaRegistryOptions {
  /** The stack's data folder; the registry keeps `schema-registry/` and `logs/schema-registry.log` in it. */
  readonly dataDir: string;
  /** Takes lines about a download. */
  readonly say: (line: string) => void;
  /** Port to take when it is free; 0: any. Absent: 8081. */
  readonly port?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A schema registry that speaks Confluent's API. */
export interface RunningSchemaRegistry extends RunningService {
  /** What `schema.registry.url` of a converter has to be. */
  readonly url: string;
  readonly pids?: () => readonly number[];
}

const usualPort = 8081;
const confluentPath = '/apis/ccompat/v7';
const answerTimeoutMs = 5_000;

/**
 * Starts a schema registry on 127.0.0.1 and waits until it serves. It is downloaded once; its schemas are kept in the
 * data folder.
 *
 * @throws SluiceError `TOOL_MISSING`, `SERVICE_FAILED`, or the signal's reason
 */
export async function startSchemaRegistry(options: SchemaRegistryOptions): Promise<RunningSchemaRegistry> {
  const java = findJava(registryPackage.title);
  const program = await prepareMavenPackage(registryPackage, options);
  const folder = join(options.dataDir, 'schema-registry');
  mkdirSync(folder, { recursive: true });
  const port = await choosePort(
    [options.port ?? usualPort].filter((each) => each > 0),
    [],
  );
  const url = `http://127.0.0.1:${port}${confluentPath}`;
  const process = await ServerProcess.start(
    {
      title: registryPackage.title,
      program: java,
      arguments: ['-Xms64m', '-Xmx512m', '-jar', join(program, registryJar)],
      cwd: folder,
      environment: {
        ...jvmEnvironment,
        QUARKUS_HTTP_HOST: '127.0.0.1',
        QUARKUS_HTTP_PORT: String(port),
        // Below its own folder, whose name may hold what a URL of H2 cannot. It writes half a second after it
        // acknowledged unless it is told not to wait.
        REGISTRY_DATASOURCE_URL: 'jdbc:h2:file:./schemas;WRITE_DELAY=0',
      },
      logFile: join(options.dataDir, 'logs', 'schema-registry.log'),
      pidFile: join(folder, 'process.json'),
      isReady: () => isServing(url),
    },
    options.signal,
  );
  const { supervision } = process;
  return { url, supervision, pids: () => process.pids(), stop: () => process.stop() };
}

/**
 * Uses a schema registry that runs already; `stop` stops nothing.
 *
 * @throws SluiceError `CONFIG_INVALID` for a text that is no URL, `SERVICE_FAILED` when it does not answer
 */
export async function useSchemaRegistry(text: string): Promise<RunningSchemaRegistry> {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new SluiceError('CONFIG_INVALID', '--schema-registry takes a URL such as http://localhost:8081.');
  }
  const url = text.replace(/\/+$/, '');
  if (await isServing(url)) return { url, stop: async () => {} };
  throw new SluiceError('SERVICE_FAILED', `No schema registry answers at ${new URL(url).origin}.`);
}

async function isServing(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(answerTimeoutMs) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
