import { join } from 'node:path';
import { buildBundles, defaultOutDir } from '../functions/bundle.ts';
import type { DeploymentDefaults } from '../shared/contract/deployment-defaults.ts';
import { environmentVariable } from '../shared/contract/environment-variable.ts';
import { createLog } from '../shared/observability/log.ts';
import { startEventSource } from './event-source/event-source.ts';
import { createFindDestination } from './event-source/find-destination.ts';
import { FunctionLog } from './lambda/function-log.ts';
import { startLambdaEndpoint } from './lambda/lambda-endpoint.ts';
import type { LambdaService } from './lambda/lambda-service.ts';
import type { BrokerChoice } from './services/broker-choice.ts';
import { type RunningBroker, startBroker } from './services/broker.ts';
import { toBrokerPort } from './services/broker-port.ts';
import { startConnect } from './services/connect.ts';
import { startKafkaRest } from './services/kafka-rest.ts';
import type { LambdaChoice } from './services/lambda-choice.ts';
import { type RunningPostgres, startPostgres } from './services/postgres.ts';
import { type RunningSchemaRegistry, startSchemaRegistry, useSchemaRegistry } from './services/schema-registry.ts';
import { logFolder } from './stack/data-folder.ts';
import type { RunningService } from './services/service.ts';
import type { ServiceDefinition } from './stack/service-set.ts';

/** Settings of a local stack. */
export interface StackOptions {
  readonly dataDir: string;
  /** Port 0: any free one. */
  readonly connectPort: number;
  /** Address at which the Connect REST API listens; absent: the loopback. */
  readonly connectHost?: string | undefined;
  /** Tokens of the Connect REST API. */
  readonly connectTokens?: string | undefined;
  readonly kafkaRestPort: number;
  /** Absent: the one that the data folder had before; for a new one 54329, or any free one. 0: any free one. */
  readonly postgresPort?: number | undefined;
  /** A PostgreSQL server to use instead of the embedded one. */
  readonly databaseUrl: string | undefined;
  readonly broker: BrokerChoice;
  readonly lambda: LambdaChoice;
  /** True: a schema registry of the stack's own; a text: the URL of one that runs elsewhere; absent: none. */
  readonly schemaRegistry?: true | string | undefined;
  /** How long the driver gathers records for mappings whose window is 0; 0: it sends them at once. */
  readonly batchWaitMs?: number | undefined;
  /** Takes lines about downloads. */
  readonly say: (line: string) => void;
}

type Bundles = Awaited<ReturnType<typeof buildBundles>>;

/** The Lambda of a stack, whichever it is. */
interface StackLambda extends RunningService {
  readonly url: string;
  readonly service: LambdaService;
  pids(): readonly number[];
}

/** How often the mappings of a Lambda are listed that does not tell of changes. */
const relistIntervalMs = 500;

/** The services of a local stack in starting order, each with what it needs. */
export function defineServices(options: StackOptions): ServiceDefinition[] {
  const { dataDir, databaseUrl } = options;
  // Each is set by the start of the service that `needs` names, which comes before its use.
  let postgres: RunningPostgres;
  let broker: RunningBroker;
  let lambda: StackLambda;
  let bundles: Promise<Bundles> | undefined;
  return [
    {
      name: 'postgres',
      needs: [],
      start: async (signal) => {
        // The build takes as long as the server's start and needs nothing of it.
        bundles = buildBundles({ outDir: defaultOutDir });
        bundles.catch(() => {});
        postgres = await startPostgres({ dataDir, databaseUrl, port: options.postgresPort, signal });
        return postgres;
      },
    },
    {
      name: 'broker',
      needs: options.broker.kind === 'record-log' ? ['postgres'] : [],
      check: (signal) => checkBroker(options, signal),
      start: async (signal) => {
        broker = await openBroker(options, () => postgres.logUrl, signal);
        return broker;
      },
    },
    ...defineSchemaRegistry(options),
    {
      name: 'kafka-rest',
      needs: ['broker'],
      start: (signal) =>
        startKafkaRest({ log: broker.log, source: broker.source, port: options.kafkaRestPort, signal }),
    },
    {
      name: 'lambda',
      needs: [],
      check: () => checkLambda(options),
      start: async (signal) => {
        await (bundles ?? buildBundles({ outDir: defaultOutDir }));
        bundles = undefined;
        lambda = await openLambda(options, signal);
        return lambda;
      },
    },
    {
      name: 'event-source',
      needs: ['broker', 'lambda'],
      start: async () => {
        const file = new FunctionLog(join(logFolder(dataDir), 'event-source.log'));
        const log = createLog({
          sink: (line) => file.write(Buffer.from(`${line}\n`)),
          now: Date.now,
          level: 'INFO',
        });
        const driver = await startEventSource({
          lambda: lambda.service,
          ...(options.lambda.kind !== 'own' && { relistIntervalMs }),
          batchWaitMs: options.batchWaitMs ?? 0,
          source: broker.source,
          cluster: { bootstrapServers: broker.bootstrapServers },
          findDestination: createFindDestination({
            log: broker.log,
            dataDir,
            // The emulator looks at no secret; the key names the account.
            ...(options.lambda.kind !== 'own' && {
              account: { endpoint: lambda.url, credentials: { accessKeyId: '000000000000', secretAccessKey: 'test' } },
            }),
          }),
          log,
        });
        return { mappings: () => driver.status(), stop: () => driver.stop().finally(() => file.close()) };
      },
    },
    {
      name: 'connect',
      needs: ['broker', 'lambda'],
      start: () =>
        startConnect({
          lambdaEndpoint: lambda.url,
          defaults: buildDefaults(broker, options.lambda),
          port: options.connectPort,
          host: options.connectHost,
          tokens: options.connectTokens,
          broker: toBrokerPort(broker),
        }),
    },
  ];
}

/** A missing program, or a cluster that does not answer, is told before anything has started. */
async function checkBroker({ broker }: StackOptions, signal: AbortSignal): Promise<void> {
  if (broker.kind === 'kafka-node') return await checkJava('kafka');
  if (broker.kind !== 'kafka-cluster') return;
  const { checkKafkaBroker } = await import('./services/kafka-broker.ts');
  await checkKafkaBroker(broker.settings, signal);
}

async function checkLambda({ lambda }: StackOptions): Promise<void> {
  if (lambda.kind !== 'localstack') return;
  const { assertLocalStackTools } = await import('./emulator/localstack-venv.ts');
  assertLocalStackTools();
}

async function checkJava(program: 'kafka' | 'registry'): Promise<void> {
  const { assertMavenPackageTools } = await import('./jvm/maven-package.ts');
  const { kafkaPackage } = await import('./jvm/kafka/kafka-package.ts');
  const { registryPackage } = await import('./jvm/apicurio/registry-package.ts');
  assertMavenPackageTools(program === 'kafka' ? kafkaPackage : registryPackage);
}

async function openLambda({ lambda, dataDir, say }: StackOptions, signal: AbortSignal): Promise<StackLambda> {
  if (lambda.kind === 'own') {
    const running = await startLambdaEndpoint({ dataDir });
    return { ...running, service: running };
  }
  const { startLocalStack, useLocalStack } = await import('./services/localstack.ts');
  if (lambda.kind === 'endpoint') return await useLocalStack(lambda.url);
  return await startLocalStack({ dataDir, say, port: lambda.port, signal });
}

async function openBroker(options: StackOptions, logUrl: () => string, signal: AbortSignal): Promise<RunningBroker> {
  const { broker, dataDir, say } = options;
  if (broker.kind === 'record-log') return await startBroker({ logUrl: logUrl(), signal });
  // The Kafka client costs a stack that does not use it as much as everything else that it loads.
  const { openKafkaBroker, startKafkaBroker } = await import('./services/kafka-broker.ts');
  if (broker.kind === 'kafka-cluster') return await openKafkaBroker(broker.settings, signal);
  return await startKafkaBroker({ dataDir, say, signal });
}

function defineSchemaRegistry({ schemaRegistry, dataDir, say }: StackOptions): ServiceDefinition[] {
  if (schemaRegistry === undefined) return [];
  const start = async (signal: AbortSignal): Promise<RunningSchemaRegistry> =>
    schemaRegistry === true
      ? await startSchemaRegistry({ dataDir, say, signal })
      : await useSchemaRegistry(schemaRegistry);
  const check = async () => (schemaRegistry === true ? await checkJava('registry') : undefined);
  return [{ name: 'schema-registry', needs: [], check, start }];
}

/** Nobody reads it. */
const anySecretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:sluice-local';

function buildDefaults({ clusterId, bootstrapServers }: RunningBroker, lambda: LambdaChoice): DeploymentDefaults {
  return {
    // That of a deploy without a stage of its own, so that the REST API shows what the CDK has deployed.
    stage: lambda.kind === 'own' ? 'local' : 'default',
    roleArn: 'arn:aws:iam::000000000000:role/sluice-local',
    code: {
      sink: { S3Bucket: 'hot-reload', S3Key: join(defaultOutDir, 'sink') },
      filter: { S3Bucket: 'hot-reload', S3Key: join(defaultOutDir, 'filter') },
    },
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
    memorySizeMb: 512,
    timeoutSeconds: 60,
    bootstrapServers: bootstrapServers.split(','),
    sourceId: clusterId,
    // As AWS, LocalStack wants to know how a mapping logs in; the driver, which reads the brokers by itself, does not ask.
    ...(lambda.kind !== 'own' && { sourceAccess: [{ Type: 'BASIC_AUTH', URI: anySecretArn }] }),
    // As on AWS, a batch is answered partition by partition only by mappings that have them.
    provisionedPollers: { minimum: 1, maximum: 4 },
    maximumBatchingWindowSeconds: 0,
    variables: { [environmentVariable.local]: 'true' },
    connectorDefaults: {},
  };
}
