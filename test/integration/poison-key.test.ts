import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openOperatedSink } from '../support/open-operated-sink.ts';
import { create, remove, update } from '../support/open-target.ts';

const setup = 'create table t (id integer primary key, age smallint check (age >= 0), name text)';
const rowsQuery = 'select id, age, name from t order by id';

async function open(t: TestContext, config: Record<string, string> = {}) {
  const sink = await openOperatedSink(t, setup, config);
  let next = 0;
  return {
    ...sink,
    /** Delivers the messages as one batch behind those before. */
    send: async (...messages: readonly unknown[]) => {
      const records = messages.map((value) => ({ offset: next++, value }));
      assert.equal(await sink.deliver(records), null);
    },
    rows: () => sink.database.query(rowsQuery),
    mend: () => sink.database.query('alter table t drop constraint t_age_check'),
  };
}

/** What a letter's position is called in a call. */
const at = (offset: number) => ({ topic: 't', partition: 0, offset });

describe('poison.key=hold', () => {
  test('later events of a row follow its dead letter, in the same batch and in later ones; other rows go on', async (t) => {
    const { send, letters, rows, database } = await open(t);
    await send(create({ id: 1, age: 5 }), create({ id: 2, age: 'x' }), update({ id: 2 }, { id: 2, name: 'b' }));
    await send(update({ id: 1 }, { id: 1, name: 'a' }), remove({ id: 2 }), create({ id: 3, age: 3 }));
    assert.deepEqual(await letters(), ['1 VALUE_INVALID open', '2 KEY_HELD open', '4 KEY_HELD open']);
    assert.deepEqual(await rows(), [
      { id: 1, age: 5, name: 'a' },
      { id: 3, age: 3, name: null },
    ]);
    assert.deepEqual(await database.query('select distinct table_name, row_key from sluice.dead_letters'), [
      { table_name: 'public.t', row_key: '["2"]' },
    ]);
    assert.deepEqual(await database.query('select applied::int, dead_lettered::int as letters from sluice.offsets'), [
      { applied: 3, letters: 3 },
    ]);
  });

  test('a record that PostgreSQL refuses holds its row as well, in the same batch too', async (t) => {
    const { send, letters, rows } = await open(t, { 'insert.mode': 'insert', writeMode: 'insert' });
    await send(create({ id: 1, age: -1 }), create({ id: 2, age: 2 }), update({ id: 1 }, { id: 1, age: 4 }));
    await send(create({ id: 1, age: 1 }));
    assert.deepEqual(await letters(), ['0 ROW_REJECTED open', '2 KEY_HELD open', '3 KEY_HELD open']);
    assert.deepEqual(await rows(), [{ id: 2, age: 2, name: null }]);
  });

  for (const [type, bad, later, other] of [
    ['numeric(6,2)', '1.001', '1.0049', '1.005'],
    ['timestamp(3)', '2026-01-01T00:00:00.123456', '2026-01-01 00:00:00.1234', '2026-01-01T00:00:00.1235'],
    ['timestamptz', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01', '2026-01-01T00:00:00+01:00'],
    ['date', '2026-01-01', '2026-01-01T10:00:00', '2026-01-02'],
  ] as const) {
    test(`a row whose ${type} key is spelt or rounded otherwise is held as well`, async (t) => {
      const sink = await openOperatedSink(t, `create table t (id ${type} primary key, age smallint)`);
      const messages = [create({ id: bad, age: 'x' }), create({ id: later, age: 1 }), create({ id: other, age: 2 })];
      for (const [offset, value] of messages.entries()) await sink.deliver([{ offset, value }]);
      assert.deepEqual(await sink.letters(), ['0 VALUE_INVALID open', '1 KEY_HELD open']);
      assert.deepEqual(await sink.database.query('select age from t'), [{ age: 2 }]);
    });
  }

  test('a held event that moves its row holds the key that it moves to', async (t) => {
    const { send, letters } = await open(t);
    await send(create({ id: 1, age: 'x' }), update({ id: 1 }, { id: 7, name: 'moved' }));
    await send(update({ id: 7 }, { id: 7, name: 'later' }));
    assert.deepEqual(await letters(), ['0 VALUE_INVALID open', '1 KEY_HELD open', '2 KEY_HELD open']);
  });

  test('another instance of the function holds the same rows', async (t) => {
    const { send, open: openWorker, letters } = await open(t);
    await send(create({ id: 1, age: 'x' }));
    const value = JSON.stringify(create({ id: 1, age: 3 }));
    await openWorker().invoke(buildKafkaEvent([{ topic: 't', partition: 0, offset: 1, value }]));
    assert.deepEqual(await letters(), ['0 VALUE_INVALID open', '1 KEY_HELD open']);
  });

  test('redrive applies the letters of a row in order, once, and the row goes on afterwards', async (t) => {
    const { send, mend, ask, letters, rows } = await open(t);
    await send(create({ id: 1, age: -1, name: 'first' }), create({ id: 2, age: -2 }));
    await send(update({ id: 1 }, { id: 1, name: 'second' }), update({ id: 1 }, { id: 9, name: 'third' }));
    const before = await ask({ call: 'deadLetters.redrive', letters: [at(0)], wholeRows: true });
    assert.deepEqual([before.redriven, before.failed, before.waiting], [0, 1, 2]);
    assert.deepEqual(
      before.failures.map(({ offset, code }) => [offset, code]),
      [[0, 'ROW_REJECTED']],
    );
    await mend();
    const alone = await ask({ call: 'deadLetters.redrive', letters: [at(3)] });
    assert.deepEqual([alone.redriven, alone.waiting], [0, 1]);
    const report = await ask({ call: 'deadLetters.redrive', letters: [at(0)], wholeRows: true });
    assert.deepEqual([report.redriven, report.failed, report.waiting, report.hasMore], [3, 0, 0, false]);
    assert.deepEqual(await rows(), [{ id: 9, age: -1, name: 'third' }]);
    assert.equal((await ask({ call: 'deadLetters.redrive', letters: [at(0)], wholeRows: true })).settled, 1);
    await send(update({ id: 9 }, { id: 9, name: 'fourth' }));
    assert.deepEqual(await rows(), [{ id: 9, age: -1, name: 'fourth' }]);
    assert.deepEqual(await letters(), [
      '0 ROW_REJECTED redriven',
      '1 ROW_REJECTED open',
      '2 KEY_HELD redriven',
      '3 KEY_HELD redriven',
    ]);
  });

  test('letters in tables of an earlier version, whose sink has not run since, are redriven', async (t) => {
    const { send, mend, ask, rows, database } = await open(t);
    await send(create({ id: 1, age: -1, name: 'first' }));
    await mend();
    await database.query('alter table sluice.dead_letters drop column schemas');
    await database.query('delete from sluice.migrations where number > 1');
    assert.equal((await ask({ call: 'deadLetters.redrive', letters: [at(0)] })).redriven, 1);
    assert.deepEqual(await rows(), [{ id: 1, age: -1, name: 'first' }]);
  });

  test('two redrives at once apply each letter once, also on a table without key', async (t) => {
    const { database, deliver, openAdmin } = await openOperatedSink(t, 'create table t (n smallint)');
    const values = Array.from({ length: 40 }, (_, i) => create({ n: 40_000 + i }));
    await deliver(values.map((value, offset) => ({ offset, value })));
    await database.query('alter table t alter n type integer');
    const admins = [openAdmin(), openAdmin()];
    const reports = await Promise.all(
      admins.map((ask) => ask({ call: 'deadLetters.redrive', code: 'VALUE_OUT_OF_RANGE' })),
    );
    assert.equal(
      reports.reduce((sum, { redriven }) => sum + redriven, 0),
      40,
    );
    assert.deepEqual(await database.query('select count(*)::int as n, count(distinct n)::int as m from t'), [
      { n: 40, m: 40 },
    ]);
  });

  test('discard lets the row go on behind what was thrown away', async (t) => {
    const { send, ask, letters, rows } = await open(t);
    await send(create({ id: 1, age: 'x' }), update({ id: 1 }, { id: 1, name: 'held' }));
    assert.deepEqual(await ask({ call: 'deadLetters.discard', letters: [at(0)] }), { discarded: 1, hasMore: false });
    assert.equal(
      (await ask({ call: 'deadLetters.redrive', row: { tableName: 'public.t', rowKey: '["1"]' } })).redriven,
      1,
    );
    await send(update({ id: 1 }, { id: 1, age: 8 }));
    assert.deepEqual(await rows(), [{ id: 1, age: 8, name: 'held' }]);
    assert.deepEqual(await letters(), ['0 VALUE_INVALID discarded', '1 KEY_HELD redriven']);
  });

  test('a letter that still fails stays open with its new reason, and one that is filtered now is settled', async (t) => {
    const { send, ask, database, letters } = await open(t);
    await send(create({ id: 1, age: 'x' }), '{"op":"?"}');
    await database.query(
      'update sluice.dead_letters set value = \'{"op":"c","after":{"id":1,"age":-3}}\' where "offset" = 0',
    );
    await database.query('update sluice.dead_letters set value = null where "offset" = 1');
    const report = await ask({ call: 'deadLetters.redrive', topic: 't' });
    assert.deepEqual([report.failed, report.filtered], [1, 1]);
    assert.deepEqual(await letters(), ['0 ROW_REJECTED open', '1 CHANGE_INVALID redriven']);
    assert.deepEqual(await database.query('select attempts, sqlstate from sluice.dead_letters where "offset" = 0'), [
      { attempts: 1, sqlstate: '23514' },
    ]);
  });
});

describe('poison.key=skip', () => {
  test('later events apply and supersede the letters of their row, which redrive then reports and leaves', async (t) => {
    const { send, mend, ask, letters, rows } = await open(t, { 'poison.key': 'skip' });
    await send(create({ id: 1, age: -1 }), create({ id: 2, age: -2 }), create({ id: 3, age: 'x' }));
    await send(create({ id: 1, age: 4 }), create({ id: 4, age: 'x' }), create({ id: 4, age: 1 }));
    assert.deepEqual(await letters(), [
      '0 ROW_REJECTED superseded',
      '1 ROW_REJECTED open',
      '2 VALUE_INVALID open',
      '4 VALUE_INVALID superseded',
    ]);
    await mend();
    const report = await ask({ call: 'deadLetters.redrive', letters: [at(0), at(1), at(4)] });
    assert.deepEqual([report.redriven, report.superseded], [1, 2]);
    assert.deepEqual(await rows(), [
      { id: 1, age: 4, name: null },
      { id: 2, age: -2, name: null },
      { id: 4, age: 1, name: null },
    ]);
  });
});

describe('a record parked by hand', () => {
  test('becomes a dead letter undecoded, in any mode, and can be redriven', async (t) => {
    const { send, ask, letters, rows } = await open(t, { 'errors.tolerance': 'none' });
    await send(create({ id: 1, age: 1 }));
    assert.deepEqual(await ask({ call: 'offsets.park', ...at(2) }), { changed: 1 });
    assert.deepEqual(await ask({ call: 'offsets.park', ...at(0) }), { changed: 0 });
    await send(create({ id: 2, age: 2 }), create({ id: 3, age: 3 }), create({ id: 4, age: 4 }));
    assert.deepEqual(await letters(), ['2 RECORD_PARKED open']);
    assert.deepEqual(
      (await rows()).map(({ id }) => id),
      [1, 2, 4],
    );
    assert.equal((await ask({ call: 'deadLetters.redrive', code: 'RECORD_PARKED' })).redriven, 1);
    assert.deepEqual(
      (await rows()).map(({ id }) => id),
      [1, 2, 3, 4],
    );
  });
});
