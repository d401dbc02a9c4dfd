import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readContext } from '../../../cdk/context.ts';
import { contextParameters } from '../../../cdk/context-parameters.ts';
import { Findings } from '../../../shared/config/findings.ts';
import { clusterArn, committedContext, secretArn } from '../../support/synthesize.ts';

const serverlessArn = clusterArn.replace(/-5$/, '-s1');
const brokers = { bootstrapServers: 'kafka.example.com:9092' };
const msk = { clusterArn };
const subnets = { subnetIds: 'subnet-0123456789abcdef0', securityGroupIds: 'sg-0123456789abcdef0' };

function problemsOf(context: Readonly<Record<string, unknown>>): readonly string[] {
  const findings = new Findings();
  const settings = readContext({ ...committedContext, ...context }, findings);
  assert.equal(settings === undefined, findings.errors.length > 0);
  return findings.errors.map(({ message }) => message);
}

function settingsOf(context: Readonly<Record<string, unknown>>) {
  const findings = new Findings();
  const settings = readContext(context, findings);
  assert.deepEqual(findings.errors, []);
  return settings!;
}

test('the least that a deployment needs is a cluster', () => {
  const { kafka, reading, functions, control } = settingsOf(msk);
  assert.equal(kafka.auth, 'iam');
  assert.equal(kafka.sourceId, clusterArn);
  assert.deepEqual(reading, { start: 'TRIM_HORIZON', lastingWindow: false, bisect: false });
  assert.deepEqual(
    [functions.memorySizeMb, functions.timeoutSeconds, functions.architecture, functions.reservedConcurrency],
    [512, 60, 'arm64', 'tasks'],
  );
  assert.equal(control.auth, 'off');
});

test('cdk.json repeats the defaults of the table, so that they can be changed there', () => {
  const own = Object.entries(committedContext).filter(([name]) => !/[:@/]/.test(name));
  const defaults = contextParameters.filter(({ defaultText }) => defaultText !== undefined && defaultText !== '');
  assert.deepEqual(
    own.map(([name, value]) => [name, String(value)]).sort(),
    defaults.map(({ name, defaultText }) => [name, defaultText]).sort(),
  );
});

test('a parameter may be text, as from the command line, or JSON, as in cdk.json', () => {
  const texts = {
    ...msk,
    ...subnets,
    memorySize: '1024',
    tracing: 'true',
    tags: 'team=data,cost=12',
    provisionedPollers: '1/4',
  };
  const json = {
    clusterArn,
    subnetIds: [subnets.subnetIds],
    securityGroupIds: [subnets.securityGroupIds],
    memorySize: 1024,
    tracing: true,
    tags: { team: 'data', cost: 12 },
    provisionedPollers: '1/4',
  };
  assert.deepEqual(settingsOf(texts), settingsOf(json));
  assert.deepEqual(settingsOf(texts).tags, { team: 'data', cost: '12' });
});

test("the CDK's own keys pass, any other unknown key is refused with the nearest known name", () => {
  assert.deepEqual(problemsOf({ ...msk, 'aws:cdk:bundling-stacks': ['*'], '@aws-cdk/core:x': true }), []);
  assert.deepEqual(problemsOf({ ...msk, 'memory-size': 1 }), [
    'memory-size is no context parameter. Did you mean memorySize?',
  ]);
  assert.deepEqual(problemsOf({ ...msk, provisionedPoller: '1/2' }), [
    'provisionedPoller is no context parameter. Did you mean provisionedPollers?',
  ]);
  assert.match(problemsOf({ ...msk, entirelyElse: '1' })[0]!, /no context parameter\. docs\/configuration\.md/);
});

test('all problems are listed at once', () => {
  const problems = problemsOf({ stage: 'Prod!', timeout: '900', kafkaAuht: 'iam', memorySize: 'big' });
  assert.equal(problems.length, 5, problems.join('\n'));
});

test('provisioned pollers switch on what only they can', () => {
  const { reading } = settingsOf({ ...msk, provisionedPollers: '2/8/shop' });
  assert.deepEqual(reading.pollers, { minimum: 2, maximum: 8, group: 'shop' });
  assert.equal(reading.bisect, true);
  assert.equal(reading.windowSeconds, 0);
});

const refusals: readonly [why: string, context: Readonly<Record<string, unknown>>, problem: RegExp][] = [
  ['no cluster', {}, /No cluster is named/],
  ['two clusters', { ...msk, ...brokers, kafkaAuth: 'none' }, /either clusterArn or bootstrapServers/],
  ['brokers without a login', brokers, /say by kafkaAuth/],
  ['an ARN of something else', { clusterArn: secretArn }, /ARN of an MSK cluster/],
  ['a broker without a port', { bootstrapServers: 'kafka.example.com', kafkaAuth: 'none' }, /host:port/],
  ['an unknown login', { ...msk, kafkaAuth: 'kerberos' }, /must be one of: iam/],
  [
    'mTLS on MSK',
    { ...msk, kafkaAuth: 'mtls', kafkaSecretArn: secretArn },
    /mtls is not for MSK: use iam or scram-512/,
  ],
  ['SCRAM-256 on MSK', { ...msk, kafkaAuth: 'scram-256', kafkaSecretArn: secretArn }, /MSK has no login by scram-256/],
  ['PLAIN on MSK', { ...msk, kafkaAuth: 'plain', kafkaSecretArn: secretArn }, /MSK has no login by plain/],
  [
    'a password on MSK Serverless',
    { clusterArn: serverlessArn, kafkaAuth: 'scram-512', kafkaSecretArn: secretArn },
    /Serverless knows kafkaAuth=iam only/,
  ],
  ['IAM elsewhere', { ...brokers, kafkaAuth: 'iam' }, /iam needs clusterArn/],
  ['a login without its secret', { ...brokers, kafkaAuth: 'scram-512' }, /needs kafkaSecretArn/],
  ['a secret that nothing uses', { ...msk, kafkaSecretArn: secretArn }, /uses no secret/],
  ['public brokers without a login', { ...brokers, kafkaAuth: 'none' }, /public brokers only with a login/],
  [
    'values of OAuth for another login',
    { ...brokers, kafkaAuth: 'plain', kafkaSecretArn: secretArn, kafkaOauth: 'scope=read' },
    /kafkaOauth has no effect without kafkaAuth=oauthbearer/,
  ],
  [
    'an unknown value of OAuth',
    { ...brokers, kafkaAuth: 'oauthbearer', kafkaSecretArn: secretArn, kafkaOauth: 'scope=read,cluster=lkc-1' },
    /names are scope, audience, logicalCluster, identityPool/,
  ],
  [
    'a secret of another region than the cluster',
    { ...msk, kafkaAuth: 'scram-512', kafkaSecretArn: secretArn.replace('eu-central-1', 'us-east-1') },
    /kafkaSecretArn is in us-east-1, but clusterArn in eu-central-1/,
  ],
  ['a CA on MSK', { ...msk, kafkaCaSecretArn: secretArn }, /MSK needs none/],
  ["Connect's group without takeover", { ...msk, consumerGroupId: 'connect-orders' }, /say takeover=true/],
  ['takeover and a rewind', { ...msk, takeover: 'true', generation: '1' }, /keep one of them/],
  ['a VPC without subnets', { ...msk, vpcId: 'vpc-0123456789abcdef0' }, /no effect without subnetIds/],
  [
    'security groups without subnets',
    { ...msk, securityGroupIds: 'sg-0123456789abcdef0' },
    /no effect without subnetIds/,
  ],
  ['subnets without a group or a VPC', { ...msk, subnetIds: subnets.subnetIds }, /need securityGroupIds, or vpcId/],
  [
    'brokers in a VPC without subnets',
    { ...brokers, kafkaAuth: 'none', kafkaNetwork: 'vpc' },
    /kafkaNetwork=vpc needs subnetIds/,
  ],
  ['a host without a login', { ...msk, databaseHost: 'db', databaseName: 'd' }, /databaseHost needs a login/],
  [
    'two logins',
    {
      ...msk,
      databaseHost: 'db',
      databaseName: 'd',
      databaseSecretArn: secretArn,
      databaseIamUser: 'u',
      databaseResourceId: 'cluster-ABCDEFGHIJKL',
    },
    /either databaseIamUser or databaseSecretArn/,
  ],
  [
    'IAM without what the role names',
    { ...msk, databaseHost: 'db', databaseName: 'd', databaseIamUser: 'u' },
    /needs databaseResourceId or databaseProxyArn/,
  ],
  [
    'IAM without a host',
    { ...msk, databaseIamUser: 'u', databaseResourceId: 'cluster-ABCDEFGHIJKL' },
    /needs databaseHost and databaseName/,
  ],
  [
    'IAM without TLS',
    {
      ...msk,
      databaseHost: 'db',
      databaseName: 'd',
      databaseIamUser: 'u',
      databaseResourceId: 'cluster-ABCDEFGHIJKL',
      databaseSslMode: 'disable',
    },
    /needs TLS/,
  ],
  [
    'a resource id without a user',
    { ...msk, databaseResourceId: 'db-ABCDEFGHIJKL' },
    /no effect without databaseIamUser/,
  ],
  [
    'a bundle of certificates that would not let the public one of a proxy pass',
    {
      ...msk,
      databaseHost: 'db',
      databaseSecretArn: secretArn,
      databaseProxyArn: 'arn:aws:rds:eu-central-1:111122223333:db-proxy:prx-01',
      databaseCaBundle: 'package.json',
    },
    /remove databaseCaBundle/,
  ],
  [
    'a proxy and a resource id',
    {
      ...msk,
      databaseHost: 'db',
      databaseName: 'd',
      databaseIamUser: 'u',
      databaseResourceId: 'db-ABCDEFGHIJKL',
      databaseProxyArn: 'arn:aws:rds:eu-central-1:111122223333:db-proxy:prx-01',
    },
    /the proxy is logged in to/,
  ],
  ['a port without a host', { ...msk, databaseSecretArn: secretArn, databasePort: '5433' }, /need databaseHost/],
  ['a registry secret without its URL', { ...msk, schemaRegistrySecretArn: secretArn }, /needs schemaRegistryUrl/],
  [
    'a registry URL with a password',
    { ...msk, schemaRegistryUrl: 'https://a:b@registry' },
    /without user and password/,
  ],
  [
    'a schema in the place of a Glue registry',
    { ...msk, glueRegistryArn: 'arn:aws:glue:eu-central-1:111122223333:schema/r/s' },
    /glueRegistryArn/,
  ],
  ['retries without pollers', { ...msk, retryAttempts: '3' }, /retryAttempts=3 needs provisionedPollers/],
  ['a record age without pollers', { ...msk, maxRecordAge: '600' }, /maxRecordAge needs provisionedPollers/],
  ['bisect without pollers', { ...msk, bisect: 'true' }, /bisect=true needs provisionedPollers/],
  [
    'a Kafka dead letter topic without pollers',
    { ...msk, onFailure: 'kafka://lost', retryAttempts: '10' },
    /A Kafka topic as onFailure needs provisionedPollers/,
  ],
  [
    'onFailure with retries for ever',
    { ...msk, provisionedPollers: '1/2', onFailure: 'arn:aws:sqs:eu-central-1:111122223333:lost' },
    /retries 10 times and then skips/,
  ],
  ['onFailure that is nothing', { ...msk, onFailure: 'lost', retryAttempts: '10' }, /SQS queue/],
  ['a window that cannot be taken back', { ...msk, maxBatchingWindow: '1' }, /never gets the 500 ms back/],
  ['a timeout above 14 minutes', { ...msk, timeout: '841' }, /14 minutes \(840 s\), not 15/],
  ['more pollers at least than at most', { ...msk, provisionedPollers: '4/2' }, /above the maximum/],
  ['too many pollers', { ...msk, provisionedPollers: '201/300' }, /1 to 200 pollers/],
  ['pollers that are no numbers', { ...msk, provisionedPollers: 'many' }, /minimum\/maximum/],
  ['a record age below a minute', { ...msk, provisionedPollers: '1/2', maxRecordAge: '59' }, /at least 60/],
  ['a time in words', { ...msk, startingPosition: 'yesterday' }, /TRIM_HORIZON, LATEST or a time/],
  ['a token API without an issuer', { ...msk, controlApi: 'jwt' }, /needs jwtIssuer and jwtAudience/],
  ['an open API', { ...msk, controlApi: 'none' }, /must be one of: off, iam, jwt/],
  ['an issuer without the API', { ...msk, jwtIssuer: 'https://issuer.example' }, /no effect without controlApi=jwt/],
  ['a topic pattern without the API', { ...msk, restTopicPattern: 'shop.*' }, /no effect without controlApi/],
  ['a stage that is no name', { ...msk, stage: 'Prod_1' }, /Lower-case letters/],
  ['a stage that is too long', { ...msk, stage: 'a'.repeat(21) }, /at most 20/],
  ['a retention that CloudWatch lacks', { ...msk, logRetentionDays: '2' }, /must be one of: 1, 3/],
  ['six security groups', { ...msk, ...subnets, securityGroupIds: Array(6).fill('sg-0123456789abcdef0') }, /at most 5/],
];

for (const [why, context, problem] of refusals) {
  test(`refused: ${why}`, () => {
    const problems = problemsOf(context);
    assert.ok(
      problems.some((one) => problem.test(one)),
      `${problem} is not among: ${problems.join('\n')}`,
    );
  });
}

test('what was refused without pollers or a word of consent passes with it', () => {
  const sqs = 'arn:aws:sqs:eu-central-1:111122223333:lost';
  assert.deepEqual(problemsOf({ ...msk, onFailure: sqs, retryAttempts: '10' }), []);
  assert.deepEqual(
    problemsOf({ ...msk, provisionedPollers: '1/2', onFailure: 'kafka://lost', retryAttempts: '3' }),
    [],
  );
  assert.deepEqual(problemsOf({ ...msk, maxBatchingWindow: '1', lastingWindow: 'true' }), []);
  assert.deepEqual(problemsOf({ ...msk, consumerGroupId: 'connect-orders', takeover: 'true' }), []);
  assert.deepEqual(problemsOf({ ...brokers, kafkaAuth: 'none', ...subnets }), []);
  assert.deepEqual(problemsOf({ ...msk, startingPosition: '2026-01-31T00:00:00Z' }), []);
});
