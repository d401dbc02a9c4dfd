import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkConnector } from '../../../../functions/control/check-connector.ts';
import { toFunctionInput, toMappingInput } from '../../../../functions/control/connector-resources.ts';
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

test('a connector made by REST logs in to the brokers and reaches the database as the deployment says', () => {
  const connector = checkConnector('orders', config, defaults);
  const sink = toFunctionInput(connector, 'sink', defaults);
  assert.deepEqual(sink.VpcConfig, { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] });
  assert.equal(sink.Environment?.Variables?.SLUICE_DATABASE_SECRET_ARN, secret);
  assert.equal(toFunctionInput(connector, 'filter', defaults).VpcConfig, undefined);
  const mapping = toMappingInput(connector.plan, 'orders', defaults);
  assert.deepEqual(mapping.SourceAccessConfigurations, [{ Type: 'SASL_SCRAM_512_AUTH', URI: secret }]);
  // A window, once set, could never be taken back.
  assert.ok(!('MaximumBatchingWindowInSeconds' in mapping));
});

test('the aws properties of a connector win over the deployment', () => {
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
  const connector = checkConnector('orders', own, pollers);
  const filter = toFunctionInput(connector, 'filter', pollers);
  assert.deepEqual([filter.MemorySize, filter.Timeout], [1024, 120]);
  assert.equal(toFunctionInput(connector, 'sink', pollers).Timeout, 96);
  const mapping = toMappingInput(connector.plan, 'orders', pollers);
  assert.equal(mapping.MaximumBatchingWindowInSeconds, 2);
  assert.deepEqual(mapping.ProvisionedPollerConfig, { MinimumPollers: 2, MaximumPollers: 3 });
  assert.equal(mapping.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId, 'sluice-test-orders-orders:g4');
});
