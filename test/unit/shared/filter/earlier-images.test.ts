import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChangeEvent } from '../../../../shared/change/change-event.ts';
import { EarlierImages } from '../../../../shared/filter/earlier-images.ts';
import type { KafkaRecord } from '../../../../shared/kafka/record.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

const unavailable = '?';

/** Records of one partition, each a key and its event, or undefined for one that cannot be read. */
function open(...events: readonly (readonly [key: string | null, event: ChangeEvent | undefined])[]) {
  const records = events.map(([key], offset) =>
    toEventRecord({ topic: 't', partition: 0, offset, value: '{}', ...(key !== null && { key }) }),
  );
  const read: KafkaRecord[] = [];
  const images = new EarlierImages(records, (record) => {
    read.push(record);
    return events[record.offset]![1];
  });
  const before = (offset: number) =>
    images.before(
      records[offset]!,
      ({ image }, column) => Object.hasOwn(image, column) && image[column] !== unavailable,
    );
  return { before, read };
}

const create = (after: object): ChangeEvent => ({ op: 'c', before: null, after: after as never });
const update = (after: object): ChangeEvent => ({ op: 'u', before: null, after: after as never });
const remove: ChangeEvent = { op: 'd', before: {}, after: null };

describe('what earlier records of a batch tell of a row', () => {
  it('is the latest value that is known of each column', () => {
    const { before } = open(
      ['1', create({ id: 1, a: 'old', b: 'kept' })],
      ['2', create({ id: 2, a: 'another row' })],
      ['1', update({ id: 1, a: 'new', b: unavailable })],
      ['1', update({ id: 1 })],
    );
    assert.deepEqual(before(3), { id: 1, a: 'new', b: 'kept' });
    assert.deepEqual(before(2), { id: 1, a: 'old', b: 'kept' });
    assert.equal(before(0), undefined);
  });

  it('ends where the row began, was deleted, or cannot be read', () => {
    const { before } = open(
      ['1', create({ id: 1, a: 'first life' })],
      ['1', remove],
      ['1', create({ id: 1 })],
      ['1', update({ id: 1 })],
      ['2', create({ id: 2, a: 'x' })],
      ['2', undefined],
      ['2', update({ id: 2 })],
    );
    assert.deepEqual(before(3), { id: 1 });
    assert.equal(before(2), undefined);
    assert.equal(before(6), undefined);
  });

  it('is nothing without a key, and nothing is read that is not asked for', () => {
    const { before, read } = open([null, create({ a: 1 })], [null, update({ b: 1 })], ['1', update({})]);
    assert.equal(before(1), undefined);
    assert.equal(before(2), undefined);
    assert.deepEqual(read, []);
  });

  it('holds columns of any name', () => {
    const { before } = open(['1', create(JSON.parse('{"__proto__":"x","constructor":"y"}'))], ['1', update({})]);
    assert.deepEqual(Object.entries(before(1)!), [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});
