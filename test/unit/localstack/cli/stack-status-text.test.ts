import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mappingLag } from '../../../../localstack/cli/mapping-lag.ts';
import { describeStackStatus } from '../../../../localstack/cli/stack-status-text.ts';
import type { MappingStatus } from '../../../../localstack/event-source/event-source-status.ts';
import { noCounts } from '../../../../localstack/event-source/event-source-status.ts';

const mapping = (topic: string, ends: readonly (number | undefined)[], lastError?: string): MappingStatus => ({
  uuid: topic,
  functionArn: `arn:aws:lambda:us-east-1:000000000000:function:sluice-local-${topic}-sink:live`,
  topic,
  groupId: `sluice-${topic}`,
  state: 'Enabled',
  stateTransitionReason: undefined,
  lastProcessingResult: lastError ?? 'OK',
  lastError,
  partitions: ends.map((endOffset, partition) => {
    return { partition, position: 7, committedOffset: 5, endOffset, waiting: 0, inFlight: false, retries: 0 };
  }),
  counts: noCounts,
});

test('the lag of a mapping is what its group is not done with, of all partitions, or unknown', () => {
  assert.equal(mappingLag(mapping('t', [5, 9])), 4);
  assert.equal(mappingLag(mapping('t', [5, undefined])), null);
  assert.equal(mappingLag(mapping('t', [])), null);
});

test('the status tells why a service failed and what a mapping waits for', () => {
  const mappings = [mapping('people', [8]), mapping('a', [], 'PROBLEM: no')];
  const text = describeStackStatus({
    state: 'running',
    dataDir: '/d',
    pid: 1,
    startedAt: 'then',
    services: [
      { name: 'postgres', state: 'failed', url: null, reason: 'process 2 ended by itself' },
      { name: 'connect', state: 'up', url: 'http://c', reason: null },
    ],
    mappings: mappings.map((each) => ({ ...each, lag: mappingLag(each) })),
    leftOverPids: [],
  });
  assert.deepEqual(text.split('\n'), [
    'running process 1 since then, data in /d',
    '  postgres  failed    process 2 ended by itself',
    '  connect   up        http://c',
    'topics and the functions that take their records:',
    '  people  sluice-local-people-sink  Enabled   lag 3',
    '  a       sluice-local-a-sink       Enabled   lag unknown',
    '    PROBLEM: no',
  ]);
});
