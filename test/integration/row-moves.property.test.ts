import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { evaluateRecords } from '../../functions/filter/evaluate-record.ts';
import { toConnectorGeneration } from '../../shared/connector/connector-generation.ts';
import { decodeConnectorVariable } from '../../shared/connector/connector-variable.ts';
import { openRecordSelector } from '../../shared/connector/open-record-selector.ts';
import { readConnectorPlan } from '../../shared/connector/read-connector-environment.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';
import { createConverterPorts } from '../../shared/converter/converter-ports.ts';
import { toForwardPiece } from '../../shared/forward/forward-piece.ts';
import { toPartitionRecords } from '../../shared/kafka/record.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openSink } from '../support/open-sink.ts';
import { buildSinkEnvironment } from '../support/sink-worker.ts';

/** How many times as many streams are tried as in the ordinary run. */
const effort = Number(process.env.SLUICE_PROPERTY_EFFORT ?? 1);
/** Repeats a run: the seed that a failure prints. */
const seed = Number(process.env.SLUICE_PROPERTY_SEED ?? randomInt(2 ** 31));

/** A record: its key, and its value before it becomes JSON. */
interface Event {
  readonly key: number;
  readonly value: object;
}

type Row = { id: number; a: number | null; b: string | null; c: number | null };

/** Filters, as their WHERE: of one column and of several, with null, which is no match. */
const conditions = [
  'a > 3',
  'a IS NULL OR b IS NOT NULL',
  "b LIKE 'x%' AND c < 2.5",
  'NOT (a = c)',
  "coalesce(b, 'none') IN ('none', 'x')",
  'a BETWEEN 2 AND 5 OR id % 2 = 0',
  'c IS DISTINCT FROM 1.5',
  'CASE WHEN a > 2 THEN c > 1 ELSE b IS NULL END',
  'true',
  'false',
] as const;
const selection = "id, a + 1 AS a, upper(b) || '!' AS b, c * 2 AS c";

const values = {
  a: fc.option(fc.integer({ min: 0, max: 7 })),
  b: fc.option(fc.constantFrom('x', 'xy', 'z', '')),
  c: fc.option(fc.constantFrom(0, 1, 1.5, 2.5, 3)),
};
const step = fc.record({
  kind: fc.constantFrom('write' as const, 'write' as const, 'remove' as const, 'rename' as const),
  id: fc.integer({ min: 1, max: 5 }),
  to: fc.integer({ min: 1, max: 5 }),
  row: fc.record(values),
  before: fc.constantFrom('whole' as const, 'key' as const, 'none' as const),
  /** The update leaves out what it does not change, which only a whole image before it makes up for. */
  isPartial: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** The events of the steps, and the rows that they leave; a step that a source could not make is none. */
function play(steps: readonly Step[], rows: Map<number, Row>): Event[] {
  return steps.flatMap(({ kind, id, to, row, before, isPartial }): Event[] => {
    const old = rows.get(id);
    const imageBefore = (needsKey: boolean) => {
      if (old === undefined || (before === 'none' && !needsKey)) return null;
      return before === 'whole' ? old : { id };
    };
    if (kind === 'remove' || kind === 'rename') {
      if (old === undefined || (kind === 'rename' && rows.has(to))) return [];
      rows.delete(id);
      if (kind === 'remove') return [{ key: id, value: { op: 'd', before: imageBefore(true), after: null } }];
      const moved = { ...row, id: to };
      rows.set(to, moved);
      return [{ key: id, value: { op: 'u', before: imageBefore(true), after: moved } }];
    }
    const written = { id, ...row };
    rows.set(id, written);
    if (old === undefined) return [{ key: id, value: { op: 'c', before: null, after: written } }];
    const changed = Object.entries(written).filter(([name, value]) => name === 'id' || value !== old[name as 'a']);
    const after = isPartial && before === 'whole' ? Object.fromEntries(changed) : written;
    return [{ key: id, value: { op: 'u', before: imageBefore(false), after } }];
  });
}

async function open(t: TestContext) {
  const sink = await openSink(t, { setup: 'create table none ()', config: { topics: 't' } });
  let turn = 0;
  /** A table of the source, one of the target, and what delivers events to the latter by one of the topologies. */
  const prepare = async (condition: string, isChained: boolean) => {
    const name = `t${++turn}`;
    await sink.database.query(`create table source_${name} (id integer primary key, a integer, b text, c numeric);
      create table ${name} (id integer primary key, a integer, b text, c numeric)`);
    const config = {
      topics: name,
      'target.tablename': name,
      writeMode: 'upsert',
      'filter.sql': `SELECT ${selection} FROM ${name} WHERE ${condition}`,
      'col.names': 'id,a,b,c',
      'col.types': 'integer,integer,text,numeric',
    };
    const worker = sink.open({ name, config });
    const environment = buildSinkEnvironment({ name, config, databaseUrl: sink.database.url });
    const generation = toConnectorGeneration(decodeConnectorVariable(environment[environmentVariable.connector]));
    const ports = createConverterPorts({}, { resolve: async (text) => text, forget: () => {} }, Date.now);
    const selector = await openRecordSelector(readConnectorPlan(environment), ports);
    let offset = 0;
    const deliver = async (events: readonly Event[]) => {
      if (events.length === 0) return;
      const records = events.map(({ key, value }) => ({
        topic: name,
        partition: 0,
        offset: offset++,
        key: String(key),
        value: JSON.stringify(value),
      }));
      const event = buildKafkaEvent(records);
      if (!isChained) {
        assert.deepEqual((await worker.invoke(event))?.batchItemFailures ?? [], []);
        return;
      }
      const [partition] = toPartitionRecords(event);
      const verdicts = await evaluateRecords(partition!.records, selector);
      const origin = { connector: name, generation };
      const { batch } = toForwardPiece(event, origin, [{ ...partition!, verdicts }]);
      const { partitions } = (await worker.invoke(batch)) as unknown as {
        partitions: Record<string, { code?: string }>;
      };
      assert.equal(partitions[`${name}-0`]?.code, undefined);
    };
    const expectEqual = async (rows: ReadonlyMap<number, Row>) => {
      await sink.database.query(`truncate source_${name}`);
      await sink.database.query(
        `insert into source_${name} select * from jsonb_populate_recordset(null::source_${name}, $1::jsonb)`,
        [JSON.stringify([...rows.values()])],
      );
      const shown = 'id, a, b, c::float8 as c';
      const expected = await sink.database.query(
        `select ${shown} from (select ${selection} from source_${name} as ${name} where ${condition}) s order by id`,
      );
      assert.deepEqual(await sink.database.query(`select ${shown} from ${name} order by id`), expected);
    };
    const close = () => worker.close();
    return { deliver, expectEqual, close };
  };
  return prepare;
}

test('after every batch the target is what the SELECT says of the source, in both topologies', {
  timeout: 300_000,
}, async (t) => {
  t.diagnostic(`seed ${seed} (SLUICE_PROPERTY_SEED), effort ${effort} (SLUICE_PROPERTY_EFFORT)`);
  const prepare = await open(t);
  const property = fc.asyncProperty(
    fc.constantFrom(...conditions),
    fc.boolean(),
    fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
    async (condition, isChained, batches) => {
      const { deliver, expectEqual, close } = await prepare(condition, isChained);
      try {
        const rows = new Map<number, Row>();
        for (const steps of batches) {
          await deliver(play(steps, rows));
          await expectEqual(rows);
        }
      } finally {
        await close();
      }
    },
  );
  await fc.assert(property, { seed, numRuns: Math.ceil(60 * effort), includeErrorInReport: true, timeout: 60_000 });
});
