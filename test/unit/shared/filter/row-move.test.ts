import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Image, RowChange } from '../../../../shared/change/change-event.ts';
import { moveRow, type RowQuery } from '../../../../shared/filter/row-move.ts';

/** `SELECT id, amount WHERE amount >= 10`; what a row lacks is looked up in the image before, then in `earlier`. */
function queryWith(earlier: Image = {}): RowQuery {
  return {
    matches: ({ image }) => (image.amount === undefined ? 'unavailable' : (image.amount as number) >= 10),
    project: ({ image: { note: _, ...image }, schema }) => ({ image, schema }),
    lacks: ({ image }) => image.amount === undefined || image.note === undefined,
    complete: (after, before) => ({ ...after, image: { ...earlier, ...before?.image, ...after.image } }),
  };
}

const [inside, outside] = [
  { id: 1, amount: 10, note: 'x' },
  { id: 1, amount: 9, note: 'x' },
];
const [selected, selectedOutside] = [
  { id: 1, amount: 10 },
  { id: 1, amount: 9 },
];
const update = (before: Image | null, after: Image): RowChange => ({ op: 'u', before, after });

function moved(change: RowChange, earlier?: Image, leave: 'delete' | 'keep' = 'delete'): unknown {
  const result = moveRow(change, queryWith(earlier), leave);
  if (result === null) return null;
  const { op, before, after, onlyExisting } = result as RowChange & { onlyExisting?: boolean };
  return [op, before, after, ...(onlyExisting === true ? ['only existing'] : [])];
}

describe('a row that a query stands before', () => {
  it('is created when it matches, and is nothing when it does not', () => {
    assert.deepEqual(moved({ op: 'c', before: null, after: inside }), ['c', null, selected]);
    assert.equal(moved({ op: 'c', before: null, after: outside }), null);
    assert.deepEqual(moved({ op: 'r', before: null, after: inside }), ['r', null, selected]);
    assert.equal(moved({ op: 'r', before: null, after: outside }), null);
  });

  it('may have matched before when a flat row does not say its op', () => {
    assert.deepEqual(moved({ op: 'c', before: null, after: outside, mayUpdate: true }), ['d', selectedOutside, null]);
    assert.deepEqual(moved({ op: 'c', before: null, after: inside, mayUpdate: true }), ['c', null, selected]);
  });

  it('may have matched before an incremental snapshot read it', () => {
    const read: RowChange = { op: 'r', before: null, after: outside, source: { snapshot: 'incremental' } };
    assert.deepEqual(moved(read), ['d', selectedOutside, null]);
    assert.equal(moved(read, {}, 'keep'), null);
  });

  it('enters, stays, leaves, or stays out', () => {
    assert.deepEqual(moved(update(outside, inside)), ['c', null, selected]);
    assert.deepEqual(moved(update(inside, inside)), ['u', selected, selected]);
    assert.deepEqual(moved(update(inside, outside)), ['d', selected, null]);
    assert.equal(moved(update(outside, outside)), null);
  });

  it('stays in the target when it leaves and the connector keeps it', () => {
    assert.equal(moved(update(inside, outside), {}, 'keep'), null);
    assert.equal(moved(update(null, outside), {}, 'keep'), null);
  });

  it('is taken away when it does not match and nobody knows whether it did', () => {
    for (const before of [null, {}]) assert.deepEqual(moved(update(before, outside)), ['d', selectedOutside, null]);
    assert.deepEqual(moved(update({ id: 2 }, outside)), ['d', { id: 2 }, null]);
  });

  it('is written whatever it was when it matches and nobody knows whether it did', () => {
    assert.deepEqual(moved(update(null, inside)), ['u', null, selected]);
    assert.deepEqual(moved(update({ id: 2 }, inside)), ['u', { id: 2 }, selected]);
  });

  it('is decided by what before or an earlier record tells of what the update lacks', () => {
    assert.deepEqual(moved(update(inside, { id: 1 })), ['u', selected, selected]);
    assert.equal(moved(update(outside, { id: 1 })), null);
    assert.deepEqual(moved(update(null, { id: 1 }), { amount: 12 }), ['u', null, { id: 1, amount: 12 }]);
    assert.deepEqual(moved(update(null, { id: 1 }), { amount: 2 }), ['d', { id: 1, amount: 2 }, null]);
  });

  it('is entered with what only before tells of it', () => {
    const query = {
      ...queryWith(),
      project: ({ image, schema }: Parameters<RowQuery['project']>[0]) => ({ image, schema }),
    };
    const result = moveRow(update({ id: 1, amount: 9, note: 'long' }, { id: 1, amount: 11 }), query, 'delete');
    assert.deepEqual([result?.op, result?.after], ['c', { id: 1, amount: 11, note: 'long' }]);
  });

  it('changes only where it is when nothing tells whether it matches', () => {
    assert.deepEqual(moved(update(null, { id: 1, note: 'x' })), ['u', null, { id: 1 }, 'only existing']);
    assert.deepEqual(moved({ op: 'c', before: null, after: { id: 1 } }), ['u', null, { id: 1 }, 'only existing']);
  });

  it('is deleted unless it is sure that it did not match', () => {
    assert.deepEqual(moved({ op: 'd', before: inside, after: null }), ['d', selected, null]);
    assert.deepEqual(moved({ op: 'd', before: { id: 1 }, after: null }), ['d', { id: 1 }, null]);
    assert.equal(moved({ op: 'd', before: outside, after: null }), null);
  });
});
