import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import { toBatchResponse } from '../../../../shared/kafka/batch-response.ts';
import { buildKafkaEvent } from '../../../support/kafka-event-builder.ts';

const event = buildKafkaEvent([
  { topic: 'a-1', partition: 0, offset: 5, value: 'x' },
  { topic: 'a-1', partition: 0, offset: 6, value: 'x' },
  { topic: 'a-1', partition: 0, offset: 9, value: 'x' },
  { topic: 'a-1', partition: 1, offset: 6, value: 'x' },
]);

function failure(partition: number, failedAt: number) {
  return { topic: 'a-1', partition, failedAt, code: 'DATABASE_UNAVAILABLE', message: 'It is away.' } as const;
}

describe('the batch response', () => {
  it('is an empty list when nothing failed, whether the mapping reports or not', () => {
    assert.deepEqual(toBatchResponse(event, [], true), { batchItemFailures: [] });
    assert.deepEqual(toBatchResponse(event, [], false), { batchItemFailures: [] });
  });

  it('names the failed offset and every later one of its partition, and no other partition', () => {
    assert.deepEqual(toBatchResponse(event, [failure(0, 6)], true), {
      batchItemFailures: [
        { itemIdentifier: { partition: 'a-1-0', offset: 6 } },
        { itemIdentifier: { partition: 'a-1-0', offset: 9 } },
      ],
    });
  });

  it('names only offsets that are in the event when the failed one is not', () => {
    const response = toBatchResponse(event, [failure(0, 7), failure(1, 0)], true);
    assert.deepEqual(
      response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
      [
        { partition: 'a-1-0', offset: 9 },
        { partition: 'a-1-1', offset: 6 },
      ],
    );
  });

  it('is an error with the code of the failure when the mapping does not report', () => {
    assert.throws(
      () => toBatchResponse(event, [failure(0, 6), failure(1, 6)], false),
      (error) => isSluiceError(error) && error.code === 'DATABASE_UNAVAILABLE' && error.coordinates?.offset === 6,
    );
  });

  it('is never an empty list for a failure behind the batch', () => {
    assert.throws(
      () => toBatchResponse(event, [failure(0, 10)], true),
      (error) => isSluiceError(error, 'invariant'),
    );
  });
});
