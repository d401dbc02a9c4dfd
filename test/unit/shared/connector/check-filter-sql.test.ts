import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planWithFilterSql } from '../../../../shared/connector/check-filter-sql.ts';

/** What is found about a connector of topic `shop.orders` with this SQL. */
async function find(sql: string, config: Record<string, string> = {}) {
  const { plan, findings } = await planWithFilterSql({
    name: 'c',
    config: {
      'connector.class': 'io.sluice.SluiceSinkConnector',
      topics: 'shop.orders',
      'connection.url': 'postgres://user@db/shop',
      'pk.mode': 'record_value',
      'pk.fields': 'id',
      'filter.sql': sql,
      ...config,
    },
  });
  const texts = (of: readonly { property: string; message: string }[]) =>
    of.filter(({ property }) => property.startsWith('filter.')).map(({ message }) => message);
  return { hasPlan: plan !== undefined, errors: texts(findings.errors), warnings: texts(findings.warnings) };
}

describe('the SQL of a connector', () => {
  it('passes when it compiles and keeps the key', async () => {
    assert.deepEqual(await find('SELECT * FROM orders WHERE id > 7'), { hasPlan: true, errors: [], warnings: [] });
  });

  it('is refused with the place of everything that is wrong', async () => {
    const { hasPlan, errors } = await find('SELECT id, now() AS a, random() AS b FROM orders');
    assert.equal(hasPlan, false);
    assert.equal(errors.length, 2, errors.join('\n'));
    assert.match(errors[0]!, /^filter\.sql: At 1:12: .*now/);
    assert.match(errors[1]!, /^filter\.sql: At 1:24: .*random/);
  });

  it('must not leave the key out, unless the record key names the row', async () => {
    assert.match((await find('SELECT name FROM orders')).errors[0]!, /leaves out id of pk\.fields/);
    assert.deepEqual((await find('SELECT name FROM orders', { 'pk.mode': 'record_key' })).errors, []);
  });

  it('says which before-images it wants whole, and which topics it does not name', async () => {
    const { warnings } = await find("SELECT * FROM orders WHERE region = 'EU'", { topics: 'shop.orders,shop.items' });
    assert.match(warnings[0]!, /WHERE of orders tests region: .*REPLICA IDENTITY FULL/);
    assert.match(warnings[1]!, /No SELECT names the table of the topic shop\.items/);
  });

  it('needs deletes, or to be told that rows that leave it stay', async () => {
    const off = { 'delete.enabled': 'false' };
    assert.match(
      (await find('SELECT * FROM orders', off)).errors[0]!,
      /set delete\.enabled=true, or filter\.leave=keep/,
    );
    assert.deepEqual((await find('SELECT * FROM orders', { ...off, 'filter.leave': 'keep' })).errors, []);
    const soft = { 'filter.leave': 'soft' };
    assert.match((await find('SELECT * FROM orders', soft)).errors[0]!, /filter\.leave=soft needs delete\.mode=soft/);
  });
});
