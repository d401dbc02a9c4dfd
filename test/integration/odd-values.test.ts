import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, expectLedger, openTarget } from '../support/open-target.ts';

test('elements of arrays follow the rules of their type', async (t) => {
  const target = await openTarget(
    t,
    'create table t (id integer primary key, a text[], j jsonb[], y bytea[], n int[])',
  );
  await target.send(
    create({
      id: 1,
      a: [
        ['a', 'b'],
        ['c', null],
      ],
      j: ['two words', { n: 1.5 }],
      y: ['AP8Q', '\\x01'],
    }),
    create({ id: 2, a: [['a'], 'b'] }),
    create({ id: 3, a: ['half \ud83d'] }),
    create({ id: 4, a: ['NUL \0'] }),
    create({ id: 5, n: [2 ** 31] }),
    create({ id: 6, j: ['\0'] }),
  );
  assert.deepEqual(await target.database.query('select a::text, j::text, y::text from t'), [
    { a: '{{a,b},{c,NULL}}', j: '{"\\"two words\\"","{\\"n\\": 1.5}"}', y: '{"\\\\x00ff10","\\\\x01"}' },
  ]);
  assert.deepEqual(await target.database.query('select code, column_name from sluice.dead_letters order by "offset"'), [
    { code: 'VALUE_INVALID', column_name: 'a' },
    { code: 'VALUE_INVALID', column_name: 'a' },
    { code: 'VALUE_INVALID', column_name: 'a' },
    { code: 'VALUE_OUT_OF_RANGE', column_name: 'n' },
    { code: 'VALUE_INVALID', column_name: 'j' },
  ]);
});

test('a number keeps its digits in columns of text, and its value in integers, whatever its notation', async (t) => {
  const target = await openTarget(t, 'create table t (id bigint primary key, a text, j json)');
  await target.send(
    '{"op":"c","after":{"id":9.007199254740993e15,"a":0.0000001,"j":0.0000001}}',
    '{"op":"c","after":{"id":-1.20e1,"a":1E2,"j":[1.0e+1]}}',
  );
  assert.deepEqual(await target.database.query('select id, a, j::text from t order by id'), [
    { id: '-12', a: '1E2', j: '[1.0e+1]' },
    { id: '9007199254740993', a: '0.0000001', j: '0.0000001' },
  ]);
});

test('text that is not base64 is refused for bytes, never cut', async (t) => {
  const target = await openTarget(t, 'create table t (id integer primary key, y bytea)');
  const texts = ['hello', 'A', 'AA=A', 'not base64!', 'QUI=', 'QUI', ''];
  await target.send(...texts.map((y, id) => create({ id, y })));
  assert.deepEqual(await target.database.query('select id, y::text from t order by id'), [
    { id: 4, y: '\\x4142' },
    { id: 5, y: '\\x4142' },
    { id: 6, y: '\\x' },
  ]);
  await expectLedger(target, { applied: 3, letters: 4 });
});
