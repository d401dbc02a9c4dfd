import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inheritDefaults, toOwnConfig } from '../../../../shared/connector/inherit-defaults.ts';

test('a default holds unless the connector sets the property under any of its names', () => {
  const own = { name: 'a', config: { writeMode: 'upsert', topics: 't' } };
  const stored = inheritDefaults(own, { 'insert.mode': 'insert', 'tasks.max': '4' });
  assert.deepEqual(stored.config, { ...own.config, 'tasks.max': '4' });
  assert.deepEqual(stored.inherited, ['tasks.max']);
  assert.deepEqual(toOwnConfig(stored), own.config);
  assert.deepEqual(toOwnConfig(own), own.config);
});

test('defaults may be inherited twice, and all of them stay apart from what the user wrote', () => {
  const own = { name: 'a', config: { topics: 't' } };
  const stored = inheritDefaults(inheritDefaults(own, { 'tasks.max': '4' }), { 'connection.secret': 's' });
  assert.deepEqual(stored.inherited, ['tasks.max', 'connection.secret']);
  assert.deepEqual(toOwnConfig(stored), own.config);
});

test('the credentials of the deployment never go to a database that a connector names itself', () => {
  const defaults = {
    'connection.url': 'postgresql://default/x',
    'connection.secret': 'arn',
    'connection.user': 'me',
    'connection.password': 'p',
    'connection.iam.auth': 'true',
    'tasks.max': '4',
  };
  for (const own of [{ 'connector.url': 'postgresql://elsewhere/x' }, { 'connection.secret': 'other' }]) {
    assert.deepEqual(inheritDefaults({ name: 'a', config: own }, defaults).inherited, ['tasks.max']);
  }
  const ownUser = inheritDefaults({ name: 'a', config: { 'connection.user': 'you' } }, defaults);
  assert.equal(ownUser.config['connection.url'], 'postgresql://default/x');
  assert.equal(ownUser.config['connection.user'], 'you');
});

test('a converter inherits the schema registry that it reads, and only where the connector names none', () => {
  const defaults = Object.fromEntries(
    ['value', 'key'].flatMap((part) =>
      Object.entries({
        'schema.registry.url': 'https://registry',
        'basic.auth.user.info': 'u:p',
        region: 'eu-west-1',
        'registry.name': 'r',
      }).map(([name, text]) => [`${part}.converter.${name}`, text]),
    ),
  );
  const inherited = (config: Record<string, string>) =>
    inheritDefaults({ name: 'a', config }, defaults).inherited ?? [];
  assert.deepEqual(inherited({}), []);
  assert.deepEqual(inherited({ 'value.converter': 'JsonConverter', 'key.converter': 'StringConverter' }), []);
  assert.deepEqual(inherited({ 'value.converter': 'io.confluent.connect.avro.AvroConverter' }), [
    'value.converter.schema.registry.url',
    'value.converter.basic.auth.user.info',
  ]);
  assert.deepEqual(inherited({ 'key.converter': 'Avro', 'key.converter.basic.auth.user.info': 'me:mine' }), [
    'key.converter.schema.registry.url',
  ]);
  assert.deepEqual(
    inherited({ 'value.converter': 'Protobuf', 'value.converter.schema.registry.url': 'https://own' }),
    [],
  );
  assert.deepEqual(inherited({ 'value.converter': 'AWSKafkaAvroConverter' }), [
    'value.converter.region',
    'value.converter.registry.name',
  ]);
  assert.deepEqual(
    inherited({ 'value.converter': 'AWSKafkaAvroConverter', 'value.converter.region': 'us-east-1' }),
    [],
  );
});
