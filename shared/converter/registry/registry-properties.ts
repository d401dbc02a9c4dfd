import { type AnyProperty, honoured, moot, refused } from '../../config/property.ts';
import { between, oneOf } from '../../config/validators.ts';
import type { RecordPart } from '../converter.ts';

const group = 'Schema registry';
const pemOnly = 'A function has no files of its own: give PEM texts, or references to them, in ';

/** Properties of the schema registry of one part of a record. */
export type RegistryProperties = ReturnType<typeof createRegistryProperties>;

/** The honoured properties of the schema registry for keys, values or headers. */
export function createRegistryProperties(part: RecordPart) {
  const prefix = `${part}.converter.`;
  const say = (text: string) => (part === 'value' ? text : `As \`value.converter.*\`, for ${part}s.`);
  const text = (name: string, documentation: string) =>
    honoured({ name: prefix + name, type: 'STRING', group, documentation: say(documentation) });
  const secret = (name: string, documentation: string, aliases: readonly string[] = []) =>
    honoured({ name: prefix + name, aliases, type: 'PASSWORD', group, documentation: say(documentation) });
  const count = (name: string, defaultText: string, documentation: string, minimum = 0) =>
    honoured({
      name: prefix + name,
      type: 'INT',
      defaultText,
      importance: 'LOW',
      group,
      documentation: say(documentation),
      validate: between(minimum, 2_147_483_647),
    });
  const orReference = 'A reference is accepted, as for `connection.password`.';
  return {
    url: honoured({
      name: `${prefix}schema.registry.url`,
      type: 'LIST',
      importance: 'HIGH',
      group,
      documentation: say(
        'URLs of the schema registry, tried in turn. Needed by Avro, Protobuf and JSON Schema converters of Confluent, ' +
          'unless the deployment says it (`schemaRegistryUrl`).',
      ),
      validate: (urls) => urls.map(urlProblem).find((problem) => problem !== undefined),
    }),
    basicSource: honoured({
      name: `${prefix}basic.auth.credentials.source`,
      type: 'STRING',
      defaultText: 'URL',
      group,
      documentation: say('Where user and password are: in the URL, or in `basic.auth.user.info` (`USER_INFO`).'),
      validate: (value) =>
        value === 'SASL_INHERIT'
          ? 'A function has no Kafka client to inherit from: set USER_INFO and basic.auth.user.info'
          : oneOf('URL', 'USER_INFO')(value),
    }),
    userInfo: secret(
      'basic.auth.user.info',
      '`user:password`, or a reference to that, or to a secret with the members `username` and `password`.',
      [`${prefix}schema.registry.basic.auth.user.info`],
    ),
    bearerSource: honoured({
      name: `${prefix}bearer.auth.credentials.source`,
      type: 'STRING',
      group,
      documentation: say(
        'Use a bearer token: `STATIC_TOKEN` (that of `bearer.auth.token`) or `OAUTHBEARER` (one from an issuer).',
      ),
      validate: oneOf('', 'STATIC_TOKEN', 'OAUTHBEARER'),
    }),
    bearerToken: secret('bearer.auth.token', `The static token. ${orReference}`),
    issuerUrl: honoured({
      name: `${prefix}bearer.auth.issuer.endpoint.url`,
      type: 'STRING',
      group,
      documentation: say('Where a token is asked for (OAuth 2.0 client credentials).'),
      validate: urlProblem,
    }),
    clientId: text('bearer.auth.client.id', `Client at the issuer. ${orReference}`),
    clientSecret: secret('bearer.auth.client.secret', `Secret of the client. ${orReference}`),
    scope: text('bearer.auth.scope', 'Scope that is asked for.'),
    logicalCluster: text('bearer.auth.logical.cluster', 'Logical cluster of Confluent Cloud (`target-sr-cluster`).'),
    identityPoolId: text('bearer.auth.identity.pool.id', 'Identity pool of Confluent Cloud.'),
    expiryBufferSeconds: count(
      'bearer.auth.cache.expiry.buffer.seconds',
      '300',
      'A token is renewed this long before it ends.',
    ),
    ca: secret('schema.registry.ssl.truststore.certificates', `PEM certificates that are trusted. ${orReference}`),
    certificate: secret(
      'schema.registry.ssl.keystore.certificate.chain',
      `PEM certificate of the function (mutual TLS). ${orReference}`,
    ),
    key: secret('schema.registry.ssl.keystore.key', `PEM key of that certificate. ${orReference}`),
    keyPassword: secret('schema.registry.ssl.key.password', `Password of that key. ${orReference}`),
    endpointIdentification: honoured({
      name: `${prefix}schema.registry.ssl.endpoint.identification.algorithm`,
      type: 'STRING',
      defaultText: 'https',
      importance: 'LOW',
      group,
      documentation: say('`https`: the certificate must be of the host; empty: of any host.'),
      validate: (value) => oneOf('', 'https')(value.toLowerCase()),
    }),
    connectTimeoutMs: count('http.connect.timeout.ms', '60000', 'Longest wait for a connection, at most 10 s.', 1),
    readTimeoutMs: count('http.read.timeout.ms', '60000', 'Longest wait for an answer, at most 10 s.', 1),
    maxRetries: count('max.retries', '3', 'Further attempts of one request after a failure that may pass.'),
    retryWaitMs: count('retries.wait.ms', '1000', 'Wait before the first of them; it doubles.'),
    maxRetryWaitMs: count('retries.max.wait.ms', '20000', 'Longest such wait.'),
    missingTtlSeconds: count(
      'missing.id.cache.ttl.sec',
      '60',
      'How long a schema that does not exist is not asked for again.',
    ),
    maxSchemas: count('schemas.cache.config', '1000', 'Most schemas kept.', 1),
    schemaId: honoured({
      name: `${prefix}${part === 'key' ? 'key' : 'value'}.schema.id.deserializer`,
      type: 'CLASS',
      defaultText: 'io.confluent.kafka.serializers.schema.id.DualSchemaIdDeserializer',
      importance: 'LOW',
      group,
      documentation: say(
        'Where the id of the schema stands: `DualSchemaIdDeserializer` (in the header `__value_schema_id`, ' +
          '`__key_schema_id`, else before the data), `HeaderSchemaIdDeserializer`, `PrefixSchemaIdDeserializer`.',
      ),
      validate: (value) =>
        /(?:^|\.)(?:Dual|Header|Prefix)SchemaIdDeserializer$/.test(value)
          ? undefined
          : 'DualSchemaIdDeserializer, HeaderSchemaIdDeserializer and PrefixSchemaIdDeserializer are known',
    }),
    subject: honoured({
      name: `${prefix}${part === 'key' ? 'key' : 'value'}.subject.name.strategy`,
      type: 'CLASS',
      defaultText: 'io.confluent.kafka.serializers.subject.TopicNameStrategy',
      importance: 'LOW',
      group,
      documentation: say(
        'Subject of a schema, used with `use.latest.*` alone: `TopicNameStrategy`, `RecordNameStrategy`, ' +
          '`TopicRecordNameStrategy`; `AssociatedNameStrategy` is taken as the first.',
      ),
      validate: (value) =>
        /(?:^|\.)(?:Topic|Record|TopicRecord|Associated)NameStrategy$/.test(value)
          ? undefined
          : 'TopicNameStrategy, RecordNameStrategy, TopicRecordNameStrategy and AssociatedNameStrategy are known',
    }),
    useLatest: honoured({
      name: `${prefix}use.latest.version`,
      type: 'BOOLEAN',
      defaultText: 'false',
      group,
      documentation: say('Read with the latest schema of the subject instead of the one that wrote.'),
    }),
    latestMetadata: text(
      'use.latest.with.metadata',
      'As `use.latest.version`, of the versions with this metadata: `name=value`, with commas between them.',
    ),
    latestTtlSeconds: count(
      'latest.cache.ttl.sec',
      '60',
      'How long the latest schema is kept; -1 means for ever in Confluent, and a day here.',
      -1,
    ),
    recordFormat: honoured({
      name: `${prefix}event.record.format`,
      type: 'STRING',
      defaultText: 'auto',
      importance: 'LOW',
      group,
      documentation: say(
        'For event source mappings with a schema registry of their own, which take the frame off: their ' +
          '`EventRecordFormat`, `JSON` or `SOURCE`; `auto` finds out by the bytes, and refuses those that may be both.',
      ),
      validate: (value) => oneOf('auto', 'json', 'source')(value.toLowerCase()),
    }),
    glueRegion: text('region', "Region of the Glue Schema Registry. Default: the function's."),
    glueRegistry: text('registry.name', 'Name of the Glue Schema Registry; absent: schemas of every one are read.'),
    glueEndpoint: honoured({
      name: `${prefix}endpoint`,
      type: 'STRING',
      importance: 'LOW',
      group,
      documentation: say('Another address of the Glue service.'),
      validate: urlProblem,
    }),
  } as const;
}

/** Properties of registry clients that have no effect here, or none yet. */
export function createInertRegistryProperties(part: RecordPart): readonly AnyProperty[] {
  const prefix = `${part}.converter.`;
  const files = ['truststore.location', 'keystore.location'].map((name) =>
    refused({
      name: `${prefix}schema.registry.ssl.${name}`,
      group,
      reason: `${pemOnly}${part}.converter.schema.registry.ssl.${name.replace('location', name.startsWith('trust') ? 'certificates' : 'certificate.chain')}.`,
    }),
  );
  const proxy = ['proxy.host', 'schema.registry.proxy.host', 'proxyUrl'].map((name) =>
    refused({ name: prefix + name, group, reason: 'Requests to the registry go straight; open the way in the VPC.' }),
  );
  const writers = [
    ...['auto.register.schemas', 'normalize.schemas', 'use.schema.id', 'id.compatibility.strict'],
    ...['latest.compatibility.strict', 'max.schemas.per.subject', 'schemaAutoRegistrationEnabled', 'compatibility'],
    ...['compression', 'avroRecordType', 'dataFormat', 'schemaName', 'schemaNameGenerationClass', 'description'],
    ...['cacheSize', 'timeToLiveMillis', 'secondaryDeserializer', 'proxy.port', 'specific.avro.reader'],
  ];
  return [
    ...files,
    ...proxy,
    ...writers.map((name) =>
      moot({ name: prefix + name, group, reason: 'Only writers of records or other clients need it.' }),
    ),
    moot({
      name: `${prefix}schema.registry.ssl.*`,
      group,
      reason: 'Node chooses protocols and ciphers; stores are PEM texts.',
    }),
  ];
}

function urlProblem(text: string): string | undefined {
  const isUrl = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  return isUrl ? undefined : 'A URL with http:// or https:// is needed';
}
