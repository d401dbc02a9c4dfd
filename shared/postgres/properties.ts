import { type AnyProperty, honoured } from '../config/property.ts';
import { nonEmpty, oneOf } from '../config/validators.ts';
import { deadLetterProperty } from './dead-letter-properties.ts';
import { inertTargetProperties } from './inert-properties.ts';

const connection = 'Connection';
const target = 'Target';
const writes = 'Writes';

/** Debezium's `collection.naming.strategy` unless another is named. */
export const defaultNamingStrategy = 'io.debezium.sink.naming.DefaultCollectionNamingStrategy';

/** The honoured properties of the target database. */
export const targetProperty = {
  connectionUrl: honoured({
    name: 'connection.url',
    aliases: ['connector.url'],
    type: 'STRING',
    importance: 'HIGH',
    group: connection,
    documentation:
      'The target database, needed unless the deployment or `connection.secret` says it: `jdbc:postgresql://host:port/database` or `postgresql://…`, with `user`, `password` and ' +
      '`sslmode` (`disable`, `prefer`, `require`, `verify-full`) as parameters. Without `sslmode` a connection to ' +
      'another machine is encrypted; a server without TLS needs `?sslmode=disable`.',
    validate: nonEmpty,
  }),
  user: honoured({
    name: 'connection.user',
    aliases: ['connection.username'],
    type: 'STRING',
    importance: 'HIGH',
    group: connection,
    documentation:
      'User of the target database; may stand in the URL instead. A reference is accepted: `${secretsmanager:<name or ' +
      // biome-ignore lint/suspicious/noTemplateCurlyInString: form of a reference
      'ARN>[:<key>]}` or `${ssm:<name or ARN>}`.',
  }),
  password: honoured({
    name: 'connection.password',
    type: 'PASSWORD',
    importance: 'HIGH',
    group: connection,
    documentation:
      'Password of the user, or a reference as for `connection.user`. No call returns a password; a reference is ' +
      'returned as it was written.',
  }),
  secret: honoured({
    name: 'connection.secret',
    type: 'STRING',
    importance: 'HIGH',
    group: connection,
    documentation:
      'Name or ARN of a secret in AWS Secrets Manager as Amazon RDS makes it: a JSON object with `username`, ' +
      '`password` and, if need be, `host`, `port`, `dbname`. What the connector says itself wins. It is read anew ' +
      'when the server refuses the login, so that it may be rotated.',
    validate: (value) =>
      /^[A-Za-z0-9/_+=.@:-]{1,2048}$/.test(value) ? undefined : 'The name or ARN of a secret is needed',
  }),
  iamAuth: honoured({
    name: 'connection.iam.auth',
    type: 'BOOLEAN',
    defaultText: 'false',
    group: connection,
    documentation:
      'Whether the user logs in with a token that the role of the function signs (IAM authentication of Amazon RDS, ' +
      'Aurora and RDS Proxy) instead of a password. The URL must name the endpoint by its own name.',
  }),
  table: honoured({
    name: 'target.tablename',
    type: 'STRING',
    importance: 'HIGH',
    group: target,
    documentation:
      'The one table that all topics are written to: `table` or `schema.table`. Wins over `table.name.format`.',
    validate: nonEmpty,
  }),
  tableNameFormat: honoured({
    name: 'table.name.format',
    aliases: ['collection.name.format'],
    type: 'STRING',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Kafka Connect's placeholder
    defaultText: '${topic}',
    group: target,
    documentation:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Kafka Connect's placeholder
      'Name of the target table; `${topic}` stands for the topic, and a dotted result is `schema.table`. With ' +
      "Debezium's class the topic's dots become underscores, as there.",
    validate: nonEmpty,
  }),
  namingStrategy: honoured({
    name: 'collection.naming.strategy',
    aliases: ['table.naming.strategy'],
    type: 'CLASS',
    defaultText: defaultNamingStrategy,
    importance: 'LOW',
    group: target,
    documentation:
      "Debezium's choice of a table name: its default class, or its passthrough class, which keeps the dots of a topic.",
    validate: oneOf(defaultNamingStrategy, 'io.debezium.sink.naming.PassthroughCollectionNamingStrategy'),
  }),
  columns: honoured({
    name: 'col.names',
    type: 'LIST',
    group: target,
    documentation: 'The columns that are written; others of the image are not. Default: every column of the image.',
  }),
  columnTypes: honoured({
    name: 'col.types',
    type: 'LIST',
    group: target,
    documentation:
      'Types of `col.names`, in the same order and number. Spellings of PostgreSQL and Java are understood. Values are ' +
      "bound by the target column's own type.",
  }),
  fieldsWhitelist: honoured({
    name: 'fields.whitelist',
    type: 'LIST',
    group: target,
    documentation: 'The columns that are written, besides those of `pk.fields`. Empty: every column of the image.',
  }),
  keyColumns: honoured({
    name: 'pk.fields',
    aliases: ['primary.key.fields'],
    type: 'LIST',
    importance: 'HIGH',
    group: target,
    documentation: "Key columns. Default: the target table's primary key.",
  }),
  keyMode: honoured({
    name: 'pk.mode',
    aliases: ['primary.key.mode'],
    type: 'STRING',
    defaultText: {
      sluice: 'none',
      adbpg: 'none',
      confluent: 'none',
      debezium: 'none',
      aiven: 'none',
      databend: 'record_value',
    },
    group: target,
    documentation:
      '`record_value`: the key columns are `pk.fields`. `none`: the same for the ADBPG class and for Sluice; with the ' +
      "other classes `pk.fields` is then ignored, as there. Without key columns the target's primary key counts. " +
      '`record_key`, `record_header` and `kafka` are not supported yet.',
    validate: (value) =>
      ['none', 'record_value'].includes(value) ? undefined : 'Only none and record_value are supported yet',
  }),
  writeMode: honoured({
    name: 'insert.mode',
    aliases: ['writeMode'],
    type: 'STRING',
    defaultText: 'insert',
    importance: 'HIGH',
    group: writes,
    documentation:
      '`insert`: a row whose key exists is a dead letter. `upsert`: the row is overwritten. `multi` of the Aiven ' +
      'connector means `insert`; `update` is not supported yet.',
    validate: oneOf('insert', 'upsert', 'multi'),
  }),
  deleteEnabled: honoured({
    name: 'delete.enabled',
    type: 'BOOLEAN',
    defaultText: {
      sluice: 'true',
      adbpg: 'true',
      confluent: 'false',
      debezium: 'false',
      aiven: 'false',
      databend: 'false',
    },
    group: writes,
    documentation: 'Whether deletes are applied; otherwise they are filtered.',
  }),
  errorsTolerance: honoured({
    name: 'errors.tolerance',
    type: 'STRING',
    defaultText: 'all',
    group: writes,
    documentation:
      '`all`: a record that can never apply becomes a dead letter, and the partition goes on. `none`: the partition ' +
      "stops at the record. The default differs from Connect's, because nothing is lost by it.",
    validate: oneOf('none', 'all'),
  }),
  ledgerSchema: honoured({
    name: 'ledger.schema',
    type: 'STRING',
    defaultText: 'sluice',
    group: writes,
    documentation: "Schema of Sluice's own tables (offsets, dead letters) in the target database.",
    validate: (value) =>
      /^[a-z_][a-z0-9_]{0,62}$/.test(value)
        ? undefined
        : 'A schema name of lower-case letters, digits and underscores is needed',
  }),
} as const;

/** Every property of the target database. */
export const targetProperties: readonly AnyProperty[] = [
  ...Object.values(targetProperty),
  ...Object.values(deadLetterProperty),
  ...inertTargetProperties,
];
