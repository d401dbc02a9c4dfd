import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { toMappingInput } from '../../functions/control/connector-resources.ts';
import { findOnDemandConflict, isProvisioned } from '../../localstack/lambda/scaling-mode.ts';
import { checkConnector } from '../../functions/control/check-connector.ts';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { smallContext, synthesize } from '../support/synthesize.ts';

const queue = 'arn:aws:sqs:eu-central-1:111122223333:lost';
const provisionedPollers = '1/3/shop';

/** The properties of the one mapping of a deployment. */
async function mappingOf(t: TestContext, context: Readonly<Record<string, string>>) {
  const { template } = await synthesize(t, { ...smallContext, ...context });
  const [mapping] = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));
  return mapping!.Properties as Readonly<Record<string, unknown>>;
}

for (const [name, context, mode] of [
  ['the defaults', {}, 'on-demand'],
  ['a queue for lost records', { onFailure: queue, retryAttempts: '10' }, 'on-demand'],
  ['a window', { maxBatchingWindow: '2', lastingWindow: 'true' }, 'on-demand'],
  ['pollers', { provisionedPollers }, 'provisioned'],
  ['pollers and every control', { provisionedPollers, retryAttempts: '5', maxRecordAge: '3600' }, 'provisioned'],
  [
    'pollers and a topic for lost records',
    { provisionedPollers, onFailure: 'kafka://lost', retryAttempts: '5' },
    'provisioned',
  ],
] as const) {
  test(`a deployment with ${name} asks for nothing that Lambda has in the other mode alone`, async (t) => {
    const mapping = await mappingOf(t, context);
    assert.equal(isProvisioned(mapping), mode === 'provisioned');
    assert.equal(findOnDemandConflict(mapping, false), undefined);
  });
}

test('a connector made by REST asks for nothing that Lambda has in the other mode alone', async () => {
  const code = { S3Bucket: 'bundles', S3Key: 'sink.zip' };
  const onDemand: DeploymentDefaults = {
    stage: 'test',
    roleArn: 'arn:aws:iam::111122223333:role/rest',
    code: { sink: code, filter: code },
    architecture: 'arm64',
    memorySizeMb: 512,
    timeoutSeconds: 60,
    bootstrapServers: ['a:9092'],
    sourceId: 'shop',
    connectorDefaults: {},
  };
  const provisioned: DeploymentDefaults = { ...onDemand, provisionedPollers: { minimum: 1, maximum: 4 } };
  for (const defaults of [onDemand, provisioned]) {
    const config = {
      'connector.class': 'io.sluice.SluiceSinkConnector',
      topics: 'orders',
      'connection.url': 'postgres://user@db/shop',
    };
    const mapping = toMappingInput((await checkConnector('orders', config, defaults)).plan, 'orders', defaults);
    assert.equal(isProvisioned(mapping), defaults === provisioned);
    assert.equal(findOnDemandConflict(mapping, false), undefined);
  }
});
