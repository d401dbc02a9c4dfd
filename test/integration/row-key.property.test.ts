import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import { bindValue } from '../../shared/postgres/bind-value.ts';
import { readTargetTable } from '../../shared/postgres/read-target-table.ts';
import { buildRowKey } from '../../shared/postgres/row-key.ts';
import type { TargetColumn } from '../../shared/postgres/target-table.ts';
import { openTestDatabase } from '../support/test-database.ts';

const seed = Number(process.env.SLUICE_PROPERTY_SEED ?? randomInt(2 ** 31));

// Few digits and characters, so that equal values in different spellings are frequent.
const integers = fc.tuple(fc.constantFrom('', '+', '-', ' ', '00'), fc.constantFrom('0', '1', '12', '32767'));
const fractions = fc.tuple(
  fc.constantFrom('', '-', '+', ' ', '0', '00'),
  fc.constantFrom('', '0', '1', '10', '1234', '99999'),
  fc.constantFrom('', '.', '.0', '.5', '.50', '.500', '.05', '.005', '.125'),
  fc.constantFrom('', '', 'e0', 'e1', 'E-2', ' '),
);
const words = fc.array(fc.constantFrom('a', 'A', 'ä', 'a\u0308', '🚰', ' ', '\t', ''), { maxLength: 6 });
const uuids = fc.tuple(
  fc.constantFrom(
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1',
    'a0eebc999c0b4ef8bb6d6bb9bd380a1',
    'a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a1',
  ),
  fc.constantFrom('1', '2', '', '1-', 'f'),
  fc.constantFrom(
    (text: string) => text,
    (text: string) => text.toUpperCase(),
    (text: string) => `{${text}}`,
    (text: string) => `{${text}`,
  ),
);
const times = fc.tuple(
  fc.constantFrom(
    '2026-01-01',
    '1969-12-31',
    '2000-02-29',
    '2001-02-29',
    '0001-01-01',
    '9999-12-31',
    '0000-01-01',
    ' 2026-01-01',
  ),
  fc.constantFrom('', 'T00:00:00', ' 00:00:00', 'T23:59:59', 'T23:30:00', 'T24:00:00', 'T10:00', 'T23:59:60'),
  fc.constantFrom('', '', '.0', '.5', '.4995', '.0004999', '.123456', '.1234565', '.9999995', '.999999'),
  fc.constantFrom('', '', 'Z', '+00', '+00:00', '-00:30', '+0530', '+14:00', '+15:00', 'z', ' BC'),
);
const joined = (parts: fc.Arbitrary<readonly string[]>) => parts.map((list) => list.join(''));

const types: readonly (readonly [type: string, texts: fc.Arbitrary<string>])[] = [
  ['smallint', joined(integers)],
  ['bigint', joined(integers)],
  ['numeric', joined(fractions)],
  ['numeric(6,2)', joined(fractions)],
  ['numeric(5,0)', joined(fractions)],
  ['numeric(5,-2)', joined(fractions)],
  ['text', joined(words)],
  ['text collate "C"', joined(words)],
  ['varchar', joined(words)],
  ['varchar(3)', joined(words)],
  ['char(3)', joined(words)],
  ['bpchar', joined(words)],
  ['uuid', uuids.map(([groups, end, spell]) => spell(groups + end))],
  ['short_text', joined(words)],
  ['no_case', joined(words)],
  ['date', joined(times)],
  ['timestamp', joined(times)],
  ['timestamp(3)', joined(times)],
  ['timestamp(0)', joined(times)],
  ['timestamptz', joined(times)],
  ['timestamptz(3)', joined(times)],
  ['citext', joined(fc.array(fc.constantFrom('a', 'A', 'i', 'I', 'ı', 'ä', 'Z', ' '), { maxLength: 4 }))],
];

const setup = `
  create extension citext;
  create domain longer_text as varchar(5);
  create domain short_text as longer_text;
  create collation ignore_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
  create domain no_case as text collate ignore_case;`;

for (const [type, texts] of types) {
  test(`keys of type ${type} have one canonical form exactly when PostgreSQL stores one value`, async (t) => {
    const database = await openTestDatabase(t, { setup });
    await database.query(`create table t (n integer, k ${type})`);
    const settings = { keyColumns: ['k'], ledgerSchema: 'sluice', foldsColumnNames: false };
    const table = await readTargetTable(await database.connect(), { schema: null, name: 't' }, settings);
    const column = table.columns.get('k')!;
    await database.query(`create function try_insert(n integer, v text) returns void language plpgsql as $$
      begin insert into t values (n, v::${column.castType}); exception when data_exception then null; end $$`);
    const property = fc.asyncProperty(fc.array(texts, { minLength: 20, maxLength: 60 }), async (list) => {
      const bound = [...new Set(list.flatMap((text) => tryBind(text, column)))];
      await database.query('truncate t');
      await database.query('select try_insert(n::integer, v) from unnest($1::text[]) with ordinality u (v, n)', [
        bound,
      ]);
      const rows = await database.query('select a.n as a, b.n as b from t a join t b on a.k = b.k');
      const isEqual = new Set(rows.map(({ a, b }) => `${a} ${b}`));
      const forms = bound.map((text) => buildRowKey([column], [text]).canonical);
      for (const [i, form] of forms.entries()) {
        for (const [j, other] of forms.entries()) {
          if (form === undefined || other === undefined || i === j) continue;
          const areStored = isEqual.has(`${i + 1} ${i + 1}`) || isEqual.has(`${j + 1} ${j + 1}`);
          const message = `${JSON.stringify(bound[i])} and ${JSON.stringify(bound[j])}`;
          if (areStored) assert.equal(form === other, isEqual.has(`${i + 1} ${j + 1}`), message);
        }
      }
    });
    t.diagnostic(`seed ${seed} (SLUICE_PROPERTY_SEED)`);
    await fc.assert(property, { numRuns: 15, seed });
  });
}

function tryBind(text: string, column: TargetColumn): string[] {
  try {
    return [bindValue(text, column, true) as string];
  } catch (error) {
    if (isSluiceError(error, 'data')) return [];
    throw error;
  }
}
