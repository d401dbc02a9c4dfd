import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openSink } from '../support/open-sink.ts';

/** Column type, JSON as the producer writes it, text as PostgreSQL prints it; absent: the JSON text, unquoted. */
type Case = readonly [type: string, json: string, text?: string | null];

const cases: readonly Case[] = [
  ['smallint', '-32768'],
  ['integer', '2147483647'],
  ['integer', '7.0', '7'],
  ['integer', '1e3', '1000'],
  ['bigint', '9007199254740993'],
  ['bigint', '-9223372036854775808'],
  ['bigint', '"9223372036854775807"'],
  ['numeric', '123456789012345678901234567890.123456789012345678901234567890'],
  ['numeric', '0.10'],
  ['numeric', '-1E-20', '-0.00000000000000000001'],
  ['numeric', '"12.500"'],
  ['numeric', '"NaN"'],
  ['numeric(10,2)', '1.005', '1.01'],
  ['real', '0.1'],
  ['real', '3.4028235e38', '3.4028235e+38'],
  ['real', '1.1754944e-38'],
  ['real', '16777217', '1.6777216e+07'],
  ['real', '"-Infinity"'],
  ['double precision', '0.30000000000000004'],
  ['double precision', '1.7976931348623157e308', '1.7976931348623157e+308'],
  ['double precision', '5e-324'],
  ['double precision', '-0.0', '-0'],
  ['double precision', '"NaN"'],
  ['boolean', 'true', 't'],
  ['boolean', 'false', 'f'],
  ['date', '"2024-02-29"'],
  ['date', '"0044-03-15 BC"'],
  ['date', '"infinity"'],
  ['time', '"23:59:59.999999"'],
  ['time', '"24:00:00"'],
  ['timetz', '"12:34:56.789+05:30"'],
  ['timestamp', '"2024-02-29T12:34:56.123456"', '2024-02-29 12:34:56.123456'],
  ['timestamp', '"294276-12-31 23:59:59.999999"'],
  ['timestamptz', '"2024-02-29T12:34:56.789012+02:00"', '2024-02-29 10:34:56.789012+00'],
  ['timestamptz', '"0001-01-01 00:00:00 BC"', '0001-01-01 00:00:00+00 BC'],
  ['interval', '"1 year 2 mons 3 days 04:05:06.789"'],
  ['interval', '"P1Y2M3DT4H5M6S"', '1 year 2 mons 3 days 04:05:06'],
  ['text', '""'],
  ['text', '"null"'],
  ['text', JSON.stringify('\\N {a,"b"} \'q\'\t\r\n Zoë 🚰 \u2028'), '\\N {a,"b"} \'q\'\t\r\n Zoë 🚰 \u2028'],
  ['text', '12.340'],
  ['text', '9007199254740993'],
  ['text', 'true'],
  ['text', '{"n":12.340,"s":"x"}'],
  ['varchar(5)', '"äöüßé"'],
  ['char(5)', '"ab"', 'ab   '],
  ['json', '{"b":1,"a":[9007199254740993,1.10,{"c":null}]}'],
  ['json', '"{\\"kept\\":  1}"', '{"kept":  1}'],
  ['json', '1e400'],
  ['jsonb', '{"b":1,"a":[9007199254740993,1.10]}', '{"a": [9007199254740993, 1.10], "b": 1}'],
  ['jsonb', '"two words"', '"two words"'],
  ['jsonb', '12345678901234567890.10'],
  ['jsonb', '[]'],
  ['jsonb', 'false'],
  ['bytea', '"AP8Q"', '\\x00ff10'],
  ['bytea', '"\\\\x00ff"', '\\x00ff'],
  ['uuid', '"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['inet', '"192.168.0.1/24"'],
  ['cidr', '"2001:db8::/32"'],
  ['macaddr', '"08:00:2b:01:02:03"'],
  ['bit(4)', '"1010"'],
  ['bit varying', '"101"'],
  ['integer[]', '[1,null,-3]', '{1,NULL,-3}'],
  ['integer[]', '[[1,2],[3,4]]', '{{1,2},{3,4}}'],
  ['integer[]', '"{5,6}"', '{5,6}'],
  ['integer[]', '[]', '{}'],
  ['bigint[]', '[9007199254740993]', '{9007199254740993}'],
  ['numeric[]', '[1.10,12345678901234567890]', '{1.10,12345678901234567890}'],
  ['text[]', '["a,b","NULL","",null,"q\\"\\\\","{}"]', '{"a,b","NULL","",NULL,"q\\"\\\\","{}"}'],
  ['jsonb[]', '[{"a":1.10}]', '{"{\\"a\\": 1.10}"}'],
  ['timestamptz[]', '["2024-01-01T00:00:00+01:00"]', '{"2023-12-31 23:00:00+00"}'],
  ['mood', '"very happy"'],
  ['mood[]', '["very happy"]', '{"very happy"}'],
  ['price', '10.50'],
  ['int4range', '"[1,5)"'],
  ['int8multirange', '"{[1,5),[9,11)}"'],
  ['tstzrange', '"[\\"2019-03-31 15:30:00+00\\",)"', '["2019-03-31 15:30:00+00",)'],
  ['point', '"(1,-2.5)"'],
  ['point', '{"x":1,"y":-2.5,"wkb":null,"srid":null}', '(1,-2.5)'],
  ['line', '{"a":1,"b":-1,"c":0.5}', '{1,-1,0.5}'],
  ['circle', '{"center":{"x":1,"y":2},"radius":3}', '<(1,2),3>'],
  ['lseg', '"[(0,0),(1,1)]"'],
  ['box', '"(2,2),(0,0)"'],
  ['box[]', '["(2,2),(0,0)","(1,1),(0,0)"]', '{(2,2),(0,0);(1,1),(0,0)}'],
  ['path', '"((0,0),(1,1))"'],
  ['polygon', '"((0,0),(1,1),(2,0))"'],
  ['money', '-1234.56', '-$1,234.56'],
  ['oid', '4294967295'],
  ['name', '"a name"'],
  ['citext', '"MiXed"'],
  ['macaddr8', '"08:00:2b:01:02:03:04:05"'],
  ['xml', '"<a b=\\"1\\">x</a>"', '<a b="1">x</a>'],
  ['tsvector', "\"'direct':6 'insert':8A\"", "'direct':6 'insert':8A"],
  ['ltree', '"Top.Science"'],
  ['hstore', '{"a \\"q\\"":"1","n":1.10,"z":null}', '"n"=>"1.10", "z"=>NULL, "a \\"q\\""=>"1"'],
  ['hstore', '"a=>1"', '"a"=>"1"'],
  ['address', '{"street":"a \\"b\\", (c)","number":9007199254740993}', '("a ""b"", (c)",9007199254740993)'],
  ['address', '"(x,1)"', '(x,1)'],
  ['address[]', '[{"street":"x","number":null}]', '{"(x,)"}'],
  ['price[]', '[1.50,null]', '{1.50,NULL}'],
  ['bytea', '[0,255,-1]', '\\x00ffff'],
  ['numeric', '{"scale":3,"value":"/w=="}', '-0.001'],
  ['date', '19782', '2024-02-29'],
  ['date', '-719163', '0001-12-31 BC'],
  ['date', '20240229', '2024-02-29'],
  ['timestamptz', '1709210096', '2024-02-29 12:34:56+00'],
  ['timestamptz', '1709210096123', '2024-02-29 12:34:56.123+00'],
  ['timestamp', '1709210096123456', '2024-02-29 12:34:56.123456'],
  ['timestamp', '1709210096123456789', '2024-02-29 12:34:56.123456'],
  ['timestamp', '9223372036825200000', 'infinity'],
  ['time', '45296123456', '12:34:56.123456'],
  ['time(3)', '45296123', '12:34:56.123'],
  ['time', '86400000000', '24:00:00'],
  ['interval', '34567890500001', '9602:11:30.500001'],
  ['interval', '"P1Y2M-3DT4H5M6.78S"', '1 year 2 mons -3 days +04:05:06.78'],
  ['timestamptz', '"+12345-01-01T00:00:00Z"', '12345-01-01 00:00:00+00'],
  ['timestamptz', '"-0043-03-15T00:00:00Z"', '0044-03-15 00:00:00+00 BC'],
  ['timestamptz', '"2024-02-29T12:34:56+01:00[Europe/Paris]"', '2024-02-29 11:34:56+00'],
  ['date', '"2017-09-15Z"', '2017-09-15'],
  ...['integer', 'numeric', 'text', 'jsonb', 'bytea', 'timestamptz', 'integer[]', 'mood'].map(
    (type): Case => [type, 'null', null],
  ),
];

const setup = `
  create type mood as enum ('sad', 'very happy');
  create domain price as numeric check (value >= 0);
  create type address as (street text, number bigint);
  create extension hstore; create extension citext; create extension ltree;
  create table wide (id integer primary key, ${cases.map(([type], i) => `c${i} ${type}`).join(', ')});`;

const image = (id: number) => `{"id":${id},${cases.map(([, json], i) => `"c${i}":${json}`).join(',')}}`;
const expected = cases.map(([, json, text]) => (text === undefined ? json.replace(/^"(.*)"$/s, '$1') : text));

function assertCases(row: readonly (string | null)[]): void {
  const show = (text: string | null | undefined, i: number) => `${cases[i]![0]} ${cases[i]![1]} → ${text}`;
  assert.deepEqual(row.map(show), expected.map(show));
}

for (const path of ['c', 'u of a row that exists', 'u of a row that is missing', 'u with another key']) {
  test(`every type keeps its value, written by ${path}`, async (t) => {
    const { database, worker } = await openSink(t, {
      setup,
      config: { topics: 'wide', 'target.tablename': 'wide', writeMode: 'upsert' },
    });
    const exists = path === 'u of a row that exists';
    const moves = path === 'u with another key';
    if (exists || moves) await database.query('insert into wide (id) values ($1)', [moves ? 2 : 1]);
    const before = path === 'c' ? 'null' : `{"id":${moves ? 2 : 1}}`;
    const value = `{"op":"${path === 'c' ? 'c' : 'u'}","before":${before},"after":${image(1)}}`;
    await worker.invoke(buildKafkaEvent([{ topic: 'wide', partition: 0, offset: 0, value }]));
    assert.deepEqual(await database.query('select code, message from sluice.dead_letters'), []);
    const raw = await database.connect({ types: { getTypeParser: () => String as never } });
    const { rows } = await raw.query({ text: 'select * from wide', rowMode: 'array' });
    assert.equal(rows.length, 1);
    assertCases(rows[0]!.slice(1));
  });
}

test('every type keeps its value when it is the only one of its record', async (t) => {
  const { database, worker } = await openSink(t, {
    setup,
    config: { topics: 'wide', 'target.tablename': 'wide', writeMode: 'upsert' },
  });
  const values = cases.map(([, json], i) => `{"op":"c","before":null,"after":{"id":${i},"c${i}":${json}}}`);
  await worker.invoke(buildKafkaEvent(values.map((value, offset) => ({ topic: 'wide', partition: 0, offset, value }))));
  assert.deepEqual(await database.query('select "offset", code, message from sluice.dead_letters'), []);
  const raw = await database.connect({ types: { getTypeParser: () => String as never } });
  const { rows } = await raw.query({ text: 'select * from wide order by id', rowMode: 'array' });
  assertCases(rows.map((row, i) => row[i + 1]));
});

test('the sample table without a key takes equal rows one by one, and a full image removes one of them', async (t) => {
  const samples = readFileSync(new URL('../fixtures/samples/test15.sql', import.meta.url), 'utf8');
  const { database, worker } = await openSink(t, {
    setup: samples,
    config: { topics: 'test15', 'target.tablename': 'test15', writeMode: 'upsert' },
  });
  const row =
    '{"b1":9007199254740993,"b2":-32768,"b3":7,"b4":-2147483648,"b5":true,"b6":0.1,"b7":5e-324,"b8":0.30000000000000004,' +
    '"b9":"2024-02-29","b10":"12:34:56.789+02:00","b11":"2024-02-29T12:34:56.789012+02:00","b12":null,"b15":{"n":[1.10]}}';
  const values = [
    `{"op":"c","before":null,"after":${row}}`,
    `{"op":"c","before":null,"after":${row}}`,
    `{"op":"d","before":${row},"after":null}`,
  ];
  const records = values.map((value, offset) => ({ topic: 'test15', partition: 0, offset, value }));
  await worker.invoke(buildKafkaEvent(records.slice(0, 2)));
  assert.deepEqual(await database.query('select count(*)::integer as n from test15'), [{ n: 2 }]);
  await worker.invoke(buildKafkaEvent(records));
  const columns =
    'b1::text, b2::text, b3::text, b4::text, b5::text, b6::text, b7::text, b8::text, b9::text, b10::text, b11::text, b12, b15::text';
  assert.deepEqual(await database.query(`select ${columns} from test15`), [
    {
      b1: '9007199254740993',
      b2: '-32768',
      b3: '7',
      b4: '-2147483648',
      b5: 'true',
      b6: '0.1',
      b7: '5e-324',
      b8: '0.30000000000000004',
      b9: '2024-02-29',
      b10: '12:34:56.789+02',
      b11: '2024-02-29 10:34:56.789012+00',
      b12: null,
      b15: '{"n":[1.10]}',
    },
  ]);
});
