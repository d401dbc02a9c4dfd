import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toTableName } from '../../../../shared/postgres/to-table-name.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: Kafka Connect's placeholder
const settings = { tableNameFormat: '${topic}' };
const named = (targetTable: string) => toTableName({ ...settings, targetTable }, 'topic');
const formatted = (tableNameFormat: string, topic: string) => toTableName({ ...settings, tableNameFormat }, topic);

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
});
