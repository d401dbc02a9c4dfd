import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProperty } from '../../../../shared/config/parse-config.ts';
import { parseValue } from '../../../../shared/config/parse-value.ts';
import { connectorClasses } from '../../../../shared/config/product.ts';
import { defaultOf } from '../../../../shared/config/property.ts';
import { propertyTable } from '../../../../shared/connector/property-table.ts';

test('no name or alias stands in the table twice', () => {
  const names = propertyTable.flatMap(({ name, aliases }) => [name, ...aliases]);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});

test('every property is documented by sentences', () => {
  for (const { name, documentation } of propertyTable) assert.match(documentation, /^[A-Z`].*\.$/s, name);
});

test('every default parses and is valid, for each product', () => {
  for (const property of propertyTable) {
    for (const { product } of connectorClasses) {
      const text = defaultOf(property, product);
      if (text === undefined) continue;
      const parsed = parseValue(property.type, text);
      assert.ok('value' in parsed, property.name);
      // Connect's true default of schemas.enable is the one that is refused, where its meaning is known.
      assert.equal(property.validate?.(parsed.value as never), undefined, property.name);
    }
  }
});

test('no property of the sinks that Sluice stands in for is unknown', () => {
  const names = `
    name connector.class tasks.max topics topics.regex key.converter value.converter header.converter transforms
    predicates transforms.a.type predicates.a.type config.action.reload tasks.max.enforce connector.plugin.version
    consumer.override.fetch.min.bytes producer.override.acks admin.override.retries
    connection.url connector.url connection.user connection.username connection.password connection.attempts
    connection.backoff.ms jdbc.credentials.provider.class jdbc.credentials.provider.x dialect.name connection.provider
    connection.pool.min_size connection.pool.max_size connection.pool.timeout connection.restart.on.errors
    hibernate.agroal.idleValidation connection.ssl connection.query_timeout connection.database trim.sensitive.log
    dialect.postgres.postgis.schema table.name.format collection.name.format collection.naming.strategy
    table.naming.strategy collection.table.format column.naming.strategy table.name.normalize topics.to.tables.mapping
    target.tablename col.names col.types table.types fields.whitelist field.include.list field.exclude.list
    quote.sql.identifiers sql.quote.identifiers quote.identifiers string.output.value.column.name insert.mode writeMode
    delete.enabled truncate.enabled replace.null.with.default mssql.use.merge.holdlock
    dialect.sqlserver.identity.insert dialect.starrocks.catalog.name pk.mode pk.fields primary.key.mode
    primary.key.fields batch.size use.reduction.buffer keyed.message.batch.mode internal.enable.sces
    dialect.postgres.unnest.insert.enabled auto.create auto.evolve schema.evolution db.timezone date.timezone
    use.time.zone database.time_zone timestamp.fields.list timestamp.precision.mode date.calendar.system
    sql.complex.types.enable max.retries retry.backoff.ms flush.max.retries flush.retry.delay.ms errors.tolerance
    errors.retry.timeout errors.retry.delay.max.ms errors.log.enable errors.log.include.messages
    errors.deadletterqueue.topic.name errors.deadletterqueue.context.headers.enable value.converter.schemas.enable
    schemas.enable value.converter.schema.registry.url key.converter.schemas.enable cloud.events.schema.name.pattern`;
  const unknown = names
    .trim()
    .split(/\s+/)
    .filter((name) => findProperty(propertyTable, name) === undefined);
  assert.deepEqual(unknown, []);
});
