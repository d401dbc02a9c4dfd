import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ChangeEvent, Image } from '../../../../shared/change/change-event.ts';
import type { BoundChange } from '../../../../shared/postgres/bound-change.ts';
import { compact, type WriteStep } from '../../../../shared/postgres/compact.ts';
import { TableBinder } from '../../../../shared/postgres/table-binder.ts';
import type { WriteMode } from '../../../../shared/postgres/target-settings.ts';
import { buildTargetColumn, buildTargetTable } from '../../../support/build-target-table.ts';
import { KeyTaken, MemoryTable } from '../../../support/memory-table.ts';

const columns = [buildTargetColumn('k', 'numeric'), buildTargetColumn('a', 'text'), buildTargetColumn('b', 'text')];
const keyed = new TableBinder(buildTargetTable(columns, ['k']), () => true);
const keyless = new TableBinder(buildTargetTable(columns, []), () => true);
const bindAll = (binder: TableBinder, events: readonly ChangeEvent[]) =>
  events.map((event) => binder.bind(event, true) as BoundChange);

// Of a number with an exponent only PostgreSQL tells what it equals.
const key = fc.constantFrom('1', '1.0', '1e0', '2', '2.00', '20e-1', '3');
const text = fc.option(fc.constantFrom('x', 'y', 'z'));
const image: fc.Arbitrary<Image> = fc
  .tuple(fc.record({ k: key, a: text, b: text }, { requiredKeys: ['k'] }), fc.boolean())
  .map(([members, reversed]) => (reversed ? Object.fromEntries(Object.entries(members).reverse()) : members) as Image);
const event: fc.Arbitrary<ChangeEvent> = fc.oneof(
  image.map((after): ChangeEvent => ({ op: 'c', before: null, after })),
  fc.tuple(fc.option(image), image).map(([before, after]): ChangeEvent => ({ op: 'u', before, after })),
  fc.tuple(image, image).map(([before, { k: _, ...after }]): ChangeEvent => ({ op: 'u', before, after })),
  image.map((before): ChangeEvent => ({ op: 'd', before, after: null })),
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
const create = (after: Image): ChangeEvent => ({ op: 'c', before: null, after });
const update = (before: Image | null, after: Image): ChangeEvent => ({ op: 'u', before, after });
const remove = (before: Image): ChangeEvent => ({ op: 'd', before, after: null });

describe('compaction', () => {
  for (const mode of ['upsert', 'insert'] as const) {
    it(`ends in the rows of a plain replay in mode ${mode}`, () => {
      const present = fc.uniqueArray(fc.constantFrom('1', '2', '3'));
      fc.assert(
        fc.property(present, fc.array(event, { maxLength: 12 }), (keys, events) => {
          const fill = bindAll(
            keyed,
            keys.map((k) => create({ k, a: 'old', b: 'old' })),
          );
          const changes = bindAll(keyed, events);
          const replayed = outcomeOf(mode, fill, (table) => {
            for (const change of changes) table.replay(change);
          });
          const steps = compact(changes, mode);
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
    const [step, ...others] = compact(bindAll(keyed, events), 'upsert');
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
    const steps = compact(bindAll(keyed, events), 'upsert');
    assert.deepEqual(
      steps.map((step) => step.kind === 'rows' && step.upserts.map(({ values }) => values)),
      [[['1', 'x']], [['1', 'y'], ['2']]],
    );
  });

  it('forgets the image before a delete, and deletes before it writes the key again', () => {
    const events = [create({ k: '1', a: 'x', b: 'x' }), remove({ k: '1' }), create({ k: '1', a: 'new' })];
    const [step] = compact(bindAll(keyed, events), 'upsert');
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
    const [step] = compact(bindAll(keyed, [create({ k: '1' }), remove({ k: '1' })]), 'upsert');
    assert.ok(step?.kind === 'rows');
    assert.deepEqual([step.upserts.length, step.deletes.length], [0, 1]);
  });

  it('keeps the place of a key change', () => {
    for (const after of [
      { k: '2', a: 'y' },
      { k: '2', a: 'y', b: 'y' },
    ]) {
      const events = [create({ k: '1', a: 'x' }), update({ k: '1' }, after), create({ k: '2', b: 'z' })];
      assert.deepEqual(kindsOf(compact(bindAll(keyed, events), 'upsert')), ['rows', 'move', 'rows']);
    }
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
      const steps = compact(bindAll(keyless, events), mode);
      assert.deepEqual(kindsOf(steps), ['append', 'update-match', 'append', 'delete-match', 'delete-match']);
      assert.equal(steps[0]!.kind === 'append' && steps[0]!.rows.length, 2);
    }
  });

  it('makes nothing of nothing', () => assert.deepEqual(compact([], 'upsert'), []));
});
