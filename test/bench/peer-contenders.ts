/** A sink that is measured. */
export interface Contender {
  readonly name: string;
  readonly runsOn: 'connect' | 'sluice';
  /** What its configuration has besides {@link toContenderConfig}. */
  readonly config: Readonly<Record<string, string>>;
}

/** Database, table and topic of a run. */
export interface ContenderTarget {
  readonly databaseUrl: string;
  readonly table: string;
  readonly topic: string;
  readonly partitions: number;
}

const tuned = {
  'batch.size': '5000',
  'consumer.override.max.poll.records': '5000',
  'consumer.override.fetch.min.bytes': '1',
  'consumer.override.max.partition.fetch.bytes': '8388608',
};

/** Debezium's JDBC sink as it comes, tuned, and with everything that it has for PostgreSQL; and Sluice as it comes. */
export const contenders: readonly Contender[] = [
  { name: 'debezium', runsOn: 'connect', config: {} },
  { name: 'debezium-tuned', runsOn: 'connect', config: tuned },
  {
    name: 'debezium-best',
    runsOn: 'connect',
    config: { ...tuned, 'use.reduction.buffer': 'true', 'dialect.postgres.unnest.insert.enabled': 'true' },
  },
  { name: 'sluice', runsOn: 'sluice', config: {} },
];

const field = (type: string, name: string, optional = true) => ({ type, optional, field: name });
const struct = (name: string, fields: readonly unknown[]) =>
  JSON.stringify({ type: 'struct', optional: false, name, fields });

/** Schema of the keys, and of the rows, which both read beside the records. Dates are left out: `unnest` fails there. */
const keySchema = struct('bench.Key', [field('int64', 'id', false)]);
const rowSchema = struct('bench.Value', [
  field('int64', 'id', false),
  field('string', 'c'),
  field('int32', 'i'),
  field('double', 'd'),
  { ...field('string', 'ts'), name: 'io.debezium.time.ZonedTimestamp', version: 1 },
  field('boolean', 'b'),
  field('string', 't'),
  field('int32', 'j'),
]);

/** Columns of the table that {@link rowSchema} fits. */
export const peerColumns = `id bigint primary key, c varchar(40), i integer, d double precision, ts timestamptz,
  b boolean, t text, j integer`;

/** A row of the topic. */
export function toPeerRow(id: number, revision: number) {
  return {
    id,
    c: `customer-${id % 100_000}`,
    i: id % 1_000_003,
    d: id / 7 + revision,
    ts: new Date(1_750_000_000_000 + id * 17).toISOString(),
    b: (id + revision) % 2 === 0,
    t: `order note ${id.toString(16)} revision ${revision} padding padding`,
    j: revision,
  };
}

/** The configuration of Debezium's sink, which Sluice takes as it stands. */
export function toContenderConfig(contender: Contender, target: ContenderTarget): Record<string, string> {
  const { host, pathname, username } = new URL(target.databaseUrl);
  const converter = (part: string, schema: string) => ({
    [`${part}.converter`]: 'org.apache.kafka.connect.json.JsonConverter',
    [`${part}.converter.schemas.enable`]: 'true',
    [`${part}.converter.schema.content`]: schema,
  });
  return {
    'connector.class': 'io.debezium.connector.jdbc.JdbcSinkConnector',
    'tasks.max': String(target.partitions),
    topics: target.topic,
    // Without it the tuned sink sends its rows one by one; it changes nothing for unnest.
    'connection.url': `jdbc:postgresql://${host}${pathname}${contender.name === 'debezium-tuned' ? '?reWriteBatchedInserts=true' : ''}`,
    'connection.username': username,
    'connection.password': 'unused',
    'insert.mode': 'upsert',
    'delete.enabled': 'true',
    'primary.key.mode': 'record_key',
    'schema.evolution': 'none',
    'collection.name.format': target.table,
    'consumer.override.auto.offset.reset': 'earliest',
    ...converter('key', keySchema),
    ...converter('value', rowSchema),
    ...contender.config,
  };
}
