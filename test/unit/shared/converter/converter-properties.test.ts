import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planConnector } from '../../../../shared/connector/plan-connector.ts';
import { converterClasses } from '../../../../shared/converter/converter-class.ts';
import type { ConverterSettings } from '../../../../shared/converter/converter-settings.ts';
import type { HttpRegistrySettings } from '../../../../shared/converter/registry/registry-settings.ts';

const base = {
  'connector.class': 'io.sluice.SluiceSinkConnector',
  topics: 't',
  'connection.url': 'jdbc:postgresql://localhost/db?user=u',
  'pk.mode': 'record_key',
  'pk.fields': 'id',
};
const url = { 'value.converter.schema.registry.url': 'https://one:8081/, https://two' };

function plan(config: Record<string, string>) {
  return planConnector({ name: 'c', config: { ...base, ...config } });
}
function valueConverter(config: Record<string, string>): ConverterSettings {
  const { plan: planned, findings } = plan(config);
  assert.deepEqual(findings.errors, []);
  return planned!.valueConverter;
}
function registry(config: Record<string, string>): HttpRegistrySettings {
  const settings = valueConverter({ 'value.converter': 'AvroConverter', ...url, ...config });
  assert.ok(settings.converter === 'AvroConverter' && settings.registry.kind === 'http');
  return settings.registry;
}
const problems = (config: Record<string, string>) => plan(config).findings.errors.map(({ message }) => message);

test('every converter class is taken for keys, values and headers, by its full and its simple name', () => {
  for (const { className, converter, registry } of converterClasses) {
    const simple = className.slice(className.lastIndexOf('.') + 1);
    const names = [className, simple, simple.replace(/Converter$/, '')];
    for (const name of names) {
      for (const part of ['key', 'value', 'header']) {
        const config = { [`${part}.converter`]: name, [`${part}.converter.schema.registry.url`]: 'http://registry' };
        const { plan: planned, findings } = plan(config);
        assert.deepEqual(findings.errors, [], `${part} ${name}`);
        const settings = {
          key: planned!.keyConverter,
          value: planned!.valueConverter,
          header: planned!.headerConverter,
        }[part]!;
        assert.equal(settings.converter, converter);
        // A simple name that two classes have is Confluent's.
        if (name === className && 'registry' in settings && part !== 'header')
          assert.equal(settings.registry.kind, registry);
      }
    }
  }
  assert.match(
    problems({ 'value.converter': 'io.confluent.connect.avro.AvroConvertor' })[0]!,
    /Did you mean io\.confluent\.connect\.avro\.AvroConverter\?/,
  );
});

test('the options of JSON and text reach the converter', () => {
  const schema = '{"type":"int64"}';
  assert.deepEqual(
    valueConverter({
      'value.converter.schemas.enable': 'true',
      'value.converter.schema.content': schema,
      'value.converter.replace.null.with.default': 'false',
      'value.converter.schemas.cache.size': '7',
    }),
    {
      converter: 'JsonConverter',
      schemasEnable: true,
      schemaContent: schema,
      replaceNullWithDefault: false,
      maxSchemas: 7,
    },
  );
  assert.deepEqual(
    valueConverter({ 'value.converter': 'StringConverter', 'value.converter.converter.encoding': 'UTF-16' }),
    {
      converter: 'StringConverter',
      encoding: 'UTF-16',
    },
  );
  assert.match(
    problems({ 'value.converter.schema.content': '{"type":"int65"}' })[0]!,
    /no schema of Connect as JSON: Unknown schema type/,
  );
  assert.match(problems({ 'value.converter.converter.encoding': 'EBCDIC-XYZ' })[0]!, /There is no such character set/);
});

test('a registry has its URLs without slash and login, and the limits of its client', () => {
  const { urls, auth, tls, schemaId, subject, latest, ...limits } = registry({});
  assert.deepEqual(urls, ['https://one:8081', 'https://two']);
  assert.deepEqual(
    [auth, tls, schemaId, subject, latest],
    [{ kind: 'none' }, { verifyHost: true }, 'either', 'topic', undefined],
  );
  assert.deepEqual(limits, {
    kind: 'http',
    connectTimeoutMs: 10_000,
    readTimeoutMs: 10_000,
    maxRetries: 3,
    retryWaitMs: 1_000,
    maxRetryWaitMs: 20_000,
    missingTtlMs: 60_000,
    maxSchemas: 1_000,
    recordFormat: 'auto',
  });
  assert.match(
    problems({ 'value.converter': 'AvroConverter' })[0]!,
    /^Missing required configuration "value\.converter\.schema\.registry\.url"/,
  );
  assert.match(
    problems({
      ...url,
      'value.converter': 'AvroConverter',
      'value.converter.schema.registry.url': 'registry:8081',
    })[0]!,
    /http:\/\//,
  );
});

test('a registry is logged in to as the connector says', () => {
  const prefix = 'value.converter.';
  const withLogin = { [`${prefix}schema.registry.url`]: 'https://me:a%3Ab@one' };
  assert.deepEqual(registry(withLogin).auth, { kind: 'basic', userInfo: 'me:a:b' });
  assert.deepEqual(registry(withLogin).urls, ['https://one']);
  const userInfo = {
    [`${prefix}basic.auth.credentials.source`]: 'USER_INFO',
    [`${prefix}schema.registry.basic.auth.user.info`]: 'u:p',
  };
  assert.deepEqual(registry(userInfo).auth, { kind: 'basic', userInfo: 'u:p' });
  const token = {
    [`${prefix}bearer.auth.credentials.source`]: 'STATIC_TOKEN',
    [`${prefix}bearer.auth.token`]: 't',
    [`${prefix}bearer.auth.logical.cluster`]: 'lsrc-1',
  };
  assert.deepEqual(registry(token).auth, { kind: 'bearer', token: 't', logicalCluster: 'lsrc-1' });
  const oauth = {
    [`${prefix}bearer.auth.credentials.source`]: 'OAUTHBEARER',
    [`${prefix}bearer.auth.issuer.endpoint.url`]: 'https://issuer/token',
    [`${prefix}bearer.auth.client.id`]: 'id',
    [`${prefix}bearer.auth.client.secret`]: 's',
  };
  assert.deepEqual(registry(oauth).auth, {
    kind: 'oauth',
    issuerUrl: 'https://issuer/token',
    clientId: 'id',
    clientSecret: 's',
    expiryBufferMs: 300_000,
  });
  const avro = { ...url, 'value.converter': 'AvroConverter' };
  assert.match(
    problems({ ...avro, [`${prefix}basic.auth.credentials.source`]: 'USER_INFO' })[0]!,
    /basic\.auth\.user\.info/,
  );
  assert.match(problems({ ...avro, [`${prefix}basic.auth.credentials.source`]: 'SASL_INHERIT' })[0]!, /USER_INFO/);
  assert.match(
    problems({ ...avro, [`${prefix}bearer.auth.token`]: '$' + '{vault:a:b}' })[0]!,
    /no configuration provider/,
  );
  assert.match(problems({ ...avro, [`${prefix}schema.registry.ssl.keystore.location`]: '/a.jks' })[0]!, /PEM/);
});

test('certificates, the place of the id and the latest schema are settings of the registry too', () => {
  const prefix = 'value.converter.';
  const { tls, schemaId, subject, latest } = registry({
    [`${prefix}schema.registry.ssl.truststore.certificates`]: 'ca',
    [`${prefix}schema.registry.ssl.keystore.certificate.chain`]: 'chain',
    [`${prefix}schema.registry.ssl.keystore.key`]: 'key',
    [`${prefix}schema.registry.ssl.key.password`]: 'p',
    [`${prefix}schema.registry.ssl.endpoint.identification.algorithm`]: '',
    [`${prefix}value.schema.id.deserializer`]: 'io.confluent.kafka.serializers.schema.id.HeaderSchemaIdDeserializer',
    [`${prefix}value.subject.name.strategy`]: 'io.confluent.kafka.serializers.subject.TopicRecordNameStrategy',
    [`${prefix}use.latest.with.metadata`]: 'app=shop, v=1',
    [`${prefix}latest.cache.ttl.sec`]: '-1',
  });
  assert.deepEqual(tls, { ca: 'ca', certificate: 'chain', key: 'key', keyPassword: 'p', verifyHost: false });
  assert.deepEqual([schemaId, subject], ['header', 'topic-record']);
  assert.deepEqual(latest, { metadata: { app: 'shop', v: '1' }, ttlMs: 86_400_000 });
});

test('the registry of AWS Glue needs nothing but the role of the function', () => {
  const glue = { 'value.converter': 'com.amazonaws.services.schemaregistry.kafkaconnect.AWSKafkaAvroConverter' };
  const settings = valueConverter({
    ...glue,
    'value.converter.region': 'eu-west-1',
    'value.converter.registry.name': 'shop',
  });
  assert.ok('registry' in settings);
  assert.deepEqual(settings.registry, {
    kind: 'glue',
    region: 'eu-west-1',
    registryName: 'shop',
    timeoutMs: 10_000,
    missingTtlMs: 60_000,
    maxSchemas: 1_000,
    recordFormat: 'auto',
  });
  assert.deepEqual(problems(glue), []);
});
