import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { findJava, jvmEnvironment } from '../jvm/java-tools.ts';
import { choosePort } from '../jvm/choose-port.ts';
import { ServerProcess } from '../stack/server-process.ts';
import { kafkaPackage } from '../jvm/kafka/kafka-package.ts';
import { prepareMavenPackage } from '../jvm/maven-package.ts';
import type { BrokerAddress } from '../kafka/cluster-settings.ts';
import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import type { Supervision } from '../stack/process-keeper.ts';

/** What {@link startKafkaNode} needs. */
export interface KafkaNodeOptions {
  /** The stack's data folder; the node keeps `kafka/` and `logs/kafka.log` in it. */
  readonly dataDir: string;
  /** Takes lines about a download. */
  readonly say: (line: string) => void;
  /** Port to take when it is free; 0: any. Absent: the one that the folder had before, else 9092. */
  readonly port?: number;
  /** Further properties of the broker; they win. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** One Kafka node on the loopback interface. */
export interface RunningKafkaNode {
  readonly address: BrokerAddress;
  readonly supervision: Supervision;
  pids(): readonly number[];
  stop(): Promise<void>;
}

interface Ports {
  readonly broker: number;
  readonly controller: number;
}

/**
 * Both relative to the node's own folder, which it is started in: Java reads a properties file as Latin-1, and a comma
 * would make two folders of one.
 */
const configFile = 'server.properties';
const dataFolder = 'data';
const usualPort = 9092;
const portAttempts = 3;
/** As large as an event's record can be, and what goes with it. */
const maxBatchBytes = 8 * 1024 * 1024;
const yearMinutes = 525_600;

/**
 * Starts Apache Kafka as broker and controller in one, on 127.0.0.1, and waits until it serves. The jars are downloaded
 * once. Its topics and committed offsets are kept until they are deleted.
 *
 * @throws SluiceError `TOOL_MISSING`, `SERVICE_FAILED`, or the signal's reason
 */
export async function startKafkaNode(options: KafkaNodeOptions): Promise<RunningKafkaNode> {
  const java = findJava(kafkaPackage.title);
  const jars = await prepareMavenPackage(kafkaPackage, options);
  const folder = join(options.dataDir, 'kafka');
  mkdirSync(folder, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts(folder, options.port);
    try {
      return await startOnPorts({ java, jars, folder, ports, options });
    } catch (error) {
      // Another program took the port between the look and the start.
      const isTaken = error instanceof SluiceError && error.message.includes('Address already in use');
      if (!isTaken || attempt === portAttempts) throw error;
      rmSync(join(folder, 'ports.json'), { force: true });
    }
  }
}

async function startOnPorts(given: {
  readonly java: string;
  readonly jars: string;
  readonly folder: string;
  readonly ports: Ports;
  readonly options: KafkaNodeOptions;
}): Promise<RunningKafkaNode> {
  const { java, jars, folder, ports, options } = given;
  writeFileSync(join(folder, configFile), buildServerProperties(ports, options.properties));
  const classPath = ['-cp', join(jars, '*')];
  if (!existsSync(join(folder, dataFolder, 'meta.properties'))) await format(java, classPath, folder, options.signal);
  const address = { host: '127.0.0.1', port: ports.broker };
  const process = await ServerProcess.start(
    {
      title: kafkaPackage.title,
      program: java,
      arguments: [...jvmOptions, ...classPath, 'kafka.Kafka', configFile],
      cwd: folder,
      environment: jvmEnvironment,
      logFile: join(options.dataDir, 'logs', 'kafka.log'),
      pidFile: join(folder, 'process.json'),
      isReady: () => isServing(address),
    },
    options.signal,
  );
  writeJson(join(folder, 'ports.json'), ports);
  const { supervision } = process;
  return { address, supervision, pids: () => process.pids(), stop: () => process.stop() };
}

const logging = [
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];
const jvmOptions = ['-Xms128m', '-Xmx512m', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20', ...logging];

/** Gives a new data folder its identity, as Kafka's own tool does. */
async function format(java: string, classPath: string[], cwd: string, signal?: AbortSignal): Promise<void> {
  // A first character of "-" would be taken for an option.
  const clusterId = `s${randomBytes(16).toString('base64url').slice(1, 22)}`;
  const tool = [...classPath, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', configFile];
  try {
    const env = { ...process.env, ...jvmEnvironment };
    await promisify(execFile)(java, [...logging, ...tool], { cwd, env, ...(signal === undefined ? {} : { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    const lines = ((cause as { stderr?: string }).stderr ?? '').trim().split('\n');
    const said = lines.findLast((line) => !/^\s+at |^\s*\.\.\. /.test(line)) ?? '';
    throw new SluiceError('SERVICE_FAILED', `Kafka's data folder could not be made: ${said.slice(0, 300)}`, { cause });
  }
}

async function choosePorts(folder: string, wanted: number | undefined): Promise<Ports> {
  const before = readJson<Partial<Ports>>(join(folder, 'ports.json'));
  const preferred = wanted === undefined ? [before?.broker, usualPort] : [wanted || before?.broker];
  const broker = await choosePort(preferred, []);
  return { broker, controller: await choosePort([before?.controller], [broker]) };
}

/** Source: Apache Kafka documentation, "Broker Configs" and "KRaft". */
function buildServerProperties({ broker, controller }: Ports, further = {}): string {
  const settings: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${broker}`,
    'log.dirs': dataFolder,
    'auto.create.topics.enable': 'false',
    'log.retention.ms': -1,
    'offsets.retention.minutes': yearMinutes,
    'message.max.bytes': maxBatchBytes,
    'replica.fetch.max.bytes': maxBatchBytes,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    ...further,
  };
  return `${Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

async function isServing(address: BrokerAddress): Promise<boolean> {
  const cluster = new KafkaCluster({ bootstrapServers: [address] });
  try {
    await cluster.clusterId();
    return cluster.controller >= 0;
  } catch {
    return false;
  } finally {
    await cluster.close();
  }
}

function readJson<Content>(path: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Content;
  } catch {
    return undefined;
  }
}

function writeJson(path: string, content: unknown): void {
  writeFileSync(`${path}.partial`, JSON.stringify(content));
  renameSync(`${path}.partial`, path);
}
