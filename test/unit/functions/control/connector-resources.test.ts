import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkConnector } from '../../../../functions/control/check-connector.ts';
import {
  toFunctionInput,
  toMappingInput,
  toStageAdminInput,
} from '../../../../functions/control/connector-resources.ts';
import type { DeploymentDefaults } from '../../../../shared/contract/deployment-defaults.ts';

const code = { S3Bucket: 'bundles', S3Key: 'sink.zip' };
const secret = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kafka-AbCdEf';

/** As the CDK makes them for brokers in a VPC, without provisioned pollers. */
const defaults: DeploymentDefaults = {
  stage: 'test',
  roleArn: 'arn:aws:iam::111122223333:role/rest',
  code: { sink: code, filter: code },
  architecture: 'arm64',
  memorySizeMb: 512,
  timeoutSeconds: 60,
  bootstrapServers: ['a:9092'],
  sourceId: 'shop',
  sourceAccess: [{ Type: 'SASL_SCRAM_512_AUTH', URI: secret }],
  network: { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] },
  variables: { SLUICE_DATABASE_SECRET_ARN: secret },
  connectorDefaults: {},
};

const config = { 'connector.class': 'io.sluice.SluiceSinkConnector', topics: 'orders', topology: 'chained' };

test('a connector made by REST logs in to the brokers and reaches the database as the deployment says', async () => {
  const connector = await checkConnector('orders', config, defaults);
  const sink = toFunctionInput(connector, 'sink', defaults);
  assert.deepEqual(sink.VpcConfig, { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] });
  assert.equal(sink.Environment?.Variables?.SLUICE_DATABASE_SECRET_ARN, secret);
  assert.equal(toFunctionInput(connector, 'filter', defaults).VpcConfig, undefined);
  const mapping = toMappingInput(connector.plan, 'orders', defaults);
  assert.deepEqual(mapping.SourceAccessConfigurations, [{ Type: 'SASL_SCRAM_512_AUTH', URI: secret }]);
  // A window, once set, could never be taken back.
  assert.ok(!('MaximumBatchingWindowInSeconds' in mapping));
});

test('the aws properties of a connector win over the deployment', async () => {
  const own = {
    ...config,
    'aws.memory.size': '1024',
    'aws.timeout.seconds': '120',
    'aws.batching.window.seconds': '2',
    'aws.pollers.minimum': '2',
    'aws.pollers.maximum': '3',
    'aws.generation': '4',
  };
  const pollers = { ...defaults, provisionedPollers: { minimum: 1, maximum: 9 } };
  const connector = await checkConnector('orders', own, pollers);
  const filter = toFunctionInput(connector, 'filter', pollers);
  assert.deepEqual([filter.MemorySize, filter.Timeout], [1024, 120]);
  assert.equal(toFunctionInput(connector, 'sink', pollers).Timeout, 96);
  const mapping = toMappingInput(connector.plan, 'orders', pollers);
  assert.equal(mapping.MaximumBatchingWindowInSeconds, 2);
  assert.deepEqual(mapping.ProvisionedPollerConfig, { MinimumPollers: 2, MaximumPollers: 3 });
  assert.equal(mapping.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId, 'sluice-test-orders-orders:g4');
});

test('functions made by REST log where the deployment says, and have its key', async () => {
  const connector = await checkConnector('orders', config, defaults);
  assert.deepEqual(Object.keys(toFunctionInput(connector, 'sink', defaults)).includes('LoggingConfig'), false);
  const key = 'arn:aws:kms:eu-central-1:111122223333:key/k';
  const more = { ...defaults, logGroup: '/aws/lambda/sluice-test-rest', encryptionKeyArn: key };
  for (const input of [toFunctionInput(connector, 'filter', more), toStageAdminInput(more)]) {
    assert.equal(input.LoggingConfig?.LogGroup, '/aws/lambda/sluice-test-rest');
    // Lambda tells a function its log level only with this format.
    assert.equal(input.LoggingConfig?.LogFormat, 'JSON');
    assert.equal(input.KMSKeyArn, key);
  }
});

test('mappings made by REST share the poller group of the deployment', async () => {
  const pollers = { ...defaults, provisionedPollers: { minimum: 1, maximum: 2, group: 'shop' } };
  const { plan } = await checkConnector('orders', config, pollers);
  assert.equal(toMappingInput(plan, 'orders', pollers).ProvisionedPollerConfig?.PollerGroupName, 'shop');
});

test('the admin function of the stage reaches the database and has no connector', () => {
  const input = toStageAdminInput(defaults);
  assert.equal(input.FunctionName, 'sluice-test-admin');
  assert.equal(input.Handler, 'admin.handler');
  assert.deepEqual(input.VpcConfig, { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] });
  assert.deepEqual(input.Environment?.Variables, { SLUICE_DATABASE_SECRET_ARN: secret });
});
