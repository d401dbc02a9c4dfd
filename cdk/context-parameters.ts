import { type AnyProperty, honoured, refused } from '../shared/config/property.ts';
import { between, nonEmpty, oneOf } from '../shared/config/validators.ts';
import { maxTimeoutSeconds, memoryRangeMb, timeoutProblem } from '../shared/connector/deployment-properties.ts';
import { maxStageLength } from '../shared/contract/resource-name.ts';
import { arnOf, eachMatches, matches } from './parameter-validators.ts';

const what = 'What is deployed';
const kafka = 'Kafka';
const network = 'Network';
const database = 'Database';
const registry = 'Schema registry';
const reading = 'Reading';
const functions = 'Functions';
const operation = 'Operation';
const control = 'Connect REST API';

/** Days for which CloudWatch Logs can keep log events (`PutRetentionPolicy`), up to a year. */
const retentionDays = ['1', '3', '5', '7', '14', '30', '60', '90', '120', '150', '180', '365'];

/** How a mapping logs in to the brokers. */
export const kafkaAuthNames = ['iam', 'scram-256', 'scram-512', 'plain', 'mtls', 'oauthbearer', 'none'] as const;

/** Every context parameter of a deployment: `cdk deploy -c name=value`, or `context` in `cdk.json`. */
export const contextParameter = {
  connectors: honoured({
    name: 'connectors',
    type: 'STRING',
    importance: 'HIGH',
    group: what,
    documentation:
      "The connectors: a file with Kafka Connect's JSON, several with commas between, or a folder of `.json` files; in " +
      '`cdk.json` also the JSON itself, one or a list.',
    validate: nonEmpty,
  }),
  stage: honoured({
    name: 'stage',
    type: 'STRING',
    defaultText: 'default',
    group: what,
    documentation: `Name of the deployment, at most ${maxStageLength} characters. Another stage is another stack beside it.`,
    validate: matches(
      new RegExp(`^(?=.{1,${maxStageLength}}$)[a-z0-9]+(-[a-z0-9]+)*$`),
      `Lower-case letters, digits and single hyphens between them are needed, at most ${maxStageLength}`,
    ),
  }),
  tags: honoured({
    name: 'tags',
    type: 'LIST',
    defaultText: '',
    group: what,
    documentation: 'Tags of every resource: `name=value` with commas between; in `cdk.json` also an object.',
    validate: eachMatches(/^[\w .:/+@-]+=[\w .:/=+@-]*$/, 'name=value is needed'),
  }),
  removalPolicy: honoured({
    name: 'removalPolicy',
    type: 'STRING',
    defaultText: 'destroy',
    group: what,
    documentation:
      'What `cdk destroy` does with the log groups: `destroy` or `retain`. The target database is never touched.',
    validate: oneOf('destroy', 'retain'),
  }),
  contextFile: honoured({
    name: 'contextFile',
    type: 'STRING',
    group: what,
    documentation:
      'JSON file with further context parameters, as those in `cdk/examples`. Parameters given otherwise win, unless they ' +
      'have their default.',
    validate: nonEmpty,
  }),
  bundles: honoured({
    name: 'bundles',
    type: 'STRING',
    importance: 'LOW',
    group: what,
    documentation: 'Folder of function bundles that are deployed as they are. Default: they are built into `dist`.',
    validate: nonEmpty,
  }),

  clusterArn: honoured({
    name: 'clusterArn',
    type: 'STRING',
    importance: 'HIGH',
    group: kafka,
    documentation: 'ARN of the Amazon MSK cluster, provisioned or serverless. Either this or `bootstrapServers`.',
    validate: matches(
      /^arn:[\w-]+:kafka:[\w-]+:\d{12}:cluster\/[\w-]+\/[\w-]+$/,
      'The ARN of an MSK cluster is needed: arn:aws:kafka:region:account:cluster/name/uuid',
    ),
  }),
  bootstrapServers: honoured({
    name: 'bootstrapServers',
    type: 'LIST',
    importance: 'HIGH',
    group: kafka,
    documentation: 'Brokers of any other Kafka: `host:port` with commas between. Either this or `clusterArn`.',
    validate: eachMatches(/^[A-Za-z0-9.-]{1,253}:\d{1,5}$/, 'host:port is needed'),
  }),
  kafkaAuth: honoured({
    name: 'kafkaAuth',
    type: 'STRING',
    importance: 'HIGH',
    group: kafka,
    documentation:
      'How Lambda logs in to the brokers: `iam`, `scram-512` or `none` on MSK; `scram-256`, `scram-512`, `plain`, ' +
      '`mtls`, `oauthbearer` or `none` on other clusters. Default: `iam` on MSK; elsewhere it must be said.',
    validate: oneOf(...kafkaAuthNames),
  }),
  kafkaSecretArn: honoured({
    name: 'kafkaSecretArn',
    type: 'STRING',
    importance: 'HIGH',
    group: kafka,
    documentation: 'Secret with the login to the brokers; its form depends on `kafkaAuth`.',
    validate: arnOf('secretsmanager', 'secret:'),
  }),
  kafkaCaSecretArn: honoured({
    name: 'kafkaCaSecretArn',
    type: 'STRING',
    group: kafka,
    documentation: 'Secret with the root certificate of the brokers, where it is a private one. Not on MSK.',
    validate: arnOf('secretsmanager', 'secret:'),
  }),
  kafkaNetwork: honoured({
    name: 'kafkaNetwork',
    type: 'STRING',
    group: kafka,
    documentation:
      'Where brokers that are not MSK are reached: `vpc`, through `subnetIds`, or `public`. Default: `vpc` with `subnetIds`.',
    validate: oneOf('vpc', 'public'),
  }),
  sourceId: honoured({
    name: 'sourceId',
    type: 'STRING',
    group: kafka,
    documentation:
      'Identity of the cluster in the ledger; records of another one are refused. Default: `clusterArn`, else ' +
      '`bootstrapServers`. Set it to keep the identity when brokers are renamed.',
    validate: matches(/^[\x21-\x7e]{1,255}$/, 'At most 255 printable ASCII characters without blanks are needed'),
  }),
  consumerGroupId: honoured({
    name: 'consumerGroupId',
    type: 'STRING',
    group: kafka,
    documentation:
      'Consumer group of a deployment that reads one topic. Default: `sluice-<stage>-<connector>-<topic>`. The ' +
      '`connect-<name>` of a Kafka Connect needs `takeover`.',
    validate: matches(/^[\w./:+=@-]{1,200}$/, 'At most 200 letters, digits and any of - / : _ + = . @ are needed'),
  }),
  takeover: honoured({
    name: 'takeover',
    type: 'BOOLEAN',
    defaultText: 'false',
    group: kafka,
    documentation:
      'True: read on where a Kafka Connect stopped, with its group `connect-<connector>`. It must not run any more.',
  }),
  generation: honoured({
    name: 'generation',
    type: 'INT',
    defaultText: '0',
    group: kafka,
    documentation:
      'Raised by one it gives all mappings new consumer groups, which read the topics anew from `startingPosition`. ' +
      'Needed when brokers or the starting position of a deployed mapping change.',
    validate: between(0, 9_999),
  }),

  vpcId: honoured({
    name: 'vpcId',
    type: 'STRING',
    group: network,
    documentation: 'VPC of the subnets; needed where a security group is to be made.',
    validate: matches(/^vpc-[0-9a-f]{8,17}$/, 'vpc- and hexadecimal digits are needed'),
  }),
  subnetIds: honoured({
    name: 'subnetIds',
    type: 'LIST',
    defaultText: '',
    importance: 'HIGH',
    group: network,
    documentation: 'Subnets of the functions. Without, they reach public addresses only.',
    validate: eachMatches(/^subnet-[0-9a-f]{8,17}$/, 'subnet- and hexadecimal digits are needed'),
  }),
  securityGroupIds: honoured({
    name: 'securityGroupIds',
    type: 'LIST',
    defaultText: '',
    group: network,
    documentation:
      'Security groups of the functions, at most 5. Default with `subnetIds`: one is made, without ingress.',
    validate: (groups) =>
      groups.length > 5
        ? 'A function has at most 5 security groups'
        : eachMatches(/^sg-[0-9a-f]{8,17}$/, 'sg- and hexadecimal digits are needed')(groups),
  }),

  databaseHost: honoured({
    name: 'databaseHost',
    type: 'STRING',
    importance: 'HIGH',
    group: database,
    documentation: 'Host of the target database, for connectors without `connection.url`.',
    validate: matches(/^[A-Za-z0-9.-]{1,253}$/, 'A host name is needed'),
  }),
  databasePort: honoured({
    name: 'databasePort',
    type: 'INT',
    defaultText: '5432',
    group: database,
    documentation: 'Port of `databaseHost`.',
    validate: between(1, 65_535),
  }),
  databaseName: honoured({
    name: 'databaseName',
    type: 'STRING',
    group: database,
    documentation: 'Name of the database on `databaseHost`.',
    validate: nonEmpty,
  }),
  databaseSecretArn: honoured({
    name: 'databaseSecretArn',
    type: 'STRING',
    importance: 'HIGH',
    group: database,
    documentation:
      'Secret with `username` and `password` (the form of RDS), for connectors whose password is no reference of its ' +
      'own. Read when a function starts, and again when the login fails.',
    validate: arnOf('secretsmanager', 'secret:'),
  }),
  databaseIamUser: honoured({
    name: 'databaseIamUser',
    type: 'STRING',
    group: database,
    documentation: 'User that logs in by IAM instead of a password. Needs `databaseResourceId` or `databaseProxyArn`.',
    validate: matches(/^[A-Za-z_][\w.-]{0,62}$/, 'A PostgreSQL user name is needed'),
  }),
  databaseResourceId: honoured({
    name: 'databaseResourceId',
    type: 'STRING',
    group: database,
    documentation:
      'Resource id of the instance (`db-…`) or Aurora cluster (`cluster-…`) that `databaseIamUser` logs in to.',
    validate: matches(/^(db|cluster)-[A-Z0-9]{10,40}$/, 'db- or cluster- and the id are needed'),
  }),
  databaseProxyArn: honoured({
    name: 'databaseProxyArn',
    type: 'STRING',
    group: database,
    documentation: 'ARN of the RDS Proxy in front of the database; `databaseHost` is then its endpoint.',
    validate: arnOf('rds', 'db-proxy:prx-'),
  }),
  databaseSslMode: honoured({
    name: 'databaseSslMode',
    type: 'STRING',
    defaultText: 'verify-full',
    importance: 'LOW',
    group: database,
    documentation: 'How the deployment’s database is trusted: `verify-full`, `require` (encrypted only) or `disable`.',
    validate: oneOf('verify-full', 'require', 'disable'),
  }),
  databaseCaBundle: honoured({
    name: 'databaseCaBundle',
    type: 'STRING',
    group: database,
    documentation:
      'File with the certificates (PEM) that sign the server’s. Default: those that Lambda’s runtime has, Amazon RDS ' +
      'among them.',
    validate: nonEmpty,
  }),
  allowedHosts: honoured({
    name: 'allowedHosts',
    type: 'LIST',
    defaultText: '',
    group: database,
    documentation: 'Hosts that a connector may connect to, `*.` in front for all below a domain. Empty: any.',
    validate: eachMatches(/^(\*\.)?[A-Za-z0-9.:-]{1,253}$/, 'A host name is needed, or *. and a domain'),
  }),
  secretKeyArns: honoured({
    name: 'secretKeyArns',
    type: 'LIST',
    defaultText: '',
    group: database,
    documentation: 'Customer keys of KMS that encrypt the secrets.',
    validate: (keys) => keys.map(arnOf('kms', 'key/')).find((problem) => problem !== undefined),
  }),

  schemaRegistryUrl: honoured({
    name: 'schemaRegistryUrl',
    type: 'STRING',
    group: registry,
    documentation: 'URL of the schema registry, for connectors without `value.converter.schema.registry.url`.',
    validate: matches(/^https?:\/\/[^\s@]+$/, 'A URL without user and password is needed'),
  }),
  schemaRegistrySecretArn: honoured({
    name: 'schemaRegistrySecretArn',
    type: 'STRING',
    group: registry,
    documentation: 'Secret with `username` and `password` of the schema registry.',
    validate: arnOf('secretsmanager', 'secret:'),
  }),
  glueRegistryArn: refused({
    name: 'glueRegistryArn',
    group: registry,
    reason: 'No converter reads the Glue Schema Registry yet; remove it.',
  }),

  startingPosition: honoured({
    name: 'startingPosition',
    type: 'STRING',
    defaultText: 'TRIM_HORIZON',
    group: reading,
    documentation:
      'Where a consumer group without committed offsets starts: `TRIM_HORIZON`, `LATEST` (may miss records while the ' +
      'mapping is made) or a time such as `2026-01-31T00:00:00Z`. `consumer.override.auto.offset.reset` of a connector wins.',
    validate: (value) =>
      ['TRIM_HORIZON', 'LATEST'].includes(value) ||
      (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(value) && !Number.isNaN(Date.parse(value)))
        ? undefined
        : 'TRIM_HORIZON, LATEST or a time in UTC such as 2026-01-31T00:00:00Z is needed',
  }),
  batchSize: honoured({
    name: 'batchSize',
    type: 'INT',
    group: reading,
    documentation:
      'Most records of a batch, for connectors with neither `aws.batch.size` nor `consumer.override.max.poll.records`. ' +
      'Default: 500.',
    validate: between(1, 10_000),
  }),
  maxBatchingWindow: honoured({
    name: 'maxBatchingWindow',
    type: 'INT',
    group: reading,
    documentation:
      'Longest wait for a full batch in seconds. Default: 0 with `provisionedPollers`, else 500 ms, which a mapping ' +
      'that had another window never gets back: see `lastingWindow`.',
    validate: between(0, 300),
  }),
  lastingWindow: honoured({
    name: 'lastingWindow',
    type: 'BOOLEAN',
    defaultText: 'false',
    importance: 'LOW',
    group: reading,
    documentation: 'True accepts that a window without `provisionedPollers` lasts until the mapping is made anew.',
  }),
  provisionedPollers: honoured({
    name: 'provisionedPollers',
    type: 'STRING',
    importance: 'HIGH',
    group: reading,
    documentation:
      'Provisioned pollers of each mapping: `minimum/maximum` or `minimum/maximum/group`. They commit good partitions ' +
      'of a failed batch and read within milliseconds, for a fixed price.',
    validate: matches(
      /^\d{1,3}\/\d{1,4}(\/[A-Za-z0-9_-]{1,128})?$/,
      'minimum/maximum or minimum/maximum/group is needed, such as 1/4',
    ),
  }),
  retryAttempts: honoured({
    name: 'retryAttempts',
    type: 'INT',
    defaultText: '-1',
    group: reading,
    documentation:
      'Retries of a failing batch, after which Lambda skips it. -1: for ever. Needs `provisionedPollers`; without them ' +
      'only 10 with `onFailure`, as Lambda has it.',
    validate: between(-1, 10_000),
  }),
  maxRecordAge: honoured({
    name: 'maxRecordAge',
    type: 'INT',
    defaultText: '-1',
    group: reading,
    documentation: 'Age in seconds at which Lambda skips a failing record. -1: never. Needs `provisionedPollers`.',
    validate: (value) => (value === -1 ? undefined : between(60, 604_800)(value)),
  }),
  bisect: honoured({
    name: 'bisect',
    type: 'BOOLEAN',
    group: reading,
    documentation:
      'Whether a batch whose function fails is halved and tried again. Default: true with `provisionedPollers`, which it needs.',
  }),
  onFailure: honoured({
    name: 'onFailure',
    type: 'STRING',
    group: reading,
    documentation:
      'Where Lambda reports a batch that it skips: ARN of an SQS queue, SNS topic or S3 bucket, or `kafka://topic` ' +
      '(with `provisionedPollers`). Needs `retryAttempts`.',
    validate: matches(
      /^(arn:[\w-]+:(sqs|sns):[\w-]+:\d{12}:[\w.-]+|arn:[\w-]+:s3:::[a-z0-9.-]{3,63}|kafka:\/\/[\w.-]{1,249})$/,
      'The ARN of an SQS queue, an SNS topic or an S3 bucket, or kafka://topic is needed',
    ),
  }),

  memorySize: honoured({
    name: 'memorySize',
    type: 'INT',
    defaultText: '512',
    group: functions,
    documentation: 'Memory of each function in MB; its share of a processor grows with it.',
    validate: between(memoryRangeMb.minimum, memoryRangeMb.maximum),
  }),
  timeout: honoured({
    name: 'timeout',
    type: 'INT',
    defaultText: '60',
    group: functions,
    documentation: `Seconds that a batch may take, at most ${maxTimeoutSeconds}: a Kafka mapping allows 14 minutes, not 15.`,
    validate: (seconds) => timeoutProblem(seconds, 5),
  }),
  architecture: honoured({
    name: 'architecture',
    type: 'STRING',
    defaultText: 'arm64',
    group: functions,
    documentation: 'Processor of the functions: `arm64` or `x86_64`.',
    validate: oneOf('arm64', 'x86_64'),
  }),
  reservedConcurrency: honoured({
    name: 'reservedConcurrency',
    type: 'STRING',
    defaultText: 'tasks',
    group: functions,
    documentation:
      'Batches of a connector that are written at once, taken from the account’s concurrency: `tasks` (its ' +
      '`tasks.max`), a number, or `off` (no bound but the pollers; for new accounts, which have none to reserve).',
    validate: matches(/^(tasks|off|[1-9]\d{0,4})$/, 'tasks, off or a number from 1 is needed'),
  }),
  logRetentionDays: honoured({
    name: 'logRetentionDays',
    type: 'STRING',
    defaultText: '30',
    group: functions,
    documentation: `Days for which logs are kept: ${retentionDays.join(', ')}.`,
    validate: oneOf(...retentionDays),
  }),
  tracing: honoured({
    name: 'tracing',
    type: 'BOOLEAN',
    defaultText: 'false',
    group: functions,
    documentation: 'Whether X-Ray traces the functions.',
  }),
  encryptionKeyArn: honoured({
    name: 'encryptionKeyArn',
    type: 'STRING',
    group: functions,
    documentation:
      'Customer key of KMS for the environment of the functions and their logs; its policy must let CloudWatch Logs use ' +
      'it. Default: keys of AWS.',
    validate: arnOf('kms', 'key/'),
  }),
  permissionsBoundary: honoured({
    name: 'permissionsBoundary',
    type: 'STRING',
    group: functions,
    documentation: 'ARN of the policy that bounds every role.',
    validate: arnOf('iam', 'policy/'),
  }),

  alarmTopicArn: honoured({
    name: 'alarmTopicArn',
    type: 'STRING',
    group: operation,
    documentation: 'SNS topic that hears of every alarm.',
    validate: arnOf('sns', ''),
  }),
  alarmEmail: honoured({
    name: 'alarmEmail',
    type: 'STRING',
    group: operation,
    documentation: 'Address that hears of every alarm; it must confirm a message first.',
    validate: matches(/^[^\s@,]+@[^\s@,]+$/, 'One e-mail address is needed'),
  }),
  alarmOffsetLag: honoured({
    name: 'alarmOffsetLag',
    type: 'INT',
    defaultText: '10000',
    group: operation,
    documentation: 'Records that a topic may lag behind for 15 minutes before an alarm rings.',
    validate: between(1),
  }),
  topicRetentionHours: honoured({
    name: 'topicRetentionHours',
    type: 'INT',
    defaultText: '168',
    group: operation,
    documentation: 'How long the topics keep records; a record that waits for half of it raises an alarm.',
    validate: between(1, 87_600),
  }),
  dashboard: honoured({
    name: 'dashboard',
    type: 'BOOLEAN',
    defaultText: 'true',
    group: operation,
    documentation: 'Whether a CloudWatch dashboard is made.',
  }),

  controlApi: honoured({
    name: 'controlApi',
    type: 'STRING',
    defaultText: 'off',
    group: control,
    documentation: '`iam`: at a function URL with signed requests. `jwt`: at an HTTP API with tokens. Never open.',
    validate: oneOf('off', 'iam', 'jwt'),
  }),
  jwtIssuer: honoured({
    name: 'jwtIssuer',
    type: 'STRING',
    group: control,
    documentation: 'Issuer of the tokens with `controlApi=jwt`.',
    validate: matches(/^https:\/\/\S+$/, 'An https URL is needed'),
  }),
  jwtAudience: honoured({
    name: 'jwtAudience',
    type: 'LIST',
    defaultText: '',
    group: control,
    documentation: 'Audiences of the tokens with `controlApi=jwt`.',
  }),
  restTopicPattern: honoured({
    name: 'restTopicPattern',
    type: 'STRING',
    defaultText: '*',
    group: control,
    documentation: 'Topics that connectors made by REST may read on MSK with IAM, `*` for any text.',
    validate: matches(/^[\w.*-]{1,249}$/, 'A topic name is needed, * for any text'),
  }),
} as const;

/** Every context parameter, in the order of the documentation. */
export const contextParameters: readonly AnyProperty[] = Object.values(contextParameter);
