import assert from 'node:assert/strict';
import test from 'node:test';
import type { FollowedMapping } from '../../../../localstack/event-source/poller-settings.ts';
import { findUnservedFeature } from '../../../../localstack/event-source/unserved-feature.ts';
import { ScriptedLambda } from '../../../support/scripted-lambda.ts';

function unservedOf(settings: Partial<FollowedMapping>, served: readonly string[] = []) {
  const mapping = new ScriptedLambda().createMapping('orders', settings);
  return findUnservedFeature(mapping, (name) => (served.includes(name) ? { deliver: async () => {} } : undefined));
}

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

test('filter criteria and a schema registry of the mapping are named', () => {
  assert.match(unservedOf({ FilterCriteria: { Filters: [{ Pattern: '{}' }] } }) ?? '', /^Filter criteria/);
  const SelfManagedKafkaEventSourceConfig = { SchemaRegistryConfig: { SchemaRegistryURI: 'http://registry' } };
  assert.match(unservedOf({ SelfManagedKafkaEventSourceConfig }) ?? '', /schema registry/);
});
