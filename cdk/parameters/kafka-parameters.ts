import { honoured } from '../../shared/config/property.ts';
import { between, oneOf } from '../../shared/config/validators.ts';
import { arnOf, eachMatches, matches } from './parameter-validators.ts';

const group = 'Kafka';

/** How a mapping logs in to the brokers. */
export const kafkaAuthNames = ['iam', 'scram-256', 'scram-512', 'plain', 'mtls', 'oauthbearer', 'none'] as const;

/** What a token is asked for with, and what goes to the brokers with it: name of the parameter → Lambda's. */
export const oauthTypes: Readonly<Record<string, string>> = {
  scope: 'OAUTHBEARER_SCOPE',
  audience: 'OAUTHBEARER_AUDIENCE',
  logicalCluster: 'OAUTHBEARER_LOGICAL_CLUSTER',
  identityPool: 'OAUTHBEARER_IDENTITY_POOL',
};

function oauthProblem(pairs: readonly string[]): string | undefined {
  const names = pairs.map((pair) => /^(\w+)=\S.*$/.exec(pair)?.[1] ?? '');
  if (names.every((name) => Object.hasOwn(oauthTypes, name)) && new Set(names).size === names.length) return undefined;
  return `name=value is needed for each, once, and the names are ${Object.keys(oauthTypes).join(', ')}`;
}

/** Context parameters of the cluster and its consumer groups. */
export const kafkaParameter = {
  clusterArn: honoured({
    name: 'clusterArn',
    type: 'STRING',
    importance: 'HIGH',
    group,
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
    group,
    documentation: 'Brokers of any other Kafka: `host:port` with commas between. Either this or `clusterArn`.',
    validate: eachMatches(/^[A-Za-z0-9.-]{1,253}:\d{1,5}$/, 'host:port is needed'),
  }),
  kafkaAuth: honoured({
    name: 'kafkaAuth',
    type: 'STRING',
    importance: 'HIGH',
    group,
    documentation:
      'How Lambda logs in to the brokers: `iam`, `scram-512` or `none` on MSK; `scram-256`, `scram-512`, `plain`, ' +
      '`mtls`, `oauthbearer` or `none` on other clusters. Default: `iam` on MSK; elsewhere it must be said.',
    validate: oneOf(...kafkaAuthNames),
  }),
  kafkaSecretArn: honoured({
    name: 'kafkaSecretArn',
    type: 'STRING',
    importance: 'HIGH',
    group,
    documentation: 'Secret with the login to the brokers; its form depends on `kafkaAuth`.',
    validate: arnOf('secretsmanager', 'secret:'),
  }),
  kafkaOauth: honoured({
    name: 'kafkaOauth',
    type: 'LIST',
    defaultText: '',
    group,
    documentation:
      'What brokers or identity provider want besides the secret with `kafkaAuth=oauthbearer`: `name=value` with commas ' +
      'between, the names being `scope`, `audience`, `logicalCluster` and `identityPool` (the last two for Confluent Cloud).',
    validate: (pairs) => oauthProblem(pairs),
  }),
  kafkaCaSecretArn: honoured({
    name: 'kafkaCaSecretArn',
    type: 'STRING',
    group,
    documentation: 'Secret with the root certificate of the brokers, where it is a private one. Not on MSK.',
    validate: arnOf('secretsmanager', 'secret:'),
  }),
  kafkaNetwork: honoured({
    name: 'kafkaNetwork',
    type: 'STRING',
    group,
    documentation:
      'Where brokers that are not MSK are reached: `vpc`, through `subnetIds`, or `public`. Default: `vpc` with `subnetIds`.',
    validate: oneOf('vpc', 'public'),
  }),
  sourceId: honoured({
    name: 'sourceId',
    type: 'STRING',
    group,
    documentation:
      'Identity of the cluster in the ledger; records of another one are refused. Default: `clusterArn`, else ' +
      '`bootstrapServers`. Set it to keep the identity when brokers are renamed.',
    validate: matches(/^[\x21-\x7e]{1,255}$/, 'At most 255 printable ASCII characters without blanks are needed'),
  }),
  consumerGroupId: honoured({
    name: 'consumerGroupId',
    type: 'STRING',
    group,
    documentation:
      'Consumer group of a deployment that reads one topic. Default: `sluice-<stage>-<connector>-<topic>`. The ' +
      '`connect-<name>` of a Kafka Connect needs `takeover`.',
    validate: matches(/^[\w./:+=@-]{1,200}$/, 'At most 200 letters, digits and any of - / : _ + = . @ are needed'),
  }),
  takeover: honoured({
    name: 'takeover',
    type: 'BOOLEAN',
    defaultText: 'false',
    group,
    documentation:
      'True: read on where a Kafka Connect stopped, with its group `connect-<connector>`. It must not run any more.',
  }),
  generation: honoured({
    name: 'generation',
    type: 'INT',
    defaultText: '0',
    group,
    documentation:
      'Raised by one it gives all mappings new consumer groups, which read the topics anew from `startingPosition`. ' +
      'Needed when brokers or the starting position of a deployed mapping change.',
    validate: between(0, 9_999),
  }),
} as const;
