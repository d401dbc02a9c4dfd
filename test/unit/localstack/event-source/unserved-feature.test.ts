import assert from 'node:assert/strict';
import test from 'node:test';
import type { FollowedMapping } from '../../../../localstack/event-source/poller-settings.ts';
import { findUnservedFeature } from '../../../../localstack/event-source/unserved-feature.ts';
import { ScriptedLambda } from '../../../support/scripted-lambda.ts';

function unservedOf(settings: Partial<FollowedMapping>, served: readonly string[] = []) {
  const mapping = new ScriptedLambda().createMapping('orders', settings);
  return findUnservedFeature(mapping, (name) => (served.includes(name) ? { deliver: async () => {} } : undefined));
}

const provisioned = { ProvisionedPollerConfig: { MinimumPollers: 1 } };

test('On-demand mode: a mapping with what only provisioned mode has is not polled, whoever took it', () => {
  const unserved: [Partial<FollowedMapping>, string][] = [
    [{ MaximumRetryAttempts: 3 }, 'maximumRetryAttempts'],
    [{ MaximumRecordAgeInSeconds: 60 }, 'maximumRecordAgeInSeconds'],
    [{ BisectBatchOnFunctionError: true }, 'bisectBatchOnFunctionError'],
    [{ FunctionResponseTypes: ['ReportBatchItemFailures'] }, 'functionResponseTypes'],
    [{ DestinationConfig: { OnFailure: { Destination: 'kafka://lost' } } }, 'destinationConfig'],
  ];
  for (const [settings, parameter] of unserved) {
    const sentence = `Unsupported '${parameter}' parameter for given event source mapping type. It needs ProvisionedPollerConfig. The mapping is not polled.`;
    assert.equal(unservedOf(settings, ['kafka://lost']), sentence);
    assert.equal(unservedOf({ ...settings, ...provisioned }, ['kafka://lost']), undefined);
  }
  const neutral = { MaximumRetryAttempts: -1, MaximumRecordAgeInSeconds: -1, FunctionResponseTypes: [] };
  assert.equal(unservedOf({ ...neutral, BisectBatchOnFunctionError: false }), undefined);
});

test('a mapping without anything special is served', () => {
  assert.equal(unservedOf({ FilterCriteria: {}, DestinationConfig: { OnFailure: {} } }), undefined);
  assert.equal(
    unservedOf({ FilterCriteria: { Filters: [] }, DestinationConfig: { OnFailure: { Destination: '' } } }),
    undefined,
  );
});

test('a destination is served when there is one of that name', () => {
  const DestinationConfig = { OnFailure: { Destination: 's3://letters' } };
  assert.equal(unservedOf({ DestinationConfig }, ['s3://letters']), undefined);
  assert.match(unservedOf({ DestinationConfig }) ?? '', /s3:\/\/letters is not served/);
});

test('On-failure destination kafka://: the topic of the mapping is no destination of its own', () => {
  const DestinationConfig = { OnFailure: { Destination: 'kafka://orders' } };
  assert.match(
    unservedOf({ ...provisioned, DestinationConfig }, ['kafka://orders']) ?? '',
    /the topic of the mapping itself/,
  );
});

test('filters are served when they can be understood', () => {
  const unservedPattern = (Pattern: string) => unservedOf({ FilterCriteria: { Filters: [{ Pattern }] } });
  assert.equal(unservedPattern('{"value":{"op":["c"]}}'), undefined);
  assert.match(unservedPattern('{"value":[{"cidr":"10.0.0.0/8"}]}') ?? '', /no operator "cidr"/);
  assert.match(unservedOf({ FilterCriteria: { Filters: [{}] } }) ?? '', /not JSON/);
});

test('a schema registry of the mapping is named', () => {
  const SelfManagedKafkaEventSourceConfig = { SchemaRegistryConfig: { SchemaRegistryURI: 'http://registry' } };
  assert.match(unservedOf({ ...provisioned, SelfManagedKafkaEventSourceConfig }) ?? '', /schema registry/);
});
