import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Image, RowChange } from '../../../../shared/change/change-event.ts';
import type { BoundChange } from '../../../../shared/postgres/bound-change.ts';
import { compact } from '../../../../shared/postgres/compact.ts';
import { type BinderSettings, TableBinder } from '../../../../shared/postgres/table-binder.ts';
import type { WriteMode } from '../../../../shared/postgres/target-settings.ts';
import type { WriteStep } from '../../../../shared/postgres/write-step.ts';
import { buildBinderSettings, buildTargetColumn, buildTargetTable } from '../../../support/build-target-table.ts';
import { KeyTaken, MemoryTable } from '../../../support/memory-table.ts';

const columns = [buildTargetColumn('k', 'numeric'), buildTargetColumn('a', 'text'), buildTargetColumn('b', 'text')];
const binderOf = (key: readonly string[], settings: Partial<BinderSettings> = {}) =>
  new TableBinder(buildTargetTable(columns, key), () => true, buildBinderSettings(settings));
const keyed = binderOf(['k']);
const keyless = binderOf([]);
const bindAll = (binder: TableBinder, events: readonly RowChange[]) =>
  events.map((event) => binder.bind(event, true) as BoundChange);
/** Steps of changes that come by one partition each, the first unless told otherwise. */
const compactAll = (changes: readonly BoundChange[], mode: WriteMode, isPlain = true, partitions: number[] = []) => {
  const placed = changes.map((change, i) => ({ change, record: { topic: 't', partition: partitions[i] ?? 0 } }));
  return compact(placed, mode, { isPlain });
};
const stepsOf = (...of: Parameters<typeof compactAll>) => compactAll(...of).steps;

// Of a number with an exponent only PostgreSQL tells what it equals.
const key = fc.constantFrom('1', '1.0', '1e0', '2', '2.00', '20e-1', '3');
const text = fc.option(fc.constantFrom('x', 'y', 'z', '__debezium_unavailable_value'));
const image: fc.Arbitrary<Image> = fc
  .tuple(fc.record({ k: key, a: text, b: text }, { requiredKeys: ['k'] }), fc.boolean())
  .map(([members, reversed]) => (reversed ? Object.fromEntries(Object.entries(members).reverse()) : members) as Image);
const event: fc.Arbitrary<RowChange> = fc.oneof(
  image.map((after): RowChange => ({ op: 'c', before: null, after })),
  fc.tuple(fc.option(image), image).map(([before, after]): RowChange => ({ op: 'u', before, after })),
  fc.tuple(image, image).map(([before, { k: _, ...after }]): RowChange => ({ op: 'u', before, after })),
  image.map((before): RowChange => ({ op: 'd', before, after: null })),
  image.map((after): RowChange => ({ op: 'r', before: null, after })),
);

/** What is left of the table, or that a write was refused. */
function outcomeOf(mode: WriteMode, fill: readonly BoundChange[], write: (table: MemoryTable) => void): unknown {
  const table = new MemoryTable(mode);
  for (const change of fill) table.replay(change);
  try {
    write(table);
    return table.contents;
  } catch (error) {
    if (error instanceof KeyTaken) return 'refused';
    throw error;
  }
}

const kindsOf = (steps: readonly WriteStep[]) => steps.map(({ kind }) => kind);
const create = (after: Image): RowChange => ({ op: 'c', before: null, after });
const update = (before: Image | null, after: Image): RowChange => ({ op: 'u', before, after });
const remove = (before: Image): RowChange => ({ op: 'd', before, after: null });

describe('compaction', () => {
  for (const mode of ['upsert', 'insert', 'insert_ignore', 'update'] as const) {
    it(`ends in the rows of a plain replay in mode ${mode}`, () => {
      const present = fc.uniqueArray(fc.constantFrom('1', '2', '3'));
      const flags = fc.tuple(fc.boolean(), fc.boolean());
      fc.assert(
        fc.property(present, fc.array(event, { maxLength: 12 }), flags, (keys, events, [isPlain, inserts]) => {
          const binder = binderOf(['k'], { writeMode: mode, insertsIncompleteRows: inserts });
          const fill = bindAll(
            keyed,
            keys.map((k) => create({ k, a: 'old', b: 'old' })),
          );
          const changes = bindAll(binder, events);
          const replayed = outcomeOf(mode, fill, (table) => {
            for (const change of changes) table.replay(change);
          });
          const steps = stepsOf(changes, mode, isPlain);
          assert.deepEqual(
            outcomeOf(mode, fill, (table) => {
              for (const step of steps) table.apply(step);
            }),
            replayed,
          );
        }),
        { numRuns: 3_000 },
      );
    });
  }

  it('lets an image take the place of one whose columns it carries, whatever their order and the spelling of the key', () => {
    const events = [
      create({ k: '1', a: 'x' }),
      create({ k: '2', a: 'z' }),
      update(null, { b: 'y', a: 'y', k: '1.0' }),
      update(null, { k: '1', a: 'last', b: 'last' }),
    ];
    const [step, ...others] = stepsOf(bindAll(keyed, events), 'upsert');
    assert.equal(others.length, 0);
    assert.ok(step?.kind === 'rows');
    assert.deepEqual(
      step.upserts.map(({ values }) => values),
      [
        ['1', 'last', 'last'],
        ['2', 'z'],
      ],
    );
    assert.deepEqual([step.deletes, step.updates, step.inserts], [[], [], []]);
  });

  it('keeps an image of which a column would stay behind, because it may be refused', () => {
    const events = [create({ k: '1', a: 'x' }), update(null, { k: '1', b: 'y' }), create({ k: '2' })];
    const steps = stepsOf(bindAll(keyed, events), 'upsert');
    assert.deepEqual(
      steps.map((step) => step.kind === 'rows' && step.upserts.map(({ values }) => values)),
      [[['1', 'x']], [['1', 'y'], ['2']]],
    );
  });

  it('forgets the image before a delete, and deletes before it writes the key again', () => {
    const events = [create({ k: '1', a: 'x', b: 'x' }), remove({ k: '1' }), create({ k: '1', a: 'new' })];
    const [step] = stepsOf(bindAll(keyed, events), 'upsert');
    assert.ok(step?.kind === 'rows');
    assert.deepEqual(
      step.deletes.map(({ values }) => values),
      [['1']],
    );
    assert.deepEqual(
      step.upserts.map(({ values }) => values),
      [['1', 'new']],
    );
  });

  it('writes nothing of a key that is created and deleted but its delete', () => {
    const [step] = stepsOf(bindAll(keyed, [create({ k: '1' }), remove({ k: '1' })]), 'upsert');
    assert.ok(step?.kind === 'rows');
    assert.deepEqual([step.upserts.length, step.deletes.length], [0, 1]);
  });

  it('keeps the place of a key change, unless its image is whole and nothing hangs on the row', () => {
    const after = { k: '2', a: 'y', b: 'y' };
    const stepsWith = (image: Image, isPlain: boolean) => {
      const events = [create({ k: '1', a: 'x' }), update({ k: '1' }, image), create({ k: '2', b: 'z' })];
      return kindsOf(stepsOf(bindAll(keyed, events), 'upsert', isPlain));
    };
    assert.deepEqual(stepsWith({ k: '2', a: 'y' }, true), ['rows', 'move', 'rows']);
    assert.deepEqual(stepsWith(after, false), ['rows', 'move', 'rows']);
    assert.deepEqual(stepsWith(after, true), ['rows', 'rows']);
    const moves = [update({ k: '1' }, after), update({ k: '3' }, { ...after, k: '4' })];
    const [step, ...others] = stepsOf(bindAll(keyed, [...moves, update({ k: '2' }, { ...after, k: '5' })]), 'upsert');
    assert.equal(others.length, 1);
    assert.ok(step?.kind === 'rows');
    assert.deepEqual(
      [step.deletes.map(({ values }) => values), step.upserts.map(({ values }) => values)],
      [
        [['1'], ['3']],
        [
          ['2', 'y', 'y'],
          ['4', 'y', 'y'],
        ],
      ],
    );
  });

  it('never folds a key that came by two partitions, and counts it', () => {
    const events = ['1', '2', '1', '1.0', '3'].map((k) => create({ k, a: 'x', b: 'x' }));
    const { steps, sharedKeys } = compactAll(bindAll(keyed, events), 'upsert', true, [0, 0, 1, 1, 1]);
    assert.equal(sharedKeys, 1);
    assert.deepEqual(
      steps.map((step) => step.kind === 'rows' && step.upserts.length),
      [2, 2],
    );
    const moved = [create({ k: '1' }), update({ k: '5' }, { k: '6', a: 'y' }), create({ k: '1' })];
    assert.equal(compactAll(bindAll(keyed, moved), 'upsert', true, [0, 0, 1]).sharedKeys, 1);
    assert.equal(compactAll(bindAll(keyed, moved), 'upsert', true).sharedKeys, 0);
  });

  it('replays tables without key event by event; consecutive appends share a step', () => {
    const events = [
      create({ k: '1' }),
      create({ k: '1' }),
      update({ k: '1' }, { a: 'x' }),
      create({ k: '2' }),
      remove({ k: '1' }),
      remove({ k: '1' }),
    ];
    for (const mode of ['upsert', 'insert'] as const) {
      const steps = stepsOf(bindAll(keyless, events), mode);
      assert.deepEqual(kindsOf(steps), ['append', 'update-match', 'append', 'delete-match', 'delete-match']);
      assert.equal(steps[0]!.kind === 'append' && steps[0]!.rows.length, 2);
    }
  });

  it('makes nothing of nothing', () => assert.deepEqual(stepsOf([], 'upsert'), []));
});
