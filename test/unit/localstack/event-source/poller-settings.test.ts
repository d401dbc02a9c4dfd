import assert from 'node:assert/strict';
import test from 'node:test';
import { type FollowedMapping, toPollerSettings } from '../../../../localstack/event-source/poller-settings.ts';
import { ScriptedLambda } from '../../../support/scripted-lambda.ts';

const cluster = { bootstrapServers: '127.0.0.1:9092' };

function settingsOf(settings: Partial<FollowedMapping> = {}) {
  return toPollerSettings(new ScriptedLambda().createMapping('orders', settings), cluster);
}

test('a mapping without error controls retries for ever and keeps every record', () => {
  const { retry, maxRecordAgeMs, reportsItemFailures, windowMs, destination } = settingsOf();
  assert.deepEqual(retry, { maxRetries: Number.POSITIVE_INFINITY, bisects: false });
  assert.equal(maxRecordAgeMs, Number.POSITIVE_INFINITY);
  assert.equal(reportsItemFailures, false);
  assert.equal(windowMs, 0);
  assert.equal(destination, undefined);
});

test('-1 means no limit, as absent does', () => {
  const settings = settingsOf({ MaximumRetryAttempts: -1, MaximumRecordAgeInSeconds: -1 });
  assert.equal(settings.retry.maxRetries, Number.POSITIVE_INFINITY);
  assert.equal(settings.maxRecordAgeMs, Number.POSITIVE_INFINITY);
});

test('infinite retries with an on-failure destination are ten, a limit of the mapping stays', () => {
  const DestinationConfig = { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:letters' } };
  assert.equal(settingsOf({ DestinationConfig }).retry.maxRetries, 10);
  assert.equal(settingsOf({ DestinationConfig, MaximumRetryAttempts: -1 }).retry.maxRetries, 10);
  assert.equal(settingsOf({ DestinationConfig, MaximumRetryAttempts: 50 }).retry.maxRetries, 50);
});

test('the group is the one the mapping names, or its UUID', () => {
  assert.equal(settingsOf().source.groupId, 'group');
  const mapping = new ScriptedLambda().createMapping('orders', { SelfManagedKafkaEventSourceConfig: {} });
  assert.equal(toPollerSettings(mapping, cluster).source.groupId, mapping.UUID);
  const AmazonManagedKafkaEventSourceConfig = { ConsumerGroupId: 'msk' };
  const managed = { ...mapping, SelfManagedKafkaEventSourceConfig: {}, AmazonManagedKafkaEventSourceConfig };
  assert.equal(toPollerSettings(managed, cluster).source.groupId, 'msk');
});

test('a starting time is read as seconds', () => {
  const { start } = settingsOf({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 1545084650.987 }).source;
  assert.deepEqual(start, { at: 'TIMESTAMP', timestampMs: 1545084650987 });
});

test('an MSK mapping names its cluster, and the brokers of the source where it has no endpoints', () => {
  const mapping = { ...new ScriptedLambda().createMapping('orders', { EventSourceArn: 'arn:aws:kafka:x:cluster/c' }) };
  const { SelfManagedEventSource, ...managed } = mapping;
  assert.equal(SelfManagedEventSource?.Endpoints.KAFKA_BOOTSTRAP_SERVERS.length, 1);
  assert.deepEqual(toPollerSettings(managed, cluster).envelope, {
    eventSource: 'aws:kafka',
    eventSourceArn: 'arn:aws:kafka:x:cluster/c',
    bootstrapServers: '127.0.0.1:9092',
  });
});

test('the pollers of a mapping bound its invocations at once', () => {
  assert.equal(settingsOf().concurrency, 2);
  assert.equal(settingsOf({ ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 7 } }).concurrency, 7);
});
