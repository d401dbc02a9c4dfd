import assert from 'node:assert/strict';
import test from 'node:test';
import { toSlice } from '../../../../localstack/event-source/batch.ts';
import { buildFailureRecord, type Discard } from '../../../../localstack/event-source/failure-record.ts';
import { recordsAt } from '../../../support/source-records.ts';

const discard: Discard = {
  requestId: 'request',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:sink',
  condition: 'RetryAttemptsExhausted',
  invokeCount: 3,
  functionError: true,
  topic: 'my-topic',
  envelope: { eventSource: 'aws:kafka', eventSourceArn: 'arn:aws:kafka:x:cluster/c', bootstrapServers: 'b:9098' },
  slices: [toSlice(0, recordsAt(1, 2)), toSlice(1, recordsAt(7))],
  payloadSize: 123,
  nowMs: Date.UTC(2026, 0, 1),
};

test('On-failure destination: the record has the form that Lambda sends to a queue', () => {
  const at = (ms: number) => new Date(ms).toISOString();
  assert.deepEqual(buildFailureRecord(discard), {
    requestContext: {
      requestId: 'request',
      functionArn: discard.functionArn,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 3,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-01-01T00:00:00.000Z',
    KafkaBatchInfo: {
      batchSize: 3,
      eventSourceArn: 'arn:aws:kafka:x:cluster/c',
      bootstrapServers: 'b:9098',
      payloadSize: 123,
      recordsInfo: {
        'my-topic-0': {
          firstRecordOffset: '1',
          lastRecordOffset: '2',
          firstRecordTimestamp: at(1),
          lastRecordTimestamp: at(2),
        },
        'my-topic-1': {
          firstRecordOffset: '7',
          lastRecordOffset: '7',
          firstRecordTimestamp: at(7),
          lastRecordTimestamp: at(7),
        },
      },
    },
  });
});

test('there is no response when the function was not run, and no error when it answered with failed items', () => {
  assert.equal(
    buildFailureRecord({ ...discard, condition: 'RecordAgeExceeded', invokeCount: 0 }).responseContext,
    null,
  );
  const answered = buildFailureRecord({ ...discard, functionError: false }).responseContext;
  assert.deepEqual(answered, { statusCode: 200, executedVersion: '$LATEST' });
});

test('a timestamp that is no date is given as the number it is', () => {
  const slices = [toSlice(0, [{ ...recordsAt(0)[0]!, timestamp: Number.MAX_SAFE_INTEGER }])];
  const { recordsInfo } = buildFailureRecord({ ...discard, slices }).KafkaBatchInfo;
  assert.equal(recordsInfo['my-topic-0']!.firstRecordTimestamp, '9007199254740991');
});
