import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createColumnFilter } from '../../../../shared/filter/column-filter.ts';

const people = { topic: 'server1.dbo.people' };
const columns = ['id', 'name', 'email'];

describe('the column filter', () => {
  it('includes every column when there is no list', () => {
    const filter = createColumnFilter({});
    assert.equal(filter.isRestricting, false);
    assert.deepEqual(columns.filter(filter.forTable(people, [])), columns);
  });

  it('leaves out the columns of the exclude list, by table and column', () => {
    const filter = createColumnFilter({ columnExclude: [/dbo\.people\.email/] });
    assert.deepEqual(columns.filter(filter.forTable(people, ['id'])), ['id', 'name']);
    assert.deepEqual(columns.filter(filter.forTable({ topic: 'server1.dbo.staff' }, ['id'])), columns);
  });

  it('keeps only the columns of the include list, whole names, whatever the case', () => {
    const filter = createColumnFilter({ columnInclude: [/DBO\.PEOPLE\.NAM./, /dbo\.people\.e/] });
    assert.deepEqual(columns.filter(filter.forTable(people, [])), ['name']);
  });

  it('never removes a column of the row key', () => {
    const included = createColumnFilter({ columnInclude: [/dbo\.people\.name/] });
    const excluded = createColumnFilter({ columnExclude: [/.*/] });
    assert.deepEqual(columns.filter(included.forTable(people, ['id'])), ['id', 'name']);
    assert.deepEqual(columns.filter(excluded.forTable(people, ['id', 'email'])), ['id', 'email']);
  });

  it('takes the table from the source block when there is one', () => {
    const filter = createColumnFilter({ columnExclude: [/shop\.dbo\.people\.name/] });
    const source = { db: 'shop', schema: 'dbo', table: 'people' };
    assert.deepEqual(columns.filter(filter.forTable({ topic: 'routed', source }, ['id'])), ['id', 'email']);
  });

  it('gives the same function for the same table and key, and another for another key', () => {
    const filter = createColumnFilter({ columnExclude: [/dbo\.people\..*/] });
    assert.equal(filter.forTable(people, ['id']), filter.forTable({ ...people }, ['id']));
    assert.notEqual(filter.forTable(people, ['id']), filter.forTable(people, ['name']));
  });
});
