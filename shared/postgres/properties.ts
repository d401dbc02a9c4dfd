import { type AnyProperty, honoured } from '../config/property.ts';
import { nonEmpty, oneOf } from '../config/validators.ts';
import { deadLetterProperty } from './dead-letter-properties.ts';
import { inertTargetProperties } from './inert-properties.ts';
import { schemaProperty } from './schema-properties.ts';

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
  statementNames: honoured({
    name: 'prepared.statements',
    type: 'STRING',
    defaultText: 'auto',
    group: connection,
    documentation:
      '`auto`: statements are prepared under names, and sent without when a pooler turns out to lose the names. `never`: ' +
      'always without, which spares a pooler that pins a session for each client that names statements.',
    validate: oneOf('auto', 'never'),
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
      // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Kafka Connect's and Debezium's placeholders
      'Name of the target table; `${topic}` stands for the topic, and a dotted result is `schema.table`. With ' +
      "Debezium's class the topic's dots become underscores, as there. `${source.db}`, `${source.schema}` and " +
      '`${source.table}` stand for what the source block of an envelope says; a record that does not say it is a dead ' +
      'letter. Names of more than 63 bytes are refused, never cut.',
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Kafka Connect's and Debezium's placeholders
    validate: nonEmpty,
  }),
  tablesByTopic: honoured({
    name: 'topics.to.tables.mapping',
    type: 'LIST',
    group: target,
    documentation:
      'Tables of single topics: `topic1:table1,topic2:schema.table2`. Wins over `table.name.format`, which serves the others.',
  }),
  targetSchemas: honoured({
    name: 'target.schemas',
    type: 'LIST',
    group: target,
    documentation:
      "The schemas that may be written to. PostgreSQL's own and `ledger.schema` never may. A record that leads elsewhere, " +
      'by its topic or its source block, is a dead letter. Default: every other schema.',
  }),
  quoteIdentifiers: honoured({
    name: 'quote.sql.identifiers',
    aliases: ['sql.quote.identifiers', 'quote.identifiers'],
    type: 'STRING',
    defaultText: {
      sluice: 'always',
      adbpg: 'always',
      confluent: 'always',
      debezium: 'never',
      aiven: 'always',
      databend: 'always',
    },
    importance: 'LOW',
    group: target,
    documentation:
      '`always` (or `true`): columns have exactly the names of the fields. `never` (or `false`): a field without such a ' +
      'column is written to the one of the same name in lower case. Table names are looked up in both ways always.',
    validate: oneOf('always', 'never', 'true', 'false'),
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
    documentation:
      "Key columns. Default: the target table's primary key; with `pk.mode` `kafka` `__connect_topic`, " +
      '`__connect_partition` and `__connect_offset`.',
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
      'Where the values of the key columns come from. `record_value`: from the images. `none`: the same for the ADBPG ' +
      "class and for Sluice; with the other classes `pk.fields` is then ignored, as there, and the target's primary key " +
      'counts. `record_key`: from the record key, an object with the key columns or the value of the only one; then a ' +
      'tombstone is a delete. `record_header`: from the headers of their names. `kafka`: topic, partition and offset of ' +
      'the record, so that every `c`, `r` and `u` is a row of its own.',
    validate: oneOf('none', 'kafka', 'record_key', 'record_value', 'record_header'),
  }),
  writeMode: honoured({
    name: 'insert.mode',
    aliases: ['writeMode'],
    type: 'STRING',
    defaultText: 'insert',
    importance: 'HIGH',
    group: writes,
    documentation:
      'What `c` does where its key exists: `insert`: it is a dead letter. `insert_ignore`: the row stays. `upsert`: the ' +
      'row is overwritten. `update`: the same, and where it does not exist nothing is written. `u` updates the row in ' +
      'every mode; in mode `upsert` it inserts a row that is not there. `r`, of a snapshot, is `c`, but overwrites in mode ' +
      '`insert` too. `multi` of the Aiven connector means `insert`.',
    validate: oneOf('insert', 'insert_ignore', 'upsert', 'update', 'multi'),
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
    documentation:
      'Whether deletes are applied, tombstones too where `pk.mode` is `record_key`; otherwise they are filtered.',
  }),
  deleteMode: honoured({
    name: 'delete.mode',
    type: 'STRING',
    defaultText: 'hard',
    group: writes,
    documentation:
      '`hard`: a deleted row is removed. `soft`: it stays and is marked in `delete.marker.column`, until it is written ' +
      'again; needs mode `upsert` and a key.',
    validate: oneOf('hard', 'soft'),
  }),
  deleteMarkerColumn: honoured({
    name: 'delete.marker.column',
    type: 'STRING',
    defaultText: '__deleted',
    group: writes,
    documentation: 'Column, boolean or text, that is true for a row that `delete.mode=soft` deleted, else false.',
    validate: nonEmpty,
  }),
  deleteTimeColumn: honoured({
    name: 'delete.time.column',
    type: 'STRING',
    group: writes,
    documentation:
      "Column that takes the timestamp of a delete's record with `delete.mode=soft`: a timestamp, or milliseconds as " +
      '`bigint`. Null while the row is not deleted.',
    validate: nonEmpty,
  }),
  truncateEnabled: honoured({
    name: 'truncate.enabled',
    type: 'BOOLEAN',
    defaultText: 'false',
    group: writes,
    documentation:
      'Whether `t` truncates the target table, never with CASCADE; otherwise it is filtered. It is applied only where ' +
      'its order among the rows is known: one partition alone was ever read of the topic, no other topic of the ' +
      'connector feeds the table, and no filter restricts its rows.',
  }),
  truncateUnordered: honoured({
    name: 'truncate.unordered',
    type: 'STRING',
    defaultText: 'error',
    group: writes,
    documentation:
      'What becomes of a truncate whose order is not known: `error`, a dead letter, or `ignore`, filtered.',
    validate: oneOf('error', 'ignore'),
  }),
  unavailableValue: honoured({
    name: 'unavailable.value.placeholder',
    type: 'STRING',
    defaultText: '__debezium_unavailable_value',
    group: writes,
    documentation:
      'What the source sends in place of a value that it does not have (Debezium, unchanged TOAST columns), in every form ' +
      'of it; `hex:` begins bytes. Such a column keeps its value. Empty: nothing is.',
  }),
  unavailablePolicy: honoured({
    name: 'unavailable.value.policy',
    type: 'STRING',
    defaultText: 'error',
    group: writes,
    documentation:
      'A row that does not exist, and of which neither image has a value: `error`, a dead letter, or `null`, inserted ' +
      "without it, so that the column takes its default. A column that is merely absent always takes the table's default.",
    validate: oneOf('error', 'null'),
  }),
  orderTimeoutMs: honoured({
    name: 'errors.order.timeout',
    type: 'LONG',
    defaultText: '-1',
    group: writes,
    documentation:
      'Milliseconds for which a partition waits at a row that needs another one first (a missing parent, a unique value ' +
      'that is not free); then the row becomes a dead letter. -1: for ever.',
    validate: (value) => (value < -1n ? 'At least -1 is needed' : undefined),
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
  ...Object.values(schemaProperty),
  ...inertTargetProperties,
];
