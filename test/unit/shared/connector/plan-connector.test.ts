import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { connectorClasses } from '../../../../shared/config/product.ts';
import { planConnector } from '../../../../shared/connector/plan-connector.ts';
import { propertyTable } from '../../../../shared/connector/property-table.ts';
import { toConnectorPlan } from '../../../../shared/connector/to-connector-plan.ts';
import { createTableNaming } from '../../../../shared/postgres/to-table-name.ts';

const sluice = {
  'connector.class': 'io.sluice.SluiceSinkConnector',
  topics: 'shop.orders',
  'connection.url': 'jdbc:postgresql://db:5432/main?sslmode=disable',
  'connection.user': 'me',
};
const confluent = {
  ...sluice,
  'connector.class': 'io.confluent.connect.jdbc.JdbcSinkConnector',
  'value.converter.schemas.enable': 'false',
};

const plan = (config: Readonly<Record<string, string>>) => toConnectorPlan({ name: 'c', config });
const problems = (config: Readonly<Record<string, string>>) =>
  planConnector({ name: 'c', config }).findings.errors.map(({ message }) => message);
const warnings = (config: Readonly<Record<string, string>>) =>
  planConnector({ name: 'c', config }).findings.warnings.map(({ message }) => message);

function sample(path: string) {
  const text = readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')
    .replace('yourinstance-url:port/yourdbname', '127.0.0.1:5432/main')
    .replace('yourname', 'me')
    .replace('******', 'open-sesame');
  return JSON.parse(text);
}

test('a transform that leaves rows is warned of where only envelopes are read', () => {
  const unwrapped = {
    ...sluice,
    transforms: 'flat',
    'transforms.flat.type': 'io.debezium.transforms.ExtractNewRecordState',
  };
  const about = (config: Readonly<Record<string, string>>) =>
    warnings(config).filter((message) => message.includes('record.format'));
  assert.match(about(unwrapped).join(), /^transforms\.flat leaves rows/);
  assert.deepEqual(about({ ...unwrapped, 'record.format': 'auto' }), []);
  assert.deepEqual(about({ ...unwrapped, 'connector.class': confluent['connector.class'] }), []);
  assert.deepEqual(about(sluice), []);
});

test('the sample of the ADBPG sink is valid as it stands, its misspelt type included', () => {
  const { target, topology, topics, valueConverter } = toConnectorPlan(
    sample('test/fixtures/samples/adb4pg-sink.json'),
  );
  assert.deepEqual(topics, ['server1.dbo.t1']);
  assert.equal(topology, 'direct');
  assert.deepEqual(valueConverter, {
    converter: 'JsonConverter',
    schemasEnable: false,
    replaceNullWithDefault: true,
    maxSchemas: 1000,
  });
  assert.deepEqual(target.columns, ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  assert.equal(target.columnTypes.get('e'), 'double precision');
  assert.deepEqual(target.keyColumns, ['a']);
  assert.equal(target.targetTable, 't1');
  assert.equal(target.writeMode, 'insert');
  assert.equal(target.deleteEnabled, true);
  assert.equal(target.errorsTolerance, 'all');
  assert.equal(target.connection.password, 'open-sesame');
});

test('the sample of the first run is valid as it stands', () => {
  const { target } = toConnectorPlan(sample('localstack/sample/cud-sink.json'));
  assert.equal(target.writeMode, 'upsert');
  assert.equal(target.targetTable, 'people');
  assert.deepEqual(target.columns, ['id', 'name']);
});

test('the sample with Avro is valid, and reads the schemas of its registry', () => {
  const { valueConverter } = toConnectorPlan(sample('test/fixtures/samples/databend-style-sink.json'));
  assert.ok(valueConverter.converter === 'AvroConverter' && valueConverter.registry.kind === 'http');
  assert.equal(valueConverter.registry.urls.length, 1);
});

test('each class has the defaults of its product', () => {
  for (const { className, product } of connectorClasses) {
    const { target } = plan({ ...confluent, 'connector.class': className });
    assert.equal(target.deleteEnabled, product === 'sluice' || product === 'adbpg', className);
  }
  const { 'value.converter.schemas.enable': _, ...withoutSchemas } = confluent;
  const { valueConverter } = plan(withoutSchemas);
  assert.ok(valueConverter.converter === 'JsonConverter' && valueConverter.schemasEnable);
});

test('a class is named in full or simply; an ambiguous or unknown name is refused with those there are', () => {
  assert.deepEqual(problems({ ...sluice, 'connector.class': 'SluiceSink' }), []);
  assert.deepEqual(problems({ ...sluice, 'connector.class': 'Adb4PgSinkConnector' }), []);
  assert.match(problems({ ...sluice, 'connector.class': 'JdbcSinkConnector' })[0]!, /^More than one connector matches/);
  assert.match(
    problems({ ...sluice, 'connector.class': 'io.sluice.SluceSinkConnector' })[0]!,
    /Did you mean io\.sluice\.SluiceSinkConnector\?$/,
  );
});

test('aliases of other products mean the same', () => {
  const { 'connection.url': url, 'connection.user': user, ...rest } = confluent;
  const other = plan({
    ...rest,
    'connector.class': 'io.debezium.connector.jdbc.JdbcSinkConnector',
    'connector.url': url,
    'connection.username': user,
    'collection.name.format': 'public.orders',
    'primary.key.mode': 'record_value',
    'primary.key.fields': 'id, line',
    writeMode: 'upsert',
  }).target;
  assert.equal(other.tableNameFormat, 'public.orders');
  assert.deepEqual(other.keyColumns, ['id', 'line']);
  assert.equal(other.writeMode, 'upsert');
  const address = { host: 'db', port: 5432, database: 'main', sslMode: 'disable' };
  assert.deepEqual(other.connection, { ...address, user: 'me' });
  assert.match(
    problems({ ...sluice, 'connector.url': 'postgresql://other/x' })[0]!,
    /^connection\.url and connector\.url mean the same property/,
  );
});

test('pk.fields without pk.mode counts for the c/u/d contract, and is said to be ignored for the others', () => {
  assert.deepEqual(plan({ ...sluice, 'pk.fields': 'id' }).target.keyColumns, ['id']);
  assert.deepEqual(plan({ ...confluent, 'pk.fields': 'id' }).target.keyColumns, []);
  assert.match(warnings({ ...confluent, 'pk.fields': 'id' })[0]!, /^pk\.fields has no effect while pk\.mode is none/);
  assert.match(problems({ ...sluice, 'pk.mode': 'record' })[0]!, /pk\.mode/);
});

test('columns: names and types must pair, keys belong to them, a whitelist adds the keys', () => {
  assert.match(
    problems({ ...sluice, 'col.names': 'a,b', 'col.types': 'int' })[0]!,
    /col\.names has 2 and col\.types 1/,
  );
  assert.match(problems({ ...sluice, 'col.types': 'int' })[0]!, /col\.names has 0 and col\.types 1/);
  assert.match(problems({ ...sluice, 'col.names': 'a,a' })[0]!, /names the column a twice/);
  assert.match(problems({ ...sluice, 'col.names': 'a', 'pk.fields': 'id' })[0]!, /pk\.fields names id/);
  assert.match(problems({ ...sluice, 'col.names': 'a', 'fields.whitelist': 'b' })[0]!, /keep one of them/);
  assert.deepEqual(plan({ ...sluice, 'fields.whitelist': 'a,b', 'pk.fields': 'id' }).target.columns, ['a', 'b', 'id']);
  assert.equal(plan(sluice).target.columns, undefined);
  const types = plan({ ...sluice, 'col.names': 'a,b', 'col.types': 'numeric(10,2), txt' });
  assert.deepEqual(
    [...types.target.columnTypes],
    [
      ['a', 'numeric(10,2)'],
      ['b', 'txt'],
    ],
  );
  assert.match(warnings({ ...sluice, 'col.names': 'b', 'col.types': 'txt' })[0]!, /Did you mean text\?/);
});

test('table lists make the chained topology the default, and topology overrides', () => {
  assert.equal(plan({ ...sluice, 'table.include.list': 'shop\\.orders' }).topology, 'chained');
  assert.equal(plan({ ...sluice, 'column.exclude.list': 'shop\\.orders\\.note' }).topology, 'direct');
  assert.equal(plan({ ...sluice, 'table.include.list': 'a', topology: 'direct' }).topology, 'direct');
  assert.equal(plan({ ...sluice, topology: 'chained' }).topology, 'chained');
  assert.match(
    problems({ ...sluice, 'table.include.list': 'a', 'table.exclude.list': 'b' })[0]!,
    /^table\.include\.list and table\.exclude\.list exclude each other/,
  );
  assert.match(problems({ ...sluice, 'column.include.list': '[' })[0]!, /^column\.include\.list: "\[" is not/);
});

test('batch size and starting position come from the names of Lambda or Kafka', () => {
  assert.deepEqual(plan(sluice).eventSource, { batchSize: 500, startingPosition: 'TRIM_HORIZON' });
  const kafka = { 'consumer.override.max.poll.records': '50000', 'consumer.override.auto.offset.reset': 'latest' };
  assert.deepEqual(plan({ ...sluice, ...kafka }).eventSource, { batchSize: 10_000, startingPosition: 'LATEST' });
  assert.equal(plan({ ...sluice, ...kafka, 'aws.batch.size': '20' }).eventSource.batchSize, 20);
  assert.equal(plan({ ...sluice, 'source.id': 'west' }).eventSource.sourceId, 'west');
});

test("Debezium's class turns the dots of a topic into underscores, its passthrough class does not", () => {
  const debezium = { ...confluent, 'connector.class': 'io.debezium.connector.jdbc.JdbcSinkConnector' };
  const named = (config: Record<string, string>) => createTableNaming(plan(config).target)('shop.orders', undefined);
  assert.deepEqual(named(debezium), { schema: null, name: 'shop_orders' });
  const strategy = 'io.debezium.sink.naming.PassthroughCollectionNamingStrategy';
  assert.deepEqual(named({ ...debezium, 'collection.naming.strategy': strategy }), { schema: 'shop', name: 'orders' });
  assert.deepEqual(problems({ ...debezium, topics: 'a.b,c.d' }), []);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Kafka Connect's placeholder
  const source = { ...debezium, 'collection.name.format': '${source.name}' };
  assert.match(problems(source)[0]!, /placeholder \$\{source\.name\} is unknown/);
});

test('topics: repeated ones count once, illegal ones and none are refused', () => {
  assert.deepEqual(plan({ ...sluice, topics: 'a,b,a' }).topics, ['a', 'b']);
  assert.match(problems({ ...sluice, topics: 'a b' })[0]!, /"a b" is not a legal topic name/);
  const { topics: _, ...without } = sluice;
  assert.deepEqual(problems(without), ['Must configure one of topics or topics.regex']);
  assert.match(
    problems({ ...without, 'topics.regex': 'shop.*' })[0]!,
    /^topics\.regex is refused: .*list them in topics/,
  );
});

test('what would change data and is not there yet is refused, empty or harmless values are not', () => {
  for (const [name, value] of Object.entries({
    'filter.sql': 'select 1',
    'insert.mode': 'merge',
    'schema.evolution': 'validate-only',
    'unknown.fields': 'orders:drop',
    'db.timezone': 'Asia/Shanghai',
    'consumer.override.isolation.level': 'read_committed',
    'aws.window': '1',
  })) {
    assert.equal(problems({ ...confluent, [name]: value }).length, 1, name);
  }
  assert.deepEqual(
    problems({
      ...confluent,
      transforms: '',
      'auto.create': 'false',
      'db.timezone': 'UTC',
      'schema.evolution': 'none',
    }),
    [],
  );
});

test('user and password may stand in the URL; if they stand elsewhere too they must agree', () => {
  const { 'connection.user': _, ...rest } = sluice;
  const inUrl = { ...rest, 'connection.url': 'postgresql://me:open-sesame@db/main' };
  assert.equal(plan(inUrl).target.connection.password, 'open-sesame');
  assert.match(problems(rest)[0]!, /"connection\.user" which has no default/);
  const found = problems({ ...inUrl, 'connection.user': 'you', 'connection.password': 'open-barley' });
  assert.equal(found.length, 2);
  assert.ok(!found.join().includes('open-'));
});

test('the name in the configuration must be the name of the connector', () => {
  assert.match(problems({ ...sluice, name: 'other' })[0]!, /called c, but its configuration says name=other/);
  assert.deepEqual(
    planConnector({ name: '', config: sluice }).findings.errors.map(({ message }) => message),
    ['Missing required configuration "name" which has no default value.'],
  );
});

test('whatever a configuration says, planning ends in a plan or in errors and shows no password', () => {
  const name = fc.constantFrom(...propertyTable.flatMap(({ name: own, aliases }) => [own, ...aliases]));
  const value = fc.oneof(fc.string(), fc.constantFrom('true', 'false', 'a,b', '0', 'none', 'upsert', 'all'));
  fc.assert(
    fc.property(fc.dictionary(name, value), (config) => {
      const password = 'open-sesame-4711';
      const found = planConnector({ name: 'c', config: { ...sluice, ...config, 'connection.password': password } });
      assert.equal(found.plan === undefined, found.findings.errors.length > 0);
      assert.ok(!JSON.stringify(found.findings).includes(password));
    }),
  );
});

test('tables follow their records by auto.create, auto.evolve, schema.evolution and unknown.fields', () => {
  const schemaOf = (config: Record<string, string>) => {
    const { plan } = planConnector({ name: 'a', config: { ...confluent, ...config } });
    return {
      ...plan!.target.schema,
      unknownFieldsByTable: Object.fromEntries(plan!.target.schema.unknownFieldsByTable),
    };
  };
  const none = { creates: false, widens: false, unknownFields: 'fail', unknownFieldsByTable: {} };
  assert.deepEqual(schemaOf({}), none);
  assert.deepEqual(schemaOf({ 'auto.create': 'true' }), { ...none, creates: true });
  assert.deepEqual(schemaOf({ 'auto.evolve': 'true' }), { ...none, widens: true, unknownFields: 'add' });
  const basic = { ...none, creates: true, widens: true, unknownFields: 'add' };
  assert.deepEqual(schemaOf({ 'schema.evolution': 'basic' }), basic);
  assert.deepEqual(schemaOf({ 'auto.evolve': 'true', 'unknown.fields': 'ignore, shop.a:add, b:fail' }), {
    ...none,
    widens: true,
    unknownFields: 'ignore',
    unknownFieldsByTable: { 'shop.a': 'add', b: 'fail' },
  });
});

test('keys, deletes and names that cannot work are said before a record comes', () => {
  const problem = (config: Record<string, string>) => problems({ ...sluice, ...config })[0] ?? 'none';
  assert.match(problem({ 'pk.mode': 'kafka', 'pk.fields': 'a,b' }), /three columns/);
  assert.match(problem({ 'pk.mode': 'kafka', 'delete.enabled': 'true' }), /cannot work while pk\.mode is kafka/);
  assert.equal(plan({ ...sluice, 'pk.mode': 'kafka' }).target.deleteEnabled, false);
  assert.match(problem({ 'delete.mode': 'soft' }), /needs insert\.mode=upsert/);
  assert.match(problem({ 'topics.to.tables.mapping': 'a' }), /"a" is not topic:table/);
  assert.match(problem({ 'topics.to.tables.mapping': 'a:b,a:c' }), /names the topic a twice/);
  assert.match(problem({ 'topics.to.tables.mapping': 'a:b', 'target.tablename': 'c' }), /keep one of them/);
  assert.match(problem({ 'unavailable.value.placeholder': 'hex:abc' }), /pairs of hexadecimal digits/);
  assert.match(problem({ topics: 'x'.repeat(64) }), /has 64 bytes/);
  assert.match(problem({ 'target.tablename': 'sluice.offsets' }), /schema sluice is not for target tables/);
  assert.match(problem({ 'target.tablename': 'pg_catalog.pg_class' }), /is not for target tables/);
  assert.match(problem({ 'target.tablename': 'a.t', 'target.schemas': 'b' }), /not one of target\.schemas/);
  assert.equal(problem({ 'pk.mode': 'record_key', 'col.names': 'a', 'pk.fields': 'id' }), 'none');
});

test('what reads no keys needs no options of a key converter', () => {
  const avro = { ...sluice, 'key.converter': 'io.confluent.connect.avro.AvroConverter' };
  assert.deepEqual(problems(avro), []);
  assert.match(
    problems({ ...avro, 'pk.mode': 'record_key' })[0]!,
    /^Missing required.*"key\.converter\.schema\.registry/,
  );
  assert.match(problems({ ...sluice, 'header.converter': 'org.example.Other' })[0]!, /There is no such converter/);
});
