/** One way of records from the source to a target database of its own. */
export interface Pipeline {
  /** Prefix of its topics, name of its connectors and its target database. */
  readonly name: string;
  readonly title: string;
  /** What Debezium's connector has besides {@link toDebeziumConfig}; absent: records come from the outbox. */
  readonly debezium?: Readonly<Record<string, string>>;
  /** What Sluice's connector has besides {@link toSluiceConfig}. */
  readonly sluice: Readonly<Record<string, string>>;
  /** True where the form of the records has no truncate, so that the emptied rows stay. */
  readonly keepsTruncated?: boolean;
  /** Columns of `shop.types` that these records cannot carry, and that Debezium leaves out. */
  readonly lacks?: readonly string[];
}

/** Tables of the source; the first two are transferred, the third and the fourth filtered. */
export const sourceTables = ['orders', 'types', 'customers', 'audit'] as const;

/** What the filter lets through of `shop.orders`, in SQL that source and filter share. */
export const orderCondition = `region = 'EU' AND price::numeric >= 10`;

const json = 'org.apache.kafka.connect.json.JsonConverter';
const confluentAvro = 'io.confluent.connect.avro.AvroConverter';

function bothParts(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => [
      [`key.${name}`, value],
      [`value.${name}`, value],
    ]),
  );
}

const withSchemas = bothParts({ converter: json, 'converter.schemas.enable': 'true' });
const withoutSchemas = bothParts({ converter: json, 'converter.schemas.enable': 'false' });

/** Debezium writes their bytes from the last bit on, and only a schema tells how many bits they are. */
const bitStrings = ['bits', 'a_varbit'];

/** Every form of records, on one source. `registryUrl` is that of Confluent's API of an Apicurio registry. */
export function buildPipelines(registryUrl: string): readonly Pipeline[] {
  return [
    {
      name: 'json_schema',
      title: 'envelope, JSON with schemas',
      debezium: withSchemas,
      sluice: withSchemas,
    },
    {
      name: 'json_plain',
      title: 'envelope, JSON without schemas',
      debezium: {
        ...withoutSchemas,
        // Without a schema nobody knows the scale of bytes or the unit of a number.
        'decimal.handling.mode': 'string',
        'time.precision.mode': 'isostring',
        'column.exclude.list': bitStrings.map((column) => `shop.types.${column}`).join(','),
      },
      sluice: withoutSchemas,
      lacks: bitStrings,
    },
    {
      name: 'avro',
      title: 'envelope, Avro with a registry',
      debezium: bothParts({
        converter: 'io.apicurio.registry.utils.converter.AvroConverter',
        'converter.apicurio.registry.url': registryUrl.replace('/apis/ccompat/v7', '/apis/registry/v2'),
        'converter.apicurio.registry.auto-register': 'true',
        'converter.apicurio.registry.as-confluent': 'true',
        'converter.apicurio.registry.use-id': 'contentId',
        'converter.apicurio.registry.headers.enabled': 'false',
      }),
      sluice: bothParts({ converter: confluentAvro, 'converter.schema.registry.url': registryUrl }),
    },
    {
      name: 'flat',
      title: 'rows of ExtractNewRecordState, JSON with schemas',
      debezium: {
        ...withSchemas,
        transforms: 'unwrap',
        'transforms.unwrap.type': 'io.debezium.transforms.ExtractNewRecordState',
        'transforms.unwrap.delete.tombstone.handling.mode': 'rewrite-with-tombstone',
      },
      sluice: { ...withSchemas, 'record.format': 'flat' },
      keepsTruncated: true,
    },
    {
      name: 'cud',
      title: 'plain c/u/d records of a producer',
      sluice: { ...withoutSchemas },
    },
  ];
}

/** Partitions of a topic. One alone where a table is truncated or where one record moves a row to another key. */
export function countPartitions(pipeline: Pipeline, table: string): number {
  return table === 'orders' && pipeline.debezium !== undefined ? 4 : 1;
}

/** Configuration of Debezium's connector. */
export function toDebeziumConfig(pipeline: Pipeline, sourceUrl: string): Record<string, string> {
  const { hostname, port, pathname, username } = new URL(sourceUrl);
  return {
    'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
    'database.hostname': hostname,
    'database.port': port,
    'database.user': username,
    'database.password': 'unused',
    'database.dbname': pathname.slice(1),
    'topic.prefix': pipeline.name,
    'plugin.name': 'pgoutput',
    'slot.name': pipeline.name,
    'publication.name': pipeline.name,
    'publication.autocreate.mode': 'filtered',
    'table.include.list': sourceTables.map((table) => `shop.${table}`).join(','),
    // Its default leaves truncates out.
    'skipped.operations': 'none',
    // Its default counts a month as 30.4375 days.
    'interval.handling.mode': 'string',
    'poll.interval.ms': '50',
    // A slot is made when no snapshot of another connector runs.
    'slot.retry.delay.ms': '1000',
    'slot.max.retries': '600',
    ...pipeline.debezium,
  };
}

/**
 * Configurations of Sluice's connectors: one with a filter on tables and rows, and one for the table that is truncated,
 * which no filter may stand before.
 */
export function toSluiceConfigs(pipeline: Pipeline, targetUrl: string): ReadonlyMap<string, Record<string, string>> {
  const url = new URL(targetUrl);
  const topicOf = (table: string) => `${pipeline.name}.shop.${table}`;
  const shared = {
    'connector.class': 'io.sluice.SluiceSinkConnector',
    'connection.url': `jdbc:postgresql://${url.host}${url.pathname}`,
    'connection.user': url.username,
    'insert.mode': 'upsert',
    'pk.mode': pipeline.debezium === undefined ? 'record_value' : 'record_key',
    'delete.enabled': 'true',
    'auto.evolve': 'true',
    ...pipeline.sluice,
  };
  return new Map([
    [
      `${pipeline.name}_orders`,
      {
        ...shared,
        topics: ['orders', 'customers', 'audit'].map(topicOf).join(','),
        'topics.to.tables.mapping': `${topicOf('orders')}:shop.orders`,
        'table.include.list': 'shop.orders',
        'filter.sql': `SELECT * FROM shop.orders WHERE ${orderCondition}`,
      },
    ],
    [
      `${pipeline.name}_types`,
      {
        ...shared,
        topics: topicOf('types'),
        'topics.to.tables.mapping': `${topicOf('types')}:shop.types`,
        'truncate.enabled': 'true',
      },
    ],
  ]);
}
