import assert from 'node:assert/strict';
import test from 'node:test';
import { type FollowedMapping, toPollerSettings } from '../../../../localstack/event-source/poller-settings.ts';
import { ScriptedLambda } from '../../../support/scripted-lambda.ts';

const cluster = { bootstrapServers: '127.0.0.1:9092' };

function settingsOf(settings: Partial<FollowedMapping> = {}) {
  return toPollerSettings(new ScriptedLambda().createMapping('orders', settings), cluster);
}

/** A mapping with event pollers of its own. */
const provisioned = { ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 7 } };
test('a mapping without error controls retries for ever and keeps every record, in both modes', () => {
  for (const mode of [{}, provisioned]) {
    const { retry, maxRecordAgeMs, reportsItemFailures, destination } = settingsOf(mode);
    assert.deepEqual(retry, { maxRetries: Number.POSITIVE_INFINITY, bisects: false });
    assert.equal(maxRecordAgeMs, Number.POSITIVE_INFINITY);
    assert.equal(reportsItemFailures, false);
    assert.equal(destination, undefined);
  }
});

test('error handling controls reach the poller', () => {
  const { retry, maxRecordAgeMs, reportsItemFailures } = settingsOf({
    ...provisioned,
    MaximumRetryAttempts: 3,
    MaximumRecordAgeInSeconds: 60,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  assert.deepEqual(retry, { maxRetries: 3, bisects: true });
  assert.deepEqual([maxRecordAgeMs, reportsItemFailures], [60_000, true]);
});

test('MaximumRetryAttempts and MaximumRecordAgeInSeconds: -1 means no limit, as absent does', () => {
  const settings = settingsOf({ ...provisioned, MaximumRetryAttempts: -1, MaximumRecordAgeInSeconds: -1 });
  assert.equal(settings.retry.maxRetries, Number.POSITIVE_INFINITY);
  assert.equal(settings.maxRecordAgeMs, Number.POSITIVE_INFINITY);
});

test('MaximumRetryAttempts: infinite with an on-failure destination means ten, a limit of the mapping stays', () => {
  const DestinationConfig = { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:letters' } };
  assert.equal(settingsOf({ DestinationConfig }).retry.maxRetries, 10, 'on demand, too');
  assert.equal(settingsOf({ ...provisioned, DestinationConfig, MaximumRetryAttempts: -1 }).retry.maxRetries, 10);
  assert.equal(settingsOf({ ...provisioned, DestinationConfig, MaximumRetryAttempts: 50 }).retry.maxRetries, 50);
});

test('MaximumBatchingWindowInSeconds: 500 ms unless it was ever set; 0 sends at once, or after the driver’s own wait', () => {
  const windowOf = (settings: Partial<FollowedMapping>, batchWaitMs?: number) => {
    const { MaximumBatchingWindowInSeconds, ...mapping } = new ScriptedLambda().createMapping('orders');
    assert.equal(MaximumBatchingWindowInSeconds, 0);
    return toPollerSettings({ ...mapping, ...settings }, cluster, batchWaitMs).windowMs;
  };
  assert.equal(windowOf({}), 500);
  assert.equal(windowOf({}, 5), 500, 'the wait is for mappings that ask for none');
  assert.equal(windowOf(provisioned), 500);
  assert.equal(windowOf({ MaximumBatchingWindowInSeconds: 0 }), 0);
  assert.equal(windowOf({ MaximumBatchingWindowInSeconds: 0 }, 5), 5);
  assert.equal(windowOf({ MaximumBatchingWindowInSeconds: 300 }, 5), 300_000);
});

test('ConsumerGroupId: the group is the one the mapping names, or its UUID', () => {
  assert.equal(settingsOf().source.groupId, 'group');
  const mapping = new ScriptedLambda().createMapping('orders', { SelfManagedKafkaEventSourceConfig: {} });
  assert.equal(toPollerSettings(mapping, cluster).source.groupId, mapping.UUID);
  const AmazonManagedKafkaEventSourceConfig = { ConsumerGroupId: 'msk' };
  const managed = { ...mapping, SelfManagedKafkaEventSourceConfig: {}, AmazonManagedKafkaEventSourceConfig };
  assert.equal(toPollerSettings(managed, cluster).source.groupId, 'msk');
});

test('StartingPosition AT_TIMESTAMP: the time is read as seconds', () => {
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

test('ProvisionedPollerConfig: 1 to 200 event pollers unless it says otherwise; on demand as many as partitions', () => {
  const pollersOf = (config: FollowedMapping['ProvisionedPollerConfig']) =>
    settingsOf(config && { ProvisionedPollerConfig: config }).pollers;
  assert.deepEqual(pollersOf({ MinimumPollers: 2, MaximumPollers: 7 }), { minimum: 2, maximum: 7, lookMs: 1_000 });
  assert.deepEqual(pollersOf({ MinimumPollers: 3 }), { minimum: 3, maximum: 200, lookMs: 1_000 });
  assert.deepEqual(pollersOf({ MaximumPollers: 7 }), { minimum: 1, maximum: 7, lookMs: 1_000 });
  const onDemand = { minimum: 1, maximum: Number.POSITIVE_INFINITY, lookMs: 60_000 };
  assert.deepEqual([pollersOf(undefined), pollersOf({})], [onDemand, onDemand]);
});
