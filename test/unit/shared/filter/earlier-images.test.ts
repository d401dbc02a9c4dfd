import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChangeEvent } from '../../../../shared/change/change-event.ts';
import { EarlierImages } from '../../../../shared/filter/earlier-images.ts';
import type { KafkaRecord } from '../../../../shared/kafka/record.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

const unavailable = '?';

type KeyedEvent = readonly [key: string | null, event: ChangeEvent | undefined, table?: string];

/** Records of one partition, each a key and its event, or undefined for one that cannot be read; of the table `t`. */
function open(...events: readonly KeyedEvent[]) {
  const tables = events.map(([, , table]) => table);
  const records = events.map(([key], offset) =>
    toEventRecord({ topic: 't', partition: 0, offset, value: '{}', ...(key !== null && { key }) }),
  );
  const read: KafkaRecord[] = [];
  const images = new EarlierImages(records, (record) => {
    read.push(record);
    const event = events[record.offset]![1];
    return event && { table: tables[record.offset] ?? 't', event };
  });
  const used: number[] = [];
  const before = (offset: number) =>
    images.before(
      records[offset]!,
      't',
      ({ image }, column) => Object.hasOwn(image, column) && image[column] !== unavailable,
      (record) => used.push(record.offset),
    );
  return { before, read, used };
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

  it('is of rows of the same table alone', () => {
    const { before } = open(
      ['1', create({ id: 1, a: 'own' })],
      ['1', create({ id: 1, a: 'of another', b: 'table' }), 'other'],
      ['1', update({ id: 1 })],
    );
    assert.deepEqual(before(2), { id: 1, a: 'own' });
  });

  it('is told of the records that it follows from, and no others', () => {
    const { before, used } = open(
      ['1', create({ id: 1, a: 'overwritten' })],
      ['1', update({ id: 1, a: 'overwritten too' })],
      ['1', update({ id: 1, a: 'last' })],
      ['1', update({ id: 1 })],
    );
    assert.deepEqual(before(3), { id: 1, a: 'last' });
    assert.deepEqual(used, [0, 2]);
  });

  it('reads each record of a row once, however often the row is asked for', () => {
    const changes = Array.from(
      { length: 1_000 },
      (_, index): KeyedEvent => ['1', update({ id: 1, [`c${index % 5}`]: index })],
    );
    const { before, read } = open(['1', create({ id: 1, a: 'kept' })], ...changes);
    for (let offset = 1; offset <= 1_000; offset++) assert.equal(before(offset)!.a, 'kept');
    assert.equal(read.length, 1_000);
    assert.deepEqual(before(1), { id: 1, a: 'kept' });
  });

  it('holds columns of any name', () => {
    const { before } = open(['1', create(JSON.parse('{"__proto__":"x","constructor":"y"}'))], ['1', update({})]);
    assert.deepEqual(Object.entries(before(1)!), [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});
