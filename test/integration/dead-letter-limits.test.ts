import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { openOperatedSink } from '../support/open-operated-sink.ts';
import { create } from '../support/open-target.ts';

const setup = 'create table t (id integer primary key, age smallint)';

async function open(t: TestContext, config: Record<string, string> = {}) {
  const sink = await openOperatedSink(t, setup, config);
  return {
    ...sink,
    /** Delivers a batch of `count` records, the first `bad` of which fail, from the offset on. */
    send: (from: number, count: number, bad: number) =>
      sink.deliver(
        Array.from({ length: count }, (_, i) => ({
          offset: from + i,
          value: create({ id: from + i, age: i < bad ? 'x' : 1 }),
        })),
      ),
    counts: async () =>
      (
        await sink.database.query(
          `select (select count(*)::int from t) as rows, (select count(*)::int from sluice.dead_letters) as letters,
             (select blocked_code from sluice.offsets) as blocked`,
        )
      )[0],
  };
}

describe('DEAD_LETTER_LIMIT', () => {
  test('a batch of which more than half fails stops instead of being stored, and applies once the limit is raised', async (t) => {
    const { send, counts } = await open(t);
    assert.equal(await send(0, 100, 50), null);
    assert.equal(await send(100, 100, 51), 100);
    assert.deepEqual(await counts(), { rows: 50, letters: 50, blocked: 'DEAD_LETTER_LIMIT' });
    const patient = await open(t, { 'errors.deadletter.max.percent': '100' });
    await patient.send(0, 1, 0);
    assert.equal(await patient.send(1, 200, 200), null);
    assert.deepEqual(await patient.counts(), { rows: 1, letters: 200, blocked: null });
  });

  test('records that PostgreSQL refuses count as well', async (t) => {
    const { send, counts, database } = await open(t);
    await database.query('alter table t add check (age > 5)');
    assert.equal(await send(0, 200, 0), 0);
    assert.deepEqual(await counts(), { rows: 0, letters: 0, blocked: 'DEAD_LETTER_LIMIT' });
  });

  test('a partition whose first 100 records all fail stops, however small its batches are', async (t) => {
    const { send, counts } = await open(t);
    for (let from = 0; from < 90; from += 10) assert.equal(await send(from, 10, 10), null);
    assert.equal(await send(90, 10, 10), 90);
    assert.deepEqual(await counts(), { rows: 0, letters: 90, blocked: 'DEAD_LETTER_LIMIT' });
  });

  test('open letters are limited; discarding some lets the partition go on', async (t) => {
    const { send, ask, counts } = await open(t, { 'errors.deadletter.max.open': '3' });
    assert.equal(await send(0, 4, 3), null);
    assert.equal(await send(4, 2, 1), 4);
    assert.equal((await counts())?.blocked, 'DEAD_LETTER_LIMIT');
    assert.deepEqual(await ask({ call: 'deadLetters.discard', topic: 't', limit: 1 }), { discarded: 1, hasMore: true });
    assert.equal(await send(4, 2, 1), null);
    assert.deepEqual(await counts(), { rows: 2, letters: 4, blocked: null });
  });

  test('events that follow one bad record of a busy row do not stop the connector', async (t) => {
    const { deliver, counts } = await open(t);
    const value = (i: number) => create({ id: 1, age: i === 0 ? 'x' : i });
    assert.equal(await deliver(Array.from({ length: 150 }, (_, i) => ({ offset: i, value: value(i) }))), null);
    assert.equal((await counts())?.letters, 150);
  });
});

describe('no secret leaves with a dead letter', () => {
  const secret = 'the salary';
  const record = { offset: 0, value: { op: 'c', before: null, after: { id: 1, age: 'x', note: secret } } };
  const stored = 'select payload, value, headers::text as headers, row_key from sluice.dead_letters';

  test('a connector that leaves columns out stores no payload, and redrive says so', async (t) => {
    const { deliver, ask, database } = await open(t, { 'column.exclude.list': '.*note' });
    await deliver([record]);
    assert.deepEqual(await database.query(stored), [{ payload: 'none', value: null, headers: '[]', row_key: '["1"]' }]);
    assert.equal((await ask({ call: 'deadLetters.redrive', topic: 't' })).withoutPayload, 1);
  });

  test('with a key it stores the payload encrypted, and redrives it', async (t) => {
    const key = randomBytes(32).toString('base64');
    const config = { 'column.exclude.list': '.*note', 'errors.deadletter.encryption.key': key };
    const { deliver, ask, database } = await open(t, config);
    await deliver([record, { offset: 1, value: { op: 'c', before: null, after: { id: 2, age: 'x', note: secret } } }]);
    const [letter, other] = await database.query(`${stored} order by "offset"`);
    assert.equal(letter!.payload, 'encrypted');
    assert.ok(
      !(letter!.value as Buffer).includes('salary') && !(letter!.value as Buffer).equals(other!.value as Buffer),
    );
    await database.query('alter table t alter age type text');
    assert.equal((await ask({ call: 'deadLetters.redrive', topic: 't' })).redriven, 2);
    assert.deepEqual(await database.query('select id, age from t'), [
      { id: 1, age: 'x' },
      { id: 2, age: 'x' },
    ]);
  });

  test('full is what the user asked for', async (t) => {
    const { deliver, database } = await open(t, {
      'column.exclude.list': '.*note',
      'errors.deadletter.payload': 'full',
    });
    await deliver([record]);
    const [letter] = await database.query(stored);
    assert.ok((letter!.value as Buffer).includes(secret));
  });
});
