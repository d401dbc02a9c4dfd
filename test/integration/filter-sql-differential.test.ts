import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { functionRows } from '../../shared/filter/sql/catalog-functions.ts';
import { operatorRows } from '../../shared/filter/sql/catalog-operators.ts';
import { functionsNamed, operatorsNamed } from '../../shared/filter/sql/catalog.ts';
import { compileFilterSql } from '../../shared/filter/sql/compile-filter-sql.ts';
import { FilterSqlErrors } from '../../shared/filter/sql/filter-sql-error.ts';
import { formatDouble, formatFloat } from '../../shared/filter/sql/float-text.ts';
import { functionFactories, simpleFunctions } from '../../shared/filter/sql/routines.ts';
import { formatArray, SqlArray } from '../../shared/filter/sql/sql-array.ts';
import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import { ExactNumber, type Value } from '../../shared/data/value.ts';
import type { Schema } from '../../shared/data/schema.ts';
import {
  columnTypes,
  createRandom,
  type NamedRoutine,
  samples,
  SqlExpressionGenerator,
} from '../support/sql-expression-generator.ts';
import { openTestDatabase } from '../support/test-database.ts';

const rowCount = 20;
const metadata = {
  op: 'c',
  topic: 't',
  partition: 0,
  offset: 0,
  timestamp: null,
  key: { schema: null, value: null },
  headers: [],
  source: null,
};

/** What an expression comes to for a row: its text, null, or that it fails. */
type Answer = string | null | typeof failed;
const failed = Symbol('failed');

const isImplemented = (name: string) => simpleFunctions.has(name) || functionFactories.has(name);

function namesOf(rows: string): string[] {
  return rows
    .trim()
    .split('\n')
    .map((line) => line.slice(0, line.indexOf(' ')));
}

/** Every operator and function that the engine has. */
const routines: readonly NamedRoutine[] = [
  ...namesOf(operatorRows).flatMap((name) =>
    ([1, 2] as const).flatMap((count) =>
      operatorsNamed(name, count).map((routine) => ({
        name,
        routine,
        call: (values: readonly string[]) =>
          count === 1 ? `(${name} (${values[0]}))` : `((${values[0]}) ${name} (${values[1]}))`,
      })),
    ),
  ),
  ...namesOf(functionRows).flatMap((name) =>
    functionsNamed(name).map((routine) => ({
      name,
      routine,
      call: (values: readonly string[]) => `${callName(name)}(${values.join(', ')})`,
    })),
  ),
].filter(({ routine }) => isImplemented(routine.implementation));

/** Names that the grammar keeps for its own forms. */
function callName(name: string): string {
  return /^(extract|position|overlay|substring|timezone)$/.test(name) ? `pg_catalog."${name}"` : name;
}

const createEvaluator = `
  create function evaluate_all(expressions text[], rows int) returns setof text[] language plpgsql as $$
  declare expression text; answers text[]; answer text;
  begin
    foreach expression in array expressions loop
      begin
        execute format('select array_agg(case when (%1$s) is null then null else ''='' || format(''%%s'', (%1$s)) end order by id) from cells', expression) into answers;
      exception when others then
        answers := '{}';
        for id in 1..rows loop
          begin
            execute format('select case when (%1$s) is null then null else ''='' || format(''%%s'', (%1$s)) end from cells where id = %2$s', expression, id) into answer;
          exception when others then
            answer := 'E' || sqlstate || ' ' || sqlerrm;
          end;
          answers := answers || answer;
        end loop;
      end;
      return next answers;
    end loop;
  end $$`;

function makeRows(random: () => number): Record<string, string | null>[] {
  return Array.from({ length: rowCount }, (_, index) =>
    Object.fromEntries(
      Object.entries(columnTypes).map(([column, type]) => {
        const pool = samples[type]!;
        const isNull = index === 0 || random() < 0.08;
        return [column, isNull ? null : pool[Math.floor(random() * pool.length)]!];
      }),
    ),
  );
}

function toText(value: Value, schema: Schema | undefined): string {
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (schema?.type === 'float') return formatFloat(value as number);
  if (schema?.type === 'double') return formatDouble(value as number);
  if (value instanceof ExactNumber) return value.source;
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (Array.isArray(value)) return formatArray(new SqlArray(value), (each) => toText(each, schema?.values));
  return String(value);
}

/** Evaluates with the engine; undefined when it refuses the expression as not supported. */
async function evaluate(
  expression: string,
  rows: readonly Record<string, string | null>[],
): Promise<{ answers: Answer[]; why: string[] } | undefined> {
  const declared = new Map(
    Object.entries(columnTypes).map(([name, type]) => [name, type.startsWith('_') ? `${type.slice(1)}[]` : type]),
  );
  const why: string[] = [];
  try {
    const sql = await compileFilterSql(`SELECT ${expression} AS v FROM cells`, { columnTypes: declared });
    const answers = rows.map((image, row): Answer => {
      try {
        const { image: out, schema } = sql.selects[0]!.project({ image, schema: null, metadata });
        assert.ok('v' in out, `${expression} is unavailable`);
        return out.v === null ? null : toText(out.v!, schema?.fields?.[0]?.schema);
      } catch (error) {
        if (!isSluiceError(error, 'data')) throw error;
        why[row] = error.message;
        return failed;
      }
    });
    return { answers, why };
  } catch (error) {
    if (!(error instanceof FilterSqlErrors)) throw error;
    if (/supported|must be a constant|no exact equal|regular expression/.test(error.message)) return undefined;
    return { answers: rows.map(() => failed), why: rows.map(() => error.message) };
  }
}

async function compare(t: Parameters<typeof openTestDatabase>[0], seed: number, count: number): Promise<void> {
  const random = createRandom(seed);
  const database = await openTestDatabase(t, { setup: createEvaluator });
  const names = Object.keys(columnTypes);
  const rows = makeRows(random);
  const columns = Object.entries(columnTypes).map(
    ([name, type]) => `"${name}" ${type.startsWith('_') ? `${type.slice(1)}[]` : type}`,
  );
  await database.query(`create table cells (id int, ${columns.join(', ')})`);
  for (const [index, row] of rows.entries()) {
    const places = names.map((_, at) => `$${at + 2}`);
    await database.query(`insert into cells values ($1, ${places.join(', ')})`, [
      index + 1,
      ...names.map((name) => row[name]),
    ]);
  }
  const generator = new SqlExpressionGenerator(random, routines);
  const expressions = [
    ...routines.flatMap((routine) => [1, 1, 2].flatMap((depth) => generator.callOf(routine, depth - 1) ?? [])),
    ...Array.from({ length: count }, (_, index) =>
      generator.expression(generator.types[index % generator.types.length]!, 2 + (index % 2)),
    ),
  ].filter((expression) => !(expression in columnTypes));
  const wrong: string[] = [];
  const refusedOf: string[] = [];
  let compared = 0;
  let valued = 0;
  const connection = await database.connect({ types: { getTypeParser: () => (text: string) => text } as never });
  await connection.query("set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'postgres'");
  for (let from = 0; from < expressions.length; from += 250) {
    const batch = expressions.slice(from, from + 250);
    const { rows: results } = await connection.query('select array_to_json(evaluate_all($1, $2)) answers', [
      batch,
      rowCount,
    ]);
    for (const [index, expression] of batch.entries()) {
      const expected = JSON.parse(results[index].answers) as (string | null)[];
      const actual = await evaluate(expression, rows);
      if (actual === undefined) {
        if (!expected.every((each) => each?.startsWith('E'))) refusedOf.push(expression);
        continue;
      }
      for (const [row, answer] of actual.answers.entries()) {
        const server = expected[row] ?? null;
        const wanted: Answer = server === null ? null : server.startsWith('E') ? failed : server.slice(1);
        compared++;
        if (wanted !== failed && wanted !== null) valued++;
        if (wanted === answer) continue;
        const cells = names
          .filter((name) => new RegExp(`\\b${name}\\b`).test(expression))
          .map((name) => `${name}=${rows[row]![name]}`);
        wrong.push(
          `${expression}\n    row ${row + 1}: ${cells.join('; ')}\n    server ${server}; engine ${answer === failed ? `fails: ${actual.why[row]}` : `=${answer}`}`,
        );
        break;
      }
    }
  }
  t.diagnostic(
    `seed ${seed}: ${expressions.length} expressions, ${compared} results of which ${valued} are values, ${refusedOf.length} expressions refused`,
  );
  if (process.env.SLUICE_SHOW_REFUSED !== undefined) t.diagnostic(refusedOf.join('\n'));
  assert.equal(
    wrong.length,
    0,
    `seed ${seed}: ${wrong.length} of ${expressions.length} differ:\n${wrong.slice(0, Number(process.env.SLUICE_SHOW ?? 25)).join('\n')}`,
  );
  assert.ok(valued > compared / 4, 'most expressions have no value');
  assert.ok(
    refusedOf.length < expressions.length / 10,
    `${refusedOf.length} expressions are refused: ${refusedOf.slice(0, 10).join('\n')}`,
  );
}

test('generated expressions come to the same as in PostgreSQL', async (t) => compare(t, 20240229, 2000));

test('generated expressions come to the same as in PostgreSQL, with a seed of today', async (t) =>
  compare(t, Number(process.env.SLUICE_SEED ?? randomInt(2 ** 31)), 1000));
