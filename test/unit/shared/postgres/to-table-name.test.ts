import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import { createTableNaming, type TableNaming } from '../../../../shared/postgres/to-table-name.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: Kafka Connect's placeholder
const settings: TableNaming = { tableNameFormat: '${topic}', tablesByTopic: new Map(), underscoresTopic: false };
const named = (targetTable: string) => createTableNaming({ ...settings, targetTable })('topic', undefined);
const formatted = (tableNameFormat: string, topic: string) =>
  createTableNaming({ ...settings, tableNameFormat })(topic, undefined);

describe('the target table', () => {
  it('is the one that is named, whatever the topic', () => {
    assert.deepEqual(named('people'), { schema: null, name: 'people' });
    assert.deepEqual(named('dbo.People'), { schema: 'dbo', name: 'People' });
    assert.deepEqual(named('shop.dbo.people'), { schema: 'dbo', name: 'people' });
  });

  it('may be quoted, with dots and quotes in its name', () => {
    assert.deepEqual(named('"my.schema"."a ""b"""'), { schema: 'my.schema', name: 'a "b"' });
    assert.deepEqual(named('public."a.b"'), { schema: 'public', name: 'a.b' });
  });

  it('follows the topic, whose dots part schema and table', () => {
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Kafka Connect's placeholder
    assert.deepEqual(formatted('${topic}', 'people'), { schema: null, name: 'people' });
    assert.deepEqual(formatted('${topic}', 'server1.dbo.people'), { schema: 'dbo', name: 'people' });
    assert.deepEqual(formatted('kafka_${topic}', 'people'), { schema: null, name: 'kafka_people' });
    assert.deepEqual(formatted('"${topic}"', 'a.b'), { schema: null, name: 'a.b' });
    assert.deepEqual(formatted('${topic}_${topic}', 'a'), { schema: null, name: 'a_a' });
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Kafka Connect's placeholder
    assert.deepEqual(formatted('fixed', 'any'), { schema: null, name: 'fixed' });
  });

  it('follows what the source block says, each member as one part of the name', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Debezium's placeholders
    const tableNameFormat = '${source.schema}.${source.db}_${source.table}';
    const toTable = createTableNaming({ ...settings, tableNameFormat });
    const source = { db: 'shop', schema: 'dbo', table: 'a.b' };
    assert.deepEqual(toTable('t', source), { schema: 'dbo', name: 'shop_a.b' });
    assert.deepEqual(toTable('t', { ...source, table: '"x"' }), { schema: 'dbo', name: 'shop_"x"' });
    for (const lacking of [undefined, { schema: 'dbo', table: 'a' }, { ...source, table: '' }]) {
      assert.throws(() => toTable('t', lacking), isUnnamed);
    }
  });

  it('may be given for single topics, and has underscores for dots where Debezium makes them', () => {
    const tablesByTopic = new Map([['a.b', 'x.y']]);
    const toTable = createTableNaming({ ...settings, tablesByTopic, underscoresTopic: true });
    assert.deepEqual(toTable('a.b', undefined), { schema: 'x', name: 'y' });
    assert.deepEqual(toTable('s.a.c', undefined), { schema: null, name: 's_a_c' });
  });

  it('is never cut: a name that PostgreSQL cannot have is refused', () => {
    assert.deepEqual(formatted('x', 't'), { schema: null, name: 'x' });
    assert.equal(named('x'.repeat(63)).name.length, 63);
    for (const name of ['x'.repeat(64), 'ü'.repeat(32), `${'x'.repeat(64)}.t`, 'a\0b', '""']) {
      assert.throws(() => named(name), isUnnamed);
    }
  });
});

const isUnnamed = (error: unknown) => isSluiceError(error, 'data') && error.code === 'TABLE_UNNAMED';
