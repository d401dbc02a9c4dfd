import { type AnyProperty, moot, refused } from '../config/property.ts';

const connection = 'Connection';
const target = 'Target';
const writes = 'Writes';
const schema = 'Schema';

const onePooledConnection = 'A function holds one connection and opens it again by itself.';
const retriedByLambda =
  'Transient failures are retried by Lambda for as long as they last; data errors are not retried.';
const onePerBatch = 'A batch is written in one transaction with one statement per kind of change.';
const otherDatabase = 'It concerns another database than PostgreSQL.';
const byColumnType = "Values are bound by the target column's own type.";

/** Properties of the target that do nothing here, each with its reason, and those that would change data and cannot yet. */
export const inertTargetProperties: readonly AnyProperty[] = [
  ...[
    'connection.attempts',
    'connection.backoff.ms',
    'connection.provider',
    'connection.pool.*',
    'connection.restart.on.errors',
    'connection.query_timeout',
    'hibernate.*',
  ].map((name) => moot({ name, group: connection, reason: onePooledConnection })),
  moot({ name: 'dialect.name', group: connection, reason: 'The target is always PostgreSQL.' }),
  moot({ name: 'trim.sensitive.log', group: connection, reason: 'Row data is never logged.' }),
  refused({
    name: 'connection.ssl',
    group: connection,
    reason: 'Say sslmode in connection.url instead.',
  }),
  refused({ name: 'connection.database', group: connection, reason: 'Name the database in connection.url instead.' }),
  refused({
    name: 'jdbc.credentials.provider.class',
    type: 'CLASS',
    group: connection,
    reason: 'Credential providers are not supported yet; use connection.user and connection.password.',
  }),
  moot({
    name: 'jdbc.credentials.provider.*',
    group: connection,
    reason: 'It is used only by a credentials provider.',
  }),

  refused({
    name: 'table.name.normalize',
    type: 'BOOLEAN',
    harmless: ['', 'false'],
    group: target,
    reason: 'It is not supported yet; name the table with target.tablename.',
  }),
  refused({
    name: 'column.naming.strategy',
    type: 'CLASS',
    harmless: ['', 'io.debezium.sink.naming.defaultcolumnnamingstrategy'],
    group: target,
    reason: 'Naming classes are not supported; columns have the names of the fields.',
  }),
  moot({ name: 'collection.table.format', group: target, reason: "Debezium's sink does not read it either." }),
  moot({ name: 'table.types', group: target, reason: 'Tables, partitioned tables and views are all written.' }),
  ...['field.include.list', 'field.exclude.list'].map((name) =>
    refused({
      name,
      group: target,
      reason: 'It is not supported yet; use column.include.list or column.exclude.list.',
    }),
  ),
  moot({
    name: 'string.output.value.column.name',
    group: target,
    reason: 'It concerns values that are plain strings, which no supported converter yields.',
  }),

  moot({
    name: 'replace.null.with.default',
    type: 'BOOLEAN',
    group: writes,
    reason: 'Plain JSON has no schema, hence no defaults; a null stays null.',
  }),
  ...[
    'batch.size',
    'use.reduction.buffer',
    'keyed.message.batch.mode',
    'internal.enable.sces',
    'dialect.postgres.unnest.insert.enabled',
  ].map((name) => moot({ name, group: writes, reason: onePerBatch })),
  ...['max.retries', 'retry.backoff.ms', 'flush.max.retries', 'flush.retry.delay.ms'].map((name) =>
    moot({ name, type: 'INT', group: writes, reason: retriedByLambda }),
  ),

  ...['db.timezone', 'use.time.zone'].map((name) =>
    refused({
      name,
      ...(name === 'use.time.zone' && { aliases: ['database.time_zone'] }),
      harmless: ['', 'utc', 'gmt', 'z', 'etc/utc'],
      group: schema,
      reason: 'Temporal values are always read as UTC; remove it or say UTC.',
    }),
  ),
  refused({
    name: 'timestamp.fields.list',
    type: 'LIST',
    group: schema,
    reason: 'Reading numbers as timestamps is not supported yet.',
  }),
  moot({ name: 'timestamp.precision.mode', group: schema, reason: 'It is used only with timestamp.fields.list.' }),
  moot({ name: 'date.timezone', group: schema, reason: 'Dates are never shifted by a time zone.' }),
  moot({ name: 'date.calendar.system', group: schema, reason: 'Temporal values never pass through a calendar.' }),
  moot({ name: 'sql.complex.types.enable', group: schema, reason: byColumnType }),
  moot({ name: 'dialect.postgres.postgis.schema', group: schema, reason: byColumnType }),
  ...['mssql.use.merge.holdlock', 'dialect.sqlserver.*', 'dialect.starrocks.*'].map((name) =>
    moot({ name, group: schema, reason: otherDatabase }),
  ),
];
