import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTableFilter } from '../../../../shared/filter/table-filter.ts';
import { toTableIdentifiers } from '../../../../shared/filter/table-identity.ts';

describe('table identifiers', () => {
  it('come from the source block as schema.table, db.schema.table and db.table', () => {
    const source = { db: 'shop', schema: 'dbo', table: 'orders' };
    assert.deepEqual(toTableIdentifiers({ topic: 'all', source }), ['dbo.orders', 'shop.dbo.orders', 'shop.orders']);
  });

  it('come from the source block of a database without schemas as db.table', () => {
    assert.deepEqual(toTableIdentifiers({ topic: 'all', source: { db: 'shop', table: 'orders' } }), ['shop.orders']);
  });

  it('are the bare table when the source block has nothing else', () => {
    assert.deepEqual(toTableIdentifiers({ topic: 'all', source: { table: 'orders' } }), ['orders']);
  });

  it('come from the topic without its first segment and from the whole topic when no source names a table', () => {
    const expected = ['dbo.orders', 'server1.dbo.orders'];
    assert.deepEqual(toTableIdentifiers({ topic: 'server1.dbo.orders' }), expected);
    assert.deepEqual(toTableIdentifiers({ topic: 'server1.dbo.orders', source: { schema: 'x' } }), expected);
  });

  it('are the topic alone when it has no second segment', () => {
    assert.deepEqual(toTableIdentifiers({ topic: 'orders' }), ['orders']);
    assert.deepEqual(toTableIdentifiers({ topic: 'orders.' }), ['orders.']);
  });
});

describe('the table filter', () => {
  it('includes every table when there is no list, and says that it restricts nothing', () => {
    const filter = createTableFilter({});
    assert.equal(filter.isRestricting, false);
    assert.equal(filter.isIncluded({ topic: 'anything' }), true);
  });

  it('includes only tables of which an identifier matches the include list', () => {
    const filter = createTableFilter({ tableInclude: [/dbo\.orders/, /dbo\.people/] });
    assert.equal(filter.isIncluded({ topic: 'server1.dbo.orders' }), true);
    assert.equal(filter.isIncluded({ topic: 'server1.dbo.people' }), true);
    assert.equal(filter.isIncluded({ topic: 'server1.dbo.items' }), false);
  });

  it('matches whole identifiers only, also with alternatives', () => {
    const filter = createTableFilter({ tableInclude: [/dbo\.order|dbo\.item/] });
    assert.equal(filter.isIncluded({ topic: 's.dbo.order' }), true);
    assert.equal(filter.isIncluded({ topic: 's.dbo.orders' }), false);
    assert.equal(filter.isIncluded({ topic: 's.xdbo.item' }), false);
  });

  it('ignores case', () => {
    const filter = createTableFilter({ tableInclude: [/DBO\.Orders/] });
    assert.equal(filter.isIncluded({ topic: 's.dbo.ORDERS' }), true);
  });

  it('lets the exclude list drop the tables on it and no others', () => {
    const filter = createTableFilter({ tableExclude: [/dbo\.tmp_.*/] });
    assert.equal(filter.isIncluded({ topic: 's.dbo.tmp_1' }), false);
    assert.equal(filter.isIncluded({ topic: 's.dbo.orders' }), true);
  });

  it('believes the source block, not the topic', () => {
    const filter = createTableFilter({ tableInclude: [/dbo\.orders/] });
    const topic = 'server1.dbo.orders';
    assert.equal(filter.isIncluded({ topic, source: { schema: 'dbo', table: 'items' } }), false);
    assert.equal(filter.isIncluded({ topic: 'routed', source: { schema: 'dbo', table: 'orders' } }), true);
  });

  it('decides alike however often it is asked, also with an expression that keeps state', () => {
    const filter = createTableFilter({ tableInclude: [/dbo\.t\d+/gi] });
    for (let table = 0; table < 50; table += 1) {
      const source = { schema: 'dbo', table: `t${table % 5}` };
      assert.equal(filter.isIncluded({ topic: 'all', source }), true);
    }
  });

  it('keeps its answers right when more tables come than it remembers', () => {
    const filter = createTableFilter({ tableExclude: [/dbo\.t7/] });
    for (let table = 0; table < 12_000; table += 1) filter.isIncluded({ topic: `s.dbo.t${table}` });
    assert.equal(filter.isIncluded({ topic: 's.dbo.t7' }), false);
    assert.equal(filter.isIncluded({ topic: 's.dbo.t8' }), true);
  });
});
