import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { choosePort } from '../jvm/choose-port.ts';
import { findJava } from '../jvm/java-tools.ts';
import { connectWorkerPackage } from '../jvm/kafka-connect/kafka-connect-packages.ts';
import { type MavenPackage, prepareMavenPackage } from '../jvm/maven-package.ts';
import { ServerProcess } from '../stack/server-process.ts';
import type { RunningService } from './service.ts';

/** What {@link startConnectWorker} needs. */
export interface ConnectWorkerOptions {
  /** The worker keeps `connect-worker/` and `logs/connect-worker.log` in it. */
  readonly dataDir: string;
  /** Kafka's `host:port,…`. */
  readonly bootstrapServers: string;
  /** Connectors and converters to load, each by a class loader of its own. */
  readonly plugins: readonly MavenPackage[];
  /** Takes lines about downloads. */
  readonly say: (line: string) => void;
  /** Largest heap of the worker; 1024 when absent. */
  readonly heapMegabytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A worker of Apache Kafka Connect, beside which Sluice stands. */
export interface RunningConnectWorker extends RunningService {
  /** Its REST API. */
  readonly url: string;
  pids(): readonly number[];
}

const answerTimeoutMs = 5_000;

/**
 * Starts a standalone worker of Kafka Connect on 127.0.0.1 and waits until it serves. Everything is downloaded once. Its
 * offsets are kept in the data folder, its connectors are not.
 *
 * @throws SluiceError `TOOL_MISSING`, `SERVICE_FAILED`, or the signal's reason
 */
export async function startConnectWorker(options: ConnectWorkerOptions): Promise<RunningConnectWorker> {
  const java = findJava(connectWorkerPackage.title);
  const jars = await prepareMavenPackage(connectWorkerPackage, options);
  const folder = join(options.dataDir, 'connect-worker');
  const pluginPath = join(folder, 'plugins');
  mkdirSync(pluginPath, { recursive: true });
  for (const plugin of options.plugins) {
    const jarsOfPlugin = await prepareMavenPackage(plugin, options);
    const target = join(pluginPath, plugin.folder);
    if (!existsSync(target)) cpSync(jarsOfPlugin, target, { recursive: true });
  }
  const port = await choosePort([], []);
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'worker.properties');
  writeFileSync(config, buildWorkerProperties(options.bootstrapServers, url, folder, pluginPath));
  const process = await ServerProcess.start(
    {
      title: connectWorkerPackage.title,
      program: java,
      arguments: [
        '-Xms128m',
        `-Xmx${options.heapMegabytes ?? 1024}m`,
        ...jvmOptions,
        '-cp',
        join(jars, '*'),
        'org.apache.kafka.connect.cli.ConnectStandalone',
        config,
      ],
      cwd: folder,
      logFile: join(options.dataDir, 'logs', 'connect-worker.log'),
      pidFile: join(folder, 'process.json'),
      isReady: () => isServing(url),
    },
    options.signal,
  );
  const { supervision } = process;
  return { url, supervision, pids: () => process.pids(), stop: () => process.stop() };
}

const jvmOptions = [
  '-XX:+UseG1GC',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

/** Source: Apache Kafka documentation, "Kafka Connect Configs". */
function buildWorkerProperties(servers: string, url: string, folder: string, pluginPath: string): string {
  const settings: Record<string, string | number> = {
    'bootstrap.servers': servers,
    listeners: url,
    'plugin.path': pluginPath.replaceAll('\\', '/'),
    'plugin.discovery': 'hybrid_warn',
    'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'offset.storage.file.filename': join(folder, 'offsets').replaceAll('\\', '/'),
    'offset.flush.interval.ms': 1_000,
    'connector.client.config.override.policy': 'All',
  };
  return `${Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

async function isServing(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/connectors`, { signal: AbortSignal.timeout(answerTimeoutMs) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
