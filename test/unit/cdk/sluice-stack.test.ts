import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Match } from 'aws-cdk-lib/assertions';
import { makeBundles, ordersConnector, secretArn, smallContext, synthesize } from '../../support/synthesize.ts';

const mapping = 'AWS::Lambda::EventSourceMapping';
const lambda = 'AWS::Lambda::Function';
const network = { subnetIds: 'subnet-0123456789abcdef0', securityGroupIds: 'sg-0123456789abcdef0' };
const brokers = { clusterArn: undefined, bootstrapServers: 'a.example.com:9092,b.example.com:9092' };
const chained = { ...ordersConnector, config: { ...ordersConnector.config, topology: 'chained' } };
const login = { type: 'SASL_SCRAM_512_AUTH', uri: secretArn };

const access: readonly [
  kafkaAuth: string,
  context: Record<string, unknown>,
  expected: readonly { Type: string; URI: string }[] | undefined,
][] = [
  ['iam', {}, undefined],
  ['none', {}, undefined],
  ['scram-512', { kafkaSecretArn: secretArn }, [{ Type: login.type, URI: secretArn }]],
  ['scram-256', { ...brokers, kafkaSecretArn: secretArn }, [{ Type: 'SASL_SCRAM_256_AUTH', URI: secretArn }]],
  ['scram-512', { ...brokers, kafkaSecretArn: secretArn }, [{ Type: login.type, URI: secretArn }]],
  ['plain', { ...brokers, kafkaSecretArn: secretArn }, [{ Type: 'BASIC_AUTH', URI: secretArn }]],
  ['oauthbearer', { ...brokers, kafkaSecretArn: secretArn }, [{ Type: 'OAUTHBEARER_AUTH', URI: secretArn }]],
  [
    'mtls',
    { ...brokers, kafkaSecretArn: secretArn, kafkaCaSecretArn: `${secretArn}2` },
    [
      { Type: 'CLIENT_CERTIFICATE_TLS_AUTH', URI: secretArn },
      { Type: 'SERVER_ROOT_CA_CERTIFICATE', URI: `${secretArn}2` },
    ],
  ],
  [
    'none',
    { ...brokers, ...network },
    [
      { Type: 'VPC_SUBNET', URI: 'subnet:subnet-0123456789abcdef0' },
      { Type: 'VPC_SECURITY_GROUP', URI: 'security_group:sg-0123456789abcdef0' },
    ],
  ],
  [
    'plain',
    { ...brokers, ...network, kafkaNetwork: 'public', kafkaSecretArn: secretArn },
    [{ Type: 'BASIC_AUTH', URI: secretArn }],
  ],
];

for (const [kafkaAuth, context, expected] of access) {
  const where = context.bootstrapServers === undefined ? 'MSK' : 'self-managed Kafka';
  test(`mapping of ${where} with ${kafkaAuth}, ${expected?.length ?? 0} source accesses`, async (t) => {
    const { template } = await synthesize(t, { ...smallContext, kafkaAuth, ...context });
    const [found] = Object.values(template.findResources(mapping));
    assert.deepEqual(found!.Properties.SourceAccessConfigurations, expected);
    const group = { ConsumerGroupId: 'sluice-default-orders-orders' };
    if (where === 'MSK') {
      assert.equal(found!.Properties.EventSourceArn, smallContext.clusterArn);
      assert.deepEqual(found!.Properties.AmazonManagedKafkaEventSourceConfig, group);
    } else {
      const servers = ['a.example.com:9092', 'b.example.com:9092'];
      assert.deepEqual(found!.Properties.SelfManagedEventSource, { Endpoints: { KafkaBootstrapServers: servers } });
      assert.deepEqual(found!.Properties.SelfManagedKafkaEventSourceConfig, group);
    }
  });
}

test('on demand a batch fails as a whole: no partial answer, no window, and the function knows', async (t) => {
  const { template } = await synthesize(t, smallContext);
  const [found] = Object.values(template.findResources(mapping));
  const absent = [
    'FunctionResponseTypes',
    'BisectBatchOnFunctionError',
    'MaximumRetryAttempts',
    'MaximumRecordAgeInSeconds',
    'MaximumBatchingWindowInSeconds',
    'ProvisionedPollerConfig',
    'DestinationConfig',
    'Enabled',
  ];
  for (const name of absent) assert.ok(!(name in found!.Properties), `${name} is set`);
  template.hasResourceProperties(lambda, {
    Environment: { Variables: Match.objectLike({ SLUICE_REPORTS_BATCH_ITEM_FAILURES: 'false' }) },
  });
});

test('with provisioned pollers partitions fail one by one, for ever, and the function knows', async (t) => {
  const { template } = await synthesize(t, { ...smallContext, provisionedPollers: '1/3/shop' });
  template.hasResourceProperties(mapping, {
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: -1,
    MaximumRecordAgeInSeconds: -1,
    MaximumBatchingWindowInSeconds: 0,
    ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 3, PollerGroupName: 'shop' },
    Enabled: Match.absent(),
  });
  template.hasResourceProperties(lambda, {
    Environment: { Variables: Match.objectLike({ SLUICE_REPORTS_BATCH_ITEM_FAILURES: 'true' }) },
  });
});

test('a start at a time, a bound of retries and a destination reach the mapping', async (t) => {
  const { template } = await synthesize(t, {
    ...smallContext,
    startingPosition: '2026-01-31T00:00:00Z',
    provisionedPollers: '1/1',
    retryAttempts: '5',
    maxRecordAge: '3600',
    bisect: 'false',
    onFailure: 'kafka://lost',
  });
  template.hasResourceProperties(mapping, {
    StartingPosition: 'AT_TIMESTAMP',
    StartingPositionTimestamp: Date.parse('2026-01-31T00:00:00Z') / 1_000,
    MaximumRetryAttempts: 5,
    MaximumRecordAgeInSeconds: 3_600,
    BisectBatchOnFunctionError: false,
    DestinationConfig: { OnFailure: { Destination: 'kafka://lost' } },
  });
});

test('a direct connector is a sink and an admin function, and the mapping invokes the alias of a version', async (t) => {
  const { template } = await synthesize(t, smallContext);
  const functions = Object.values(template.findResources(lambda)).map(({ Properties }) => Properties);
  assert.deepEqual(functions.map(({ FunctionName }) => FunctionName).sort(), [
    'sluice-default-orders-1c168adb-admin',
    'sluice-default-orders-1c168adb-sink',
  ]);
  const admin = functions.find(({ Handler }) => Handler === 'admin.handler');
  const sink = functions.find(({ Handler }) => Handler === 'index.handler');
  assert.deepEqual(admin!.Code, sink!.Code);
  assert.equal(sink!.ReservedConcurrentExecutions, 2);
  assert.equal(admin!.ReservedConcurrentExecutions, undefined);
  for (const { Runtime, Architectures } of functions)
    assert.deepEqual([Runtime, Architectures], ['nodejs24.x', ['arm64']]);
  const [[alias]] = Object.entries(template.findResources('AWS::Lambda::Alias')) as [[string, unknown]];
  template.hasResourceProperties(mapping, { FunctionName: { Ref: alias } });
  template.hasResourceProperties('AWS::Lambda::Alias', { Name: 'live' });
});

test('a chained connector adds a filter, which outlives the sink and may invoke that sink alone', async (t) => {
  const { template } = await synthesize(t, { ...smallContext, connectors: chained });
  const functions = Object.values(template.findResources(lambda)).map(({ Properties }) => Properties);
  const named = (role: string) => functions.find(({ FunctionName }) => FunctionName.endsWith(role));
  assert.equal(functions.length, 3);
  assert.ok(named('filter')!.Timeout > named('sink')!.Timeout);
  const target = named('filter')!.Environment.Variables.SLUICE_SINK_FUNCTION;
  assert.equal(target, `${named('sink')!.FunctionName}:live`);
  const aliases = Object.entries(template.findResources('AWS::Lambda::Alias'));
  const sinkAlias = aliases.find(([id]) => id.includes('Sink'))![0];
  const invocations = Object.values(template.findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action }) => Action === 'lambda:InvokeFunction');
  assert.deepEqual(
    invocations.map(({ Resource }) => Resource),
    [{ Ref: sinkAlias }],
  );
});

test('another connector, another parameter or an unfit name changes nothing of the first one', async (t) => {
  const resourcesOf = async (context: Record<string, unknown>) =>
    (await synthesize(t, context)).template.toJSON().Resources;
  const alone = await resourcesOf({ ...smallContext, dashboard: false });
  const other = {
    ...ordersConnector,
    name: `${'ünfit name '.repeat(3)}`.replaceAll('ü', 'u').trim(),
    config: { ...ordersConnector.config, topics: 'others' },
  };
  const together = await resourcesOf({ ...smallContext, dashboard: false, connectors: [other, ordersConnector] });
  for (const [id, resource] of Object.entries(alone)) assert.deepEqual(together[id], resource, id);
  for (const { Type, Properties } of Object.values(together) as {
    Type: string;
    Properties: Record<string, string>;
  }[]) {
    if (Type === lambda)
      assert.match(Properties.FunctionName!, /^sluice-default-[\w-]{1,40}-[0-9a-f]{8}-(sink|filter|admin)$/);
    if (Type === lambda) assert.ok(Properties.FunctionName!.length <= 64);
  }
});

test('changed brokers keep the logical id and the group, so that no second mapping can read the topic anew', async (t) => {
  const mappingOf = async (bootstrapServers: string) => {
    const context = {
      ...smallContext,
      clusterArn: undefined,
      kafkaAuth: 'plain',
      kafkaSecretArn: secretArn,
      bootstrapServers,
    };
    const { template } = await synthesize(t, context);
    return Object.entries(template.findResources(mapping))[0]!;
  };
  const [before, after] = [await mappingOf('a.example.com:9092'), await mappingOf('b.example.com:9092')];
  assert.equal(after[0], before[0]);
  assert.deepEqual(
    after[1].Properties.SelfManagedKafkaEventSourceConfig,
    before[1].Properties.SelfManagedKafkaEventSourceConfig,
  );
});

test('in a VPC the sink and the admin function have its network, the filter has not, and a group is made if none is given', async (t) => {
  const { template } = await synthesize(t, {
    ...smallContext,
    connectors: chained,
    subnetIds: network.subnetIds,
    vpcId: 'vpc-0123456789abcdef0',
  });
  template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
  template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
  for (const { Properties } of Object.values(template.findResources(lambda))) {
    const inVpc = Properties.VpcConfig !== undefined;
    assert.equal(inVpc, !Properties.FunctionName.endsWith('filter'), Properties.FunctionName);
  }
});

test('database login by IAM names the one user of the one database', async (t) => {
  const { template } = await synthesize(t, {
    ...smallContext,
    databaseSecretArn: undefined,
    databaseHost: 'db.example.com',
    databaseName: 'shop',
    databaseIamUser: 'sluice',
    databaseProxyArn: 'arn:aws:rds:eu-central-1:111122223333:db-proxy:prx-0123',
  });
  const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  );
  const connects = statements.filter(({ Action }) => Action === 'rds-db:connect');
  assert.equal(connects.length, 2);
  assert.match(JSON.stringify(connects[0].Resource), /:dbuser:prx-0123\/sluice/);
  assert.ok(statements.every(({ Action }) => !JSON.stringify(Action).includes('secretsmanager')));
});

test('the certificates of the deployment go into the bundle of the sink', async (t) => {
  const bundle = join(makeBundles(t), 'ca.pem');
  writeFileSync(bundle, '-----BEGIN CERTIFICATE-----\n');
  const variablesOf = async (context: Record<string, unknown>) => {
    const { template } = await synthesize(t, { ...smallContext, ...context });
    const found = Object.values(template.findResources(lambda, { Properties: { Handler: 'index.handler' } }))[0]!;
    return found.Properties;
  };
  const [own, common] = [await variablesOf({ databaseCaBundle: bundle }), await variablesOf({})];
  assert.equal(own.Environment.Variables.SLUICE_DATABASE_CA_FILE, 'database-ca.pem');
  assert.equal(common.Environment.Variables.NODE_EXTRA_CA_CERTS, '/var/runtime/ca-cert.pem');
  assert.notDeepEqual(own.Code, common.Code);
});

test('the Connect REST API asks for a signed request or a token, never for nothing', async (t) => {
  const { template: none } = await synthesize(t, smallContext);
  none.resourceCountIs('AWS::Lambda::Url', 0);
  const { template: iam } = await synthesize(t, { ...smallContext, controlApi: 'iam' });
  iam.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM' });
  iam.hasResourceProperties(lambda, { FunctionName: 'sluice-default-control' });
  const jwt = { controlApi: 'jwt', jwtIssuer: 'https://issuer.example', jwtAudience: 'sluice' };
  const { template: token } = await synthesize(t, { ...smallContext, connectors: undefined, ...jwt });
  token.resourceCountIs('AWS::Lambda::Url', 0);
  for (const { Properties } of Object.values(token.findResources('AWS::ApiGatewayV2::Route'))) {
    assert.equal(Properties.AuthorizationType, 'JWT');
  }
  token.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
    JwtConfiguration: { Issuer: 'https://issuer.example', Audience: ['sluice'] },
  });
});

test('boundary, tags, tracing, retention and encryption reach what they are for', async (t) => {
  const boundary = 'arn:aws:iam::111122223333:policy/boundary';
  const key = 'arn:aws:kms:eu-central-1:111122223333:key/0f0f0f0f-1111-2222-3333-444444444444';
  const { template } = await synthesize(t, {
    ...smallContext,
    permissionsBoundary: boundary,
    tags: { team: 'data' },
    tracing: true,
    logRetentionDays: '7',
    encryptionKeyArn: key,
    removalPolicy: 'retain',
  });
  template.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: boundary });
  template.allResourcesProperties(lambda, { KmsKeyArn: key, TracingConfig: { Mode: 'Active' } });
  template.allResourcesProperties(lambda, { Tags: Match.arrayWith([{ Key: 'team', Value: 'data' }]) });
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7, KmsKeyId: key });
  template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain' });
});

test('what is deployed says how many connections it opens', async (t) => {
  const outputOf = async (context: Record<string, unknown>) =>
    Object.values((await synthesize(t, { ...smallContext, ...context })).template.findOutputs('*'))[0]!.Value;
  assert.equal(await outputOf({}), '3 (on-demand pollers; reserved concurrency 2; 1 for administration)');
  assert.equal(
    await outputOf({ provisionedPollers: '1/2', reservedConcurrency: 'off' }),
    '11 (pollers x 5 = 10; none reserved; 1 for administration)',
  );
  assert.equal(await outputOf({ reservedConcurrency: 'off' }), 'one for each partition, and 1 for administration');
});

test('defaults of connectors made by REST that do not fit the control function are refused with a sentence', async (t) => {
  const hosts = Array.from({ length: 60 }, (_, index) => `a-rather-long-host-name-${index}.region.rds.amazonaws.com`);
  const context = { ...smallContext, connectors: undefined, allowedHosts: hosts.join(',') };
  await assert.rejects(
    synthesize(t, { ...context, controlApi: 'iam' }),
    /takes \d+ bytes of the 4096 of the control function's environment: shorten allowedHosts/,
  );
});

test('a login by OAuth goes to the mapping with all that brokers and identity provider want', async (t) => {
  const { template } = await synthesize(t, {
    ...smallContext,
    clusterArn: undefined,
    bootstrapServers: 'pkc-1.example.com:9092',
    kafkaAuth: 'oauthbearer',
    kafkaSecretArn: smallContext.databaseSecretArn,
    kafkaOauth: 'scope=read write,logicalCluster=lkc-1,identityPool=pool-1',
  });
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    SourceAccessConfigurations: [
      { Type: 'OAUTHBEARER_AUTH', URI: smallContext.databaseSecretArn },
      { Type: 'OAUTHBEARER_SCOPE', URI: 'read write' },
      { Type: 'OAUTHBEARER_LOGICAL_CLUSTER', URI: 'lkc-1' },
      { Type: 'OAUTHBEARER_IDENTITY_POOL', URI: 'pool-1' },
    ],
  });
});

test('more resources than a stack may have are refused with a sentence', async (t) => {
  const connectors = Array.from({ length: 26 }, (_, index) => ({ ...ordersConnector, name: `orders-${index}` }));
  await assert.rejects(
    synthesize(t, { ...smallContext, connectors }),
    /makes \d+ resources, and CloudFormation takes 500 of a stack: deploy some of the connectors as another stage/,
  );
});
