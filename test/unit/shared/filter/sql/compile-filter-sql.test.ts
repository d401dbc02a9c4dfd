import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Schema } from '../../../../../shared/data/schema.ts';
import { ExactNumber, type Fields } from '../../../../../shared/data/value.ts';
import { isSluiceError } from '../../../../../shared/errors/sluice-error.ts';
import { compileFilterSql, type FilterSqlOptions } from '../../../../../shared/filter/sql/compile-filter-sql.ts';
import { FilterSqlErrors } from '../../../../../shared/filter/sql/filter-sql-error.ts';
import type { SqlRow } from '../../../../../shared/filter/sql/row-source.ts';

const metadata = {
  op: 'u',
  topic: 'shop.public.orders',
  partition: 3,
  offset: 42,
  timestamp: 1_700_000_000_123,
  key: { schema: null, value: { id: 7 } },
  headers: [{ name: 'trace', value: 'x' }],
  source: { lsn: 9 },
};

function row(image: Fields, schema: Schema | null = null): SqlRow {
  return { image, schema, metadata };
}

async function compileOne(text: string, options?: FilterSqlOptions) {
  return (await compileFilterSql(text, options)).selects[0]!;
}

async function findingsOf(text: string): Promise<readonly string[]> {
  try {
    await compileFilterSql(text);
    return [];
  } catch (error) {
    assert.ok(error instanceof FilterSqlErrors, String(error));
    return error.findings.map(({ message }) => message);
  }
}

const refusals: readonly (readonly [sql: string, position: string, words: RegExp])[] = [
  ['SELECT a FRM t', '1:14', /syntax error/i],
  ['SELECT a FROM t JOIN u ON true', '1:22', /Joins/],
  ['SELECT a FROM t, u', '1:18', /Joins/],
  ['SELECT a FROM (SELECT 1) x', '1:23', /Subqueries/],
  ['SELECT a FROM t WHERE a IN (SELECT 1)', '1:25', /Subqueries/],
  ['SELECT a FROM t WHERE EXISTS (SELECT 1)', '1:23', /Subqueries/],
  ['WITH x AS (SELECT 1) SELECT a FROM t', '1:1', /WITH/],
  ['SELECT a FROM t UNION SELECT a FROM u', '1:30', /UNION/],
  // Nothing is known of a, and nothing that it could be makes these run.
  ["SELECT to_char(a, 'YYYY') AS v FROM t", '1:8', /function to_char\(unknown, unknown\) is not supported/],
  ['SELECT a FROM t WHERE power(a, 2) > 4', '1:23', /function power/],
  ['SELECT a ^ 2 AS v FROM t', '1:10', /operator \^ is not supported/],
  ['SELECT upper(a, b) AS v FROM t', '1:8', /function upper\(unknown, unknown\) does not exist/],
  ["SELECT interval '3 days' day AS v FROM t", '1:17', /Fields of an interval/],
  ['SELECT DISTINCT a FROM t', '1:1', /DISTINCT/],
  ['SELECT a FROM t GROUP BY a', '1:26', /GROUP BY/],
  ['SELECT a FROM t ORDER BY a', '1:26', /ORDER BY/],
  ['SELECT a FROM t LIMIT 1', '1:23', /LIMIT/],
  ['SELECT a FROM t FOR UPDATE', '1:1', /FOR UPDATE/],
  ['SELECT count(*) AS n FROM t', '1:8', /count.*aggregate/],
  ['SELECT sum(a) AS n FROM t', '1:8', /sum.*aggregate/],
  ['SELECT row_number() OVER () AS n FROM t', '1:8', /row_number/],
  ['SELECT abs(a) OVER () AS n FROM t', '1:8', /Window/],
  ['SELECT now() AS n FROM t', '1:8', /now.*clock/],
  ['SELECT current_timestamp AS n FROM t', '1:8', /clock/],
  ['SELECT current_user AS n FROM t', '1:8', /session/],
  ['SELECT age(a) AS n FROM t', '1:8', /age.*clock/],
  ['SELECT random() AS n FROM t', '1:8', /random.*volatile/],
  ['SELECT gen_random_uuid() AS n FROM t', '1:8', /volatile/],
  ['SELECT unnest(a) AS n FROM t', '1:8', /rows/],
  ['SELECT to_char(a::date, $$YYYY$$) AS n FROM t', '1:8', /to_char.*not supported/],
  ['SELECT power(2, a::float8) AS n FROM t', '1:8', /power.*not supported/],
  ['SELECT foo(a) AS n FROM t', '1:8', /foo/],
  ['SELECT a::money AS n FROM t', '1:9', /money/],
  ['SELECT a::int[][] AS n FROM t', '1:9', /Arrays of arrays/],
  ['SELECT a FROM t WHERE a = $1', '1:27', /Parameters/],
  ['SELECT ctid FROM t', '1:18', /ctid.*system column/],
  ['SELECT a, b AS a FROM t', '1:11', /a stands twice/],
  ['SELECT *, upper(a) AS a FROM t', '1:11', /a stands twice/],
  ['SELECT a + 1 FROM t', '1:8', /AS/],
  ['SELECT a FROM t; SELECT b FROM t', '1:32', /two SELECTs/],
  ['SELECT a FROM t;\nSELECT b FROM public.t', '2:15', /two SELECTs/],
  ['SELECT x.a FROM t', '1:8', /no table x/],
  ['DELETE FROM t', '1:1', /Only SELECT/],
  ['SELECT a FROM t; DROP TABLE t', '1:18', /Only SELECT/],
  ["SELECT a FROM t WHERE a ~ '(x)\\1'", '1:25', /\\1/],
  ["SELECT a FROM t WHERE a ~ '\\mfoo'", '1:25', /\\m/],
  ["SELECT a FROM t WHERE a ~ '(?=x)y'", '1:25', /options|lookaround/],
  ["SELECT a FROM t WHERE a ~ '((a{255}){255}){255}'", '1:25', /too large/],
  ['SELECT a FROM t WHERE a ~ b', '1:25', /constant/],
  ["SELECT regexp_replace(a, '(x)', '\\1') AS n FROM t", '1:8', /capture/],
  ["SELECT a FROM t WHERE b = 'x'::int", '1:27', /literal/],
  ["SELECT a FROM t WHERE b::int = 'x'", '1:32', /literal/],
  ['SELECT a FROM t WHERE b::int || c::int = 1', '1:30', /\|\|/],
  ['SELECT a FROM t WHERE b::int', '1:23', /boolean/],
  ["SELECT a AT TIME ZONE 'Europe/Berlin' AS n FROM t", '1:10', /time zones/i],
  ['SELECT a COLLATE "de_DE" AS n FROM t', '1:10', /COLLATE/],
  ['SELECT ROW(a, b) AS n FROM t', '1:8', /Rows/],
  ["SELECT a FROM t WHERE B'101' = b", '1:23', /Bit strings/],
  ['SELECT CASE WHEN a::int THEN 1 END AS n FROM t', '1:18', /boolean/],
  ['SELECT CASE WHEN a THEN 1 ELSE b::date END AS n FROM t', '1:8', /cannot be matched/],
  [`SELECT a FROM t WHERE ${'('.repeat(0)}${'NOT '.repeat(200)}a`, '', /nested|levels/],
];

describe('what is not supported is refused by name and position', () => {
  for (const [sql, position, words] of refusals) {
    test(sql.length > 80 ? `${sql.slice(0, 80)}…` : sql, async () => {
      const [first = ''] = await findingsOf(sql);
      assert.match(first, words);
      if (position !== '') assert.ok(first.startsWith(`At ${position}: `), `${first} is not at ${position}`);
    });
  }

  test('all that is wrong is told at once', async () => {
    const findings = await findingsOf('SELECT now() AS n, foo(a) AS m FROM t WHERE random() < 1; DELETE FROM x');
    assert.equal(findings.length, 4);
  });

  test('texts without SELECT, too long or with too many are refused', async () => {
    assert.match((await findingsOf(' -- nothing'))[0]!, /at least one/);
    assert.match((await findingsOf(`SELECT a FROM t WHERE a = '${'x'.repeat(100_000)}'`))[0]!, /100000/);
    const many = Array.from({ length: 201 }, (_, index) => `SELECT a FROM t${index}`).join(';');
    assert.match((await findingsOf(many))[0]!, /200/);
  });
});

describe('three-valued logic and unavailable', () => {
  const cases: readonly (readonly [where: string, expected: boolean | null | 'unavailable'])[] = [
    ['a = 1', true],
    ['a = 2', false],
    ['n = 1', null],
    ['gone = 1', 'unavailable'],
    ['a = 2 AND gone = 1', false],
    ['gone = 1 AND a = 2', false],
    ['a = 1 OR gone = 1', true],
    ['gone = 1 OR a = 1', true],
    ['n = 1 AND gone = 1', 'unavailable'],
    ['n = 1 OR gone = 1', 'unavailable'],
    ['NOT gone', 'unavailable'],
    ['gone IS NULL', 'unavailable'],
    ['gone IS DISTINCT FROM n', 'unavailable'],
    ['n IS NULL', true],
    ['n IS NOT DISTINCT FROM NULL', true],
    ['coalesce(a, gone) = 1', true],
    ['coalesce(n, gone) = 1', 'unavailable'],
    ['CASE WHEN a = 1 THEN true ELSE gone END', true],
    ['CASE WHEN a = 2 THEN true ELSE gone END', 'unavailable'],
    ['CASE WHEN gone THEN true ELSE true END', 'unavailable'],
    ['a IN (2, gone)', 'unavailable'],
    ['a IN (1, gone)', true],
    ['a NOT IN (1, gone)', false],
    ['toast = 1', 'unavailable'],
    ['n + n > 0', null],
    ['n || n > 5', null],
  ];
  for (const [where, expected] of cases) {
    test(`${where} is ${expected}`, async () => {
      const select = await compileOne(`SELECT * FROM t WHERE ${where}`, {
        isUnavailable: (value) => value === 'toast',
      });
      assert.equal(select.test(row({ a: 1, n: null, toast: 'toast' })), expected);
    });
  }
});

describe('types', () => {
  test('come from each JSON value: the same expression adds numbers and refuses texts', async () => {
    const select = await compileOne('SELECT a + 1 AS b FROM t');
    assert.deepEqual(select.project(row({ a: new ExactNumber('9007199254740993.10') })).image, {
      b: new ExactNumber('9007199254740994.10'),
    });
    assert.throws(
      () => select.project(row({ a: 'x' })),
      (error) => isSluiceError(error, 'data') && /text \+ int4/.test(error.message) && /1:10/.test(error.message),
    );
  });

  test('come from the schema before the configuration, and from the configuration before JSON', async () => {
    const select = await compileOne('SELECT a / 2 AS half FROM t', { columnTypes: new Map([['a', 'integer']]) });
    const schema: Schema = {
      type: 'struct',
      optional: false,
      fields: [{ name: 'a', schema: { type: 'double', optional: true } }],
    };
    assert.deepEqual(select.project(row({ a: 5 })).image, { half: 2 });
    assert.deepEqual(select.project(row({ a: 5 }, schema)).image, { half: 2.5 });
    const untyped = await compileOne('SELECT a / 2 AS half FROM t');
    assert.deepEqual(untyped.project(row({ a: 5 })).image, { half: new ExactNumber('2.5000000000000000') });
  });

  test('give the same schema object to rows of the same types, and none to columns that pass through without', async () => {
    const select = await compileOne('SELECT id, name AS label, upper(name) AS name FROM t');
    const [one, two] = [select.project(row({ id: 1, name: 'a' })), select.project(row({ id: 2, name: 'b' }))];
    assert.equal(one.schema, two.schema);
    assert.deepEqual(
      one.schema?.fields?.map(({ name }) => name),
      ['name'],
    );
    assert.deepEqual(two.image, { id: 2, label: 'b', name: 'B' });
    assert.equal((await compileOne('SELECT id FROM t')).project(row({ id: 1 })).schema, null);
  });

  test('of a null do not decide: both sides may be null', async () => {
    const select = await compileOne('SELECT a * b AS c FROM t');
    assert.deepEqual(select.project(row({ a: null, b: null })).image, { c: null });
    assert.deepEqual(select.project(row({ a: null, b: 'x' })).image, { c: null });
  });
});

test('errors name position and kind, no value', async () => {
  const select = await compileOne('SELECT 1 / b AS c FROM t WHERE a::int > 0 AND b <> 7');
  assert.throws(
    () => select.test(row({ a: 'secret', b: 1 })),
    (error) =>
      isSluiceError(error, 'data') &&
      error.code === 'FILTER_FAILED' &&
      error.sqlState === '22P02' &&
      !error.message.includes('secret') &&
      error.message.includes('1:32'),
  );
  assert.throws(() => select.project(row({ b: 0 })), /division by zero/);
});

test('metadata is read as columns', async () => {
  const text = `SELECT __op AS op, __topic AS topic, __partition + 0 AS p, __offset AS o, __timestamp AS ts,
    __key->>'id' AS id, __headers->>'trace' AS trace, (__source->>'lsn')::int8 AS lsn FROM t`;
  const select = await compileOne(text);
  assert.deepEqual(select.project(row({})).image, {
    op: 'u',
    topic: 'shop.public.orders',
    p: 3,
    o: 42,
    ts: '2023-11-14 22:13:20.123+00',
    id: '7',
    trace: 'x',
    lsn: 9,
  });
  assert.deepEqual([...select.metadata].sort(), [
    '__headers',
    '__key',
    '__offset',
    '__op',
    '__partition',
    '__source',
    '__timestamp',
    '__topic',
  ]);
});

test('a table is found by its name, with or without schema and database', async () => {
  const sql = await compileFilterSql('SELECT * FROM orders; SELECT * FROM hr.people; SELECT * FROM "Mixed"');
  const tableOf = (topic: string, source?: Record<string, string>) =>
    sql.selectOf({ topic, ...(source && { source }) })?.table;
  assert.equal(tableOf('x', { db: 'shop', schema: 'public', table: 'orders' }), 'orders');
  assert.equal(tableOf('shop.public.orders'), 'orders');
  assert.equal(tableOf('orders'), 'orders');
  assert.equal(tableOf('x', { db: 'shop', schema: 'hr', table: 'people' }), 'hr.people');
  assert.equal(tableOf('x', { db: 'shop', schema: 'public', table: 'people' }), undefined);
  assert.equal(tableOf('a.Mixed'), 'Mixed');
  assert.equal(tableOf('a.mixed'), undefined);
  assert.equal(tableOf('reorders'), undefined);
});

test('what a SELECT reads and which columns only change their names is told', async () => {
  const select = await compileOne('SELECT id AS key, a + b AS c, upper(d::text) AS e FROM t x WHERE x.f AND g IS NULL');
  assert.deepEqual(select.reads, { predicate: ['f', 'g'], projection: ['id', 'a', 'b', 'd'] });
  assert.deepEqual(
    select.columns.map(({ name, column, reads, type }) => [name, column, reads, type]),
    [
      ['key', 'id', ['id'], null],
      ['c', undefined, ['a', 'b'], null],
      ['e', undefined, ['d'], 'text'],
    ],
  );
});

test('a long text ends soon whatever pattern reads it', async () => {
  const select = await compileOne(
    "SELECT * FROM t WHERE a ~ '(x+x+)+y' OR a LIKE '%x%x%x%x%y' OR repeat(a, 1000) = ''",
  );
  const started = process.hrtime.bigint();
  assert.throws(() => select.test(row({ a: 'x'.repeat(200_000) })), /program limit exceeded/);
  assert.ok(process.hrtime.bigint() - started < 20_000_000_000n);
});

test('dates are read in both forms of ISO 8601', async () => {
  const sql = await compileFilterSql(`SELECT day::date AS day, day::timestamp AS at FROM t`);
  const read = (day: string) => {
    const { image } = sql.selects[0]!.project({ image: { day }, schema: null, metadata });
    return [image.day, image.at];
  };
  assert.deepEqual(read('2024-02-29'), ['2024-02-29', '2024-02-29 00:00:00']);
  assert.deepEqual(read('20240229'), ['2024-02-29', '2024-02-29 00:00:00']);
  assert.deepEqual(read('20240229T10:30:00'), ['2024-02-29', '2024-02-29 10:30:00']);
  assert.throws(() => read('20240230'), { code: 'FILTER_FAILED' });
});
