import { nearestName } from '../config/nearest-name.ts';

/** Classes with `$Key` and `$Value`, by package. */
const sidedNames: Readonly<Record<string, readonly string[]>> = {
  'org.apache.kafka.connect.transforms': [
    'Cast',
    'ExtractField',
    'Flatten',
    'HeaderFrom',
    'HoistField',
    'InsertField',
    'MaskField',
    'ReplaceField',
    'SetSchemaMetadata',
    'TimestampConverter',
  ],
  'io.confluent.connect.transforms': ['Filter', 'Drop', 'ExtractTopic'],
  'io.sluice.transforms': ['Mask'],
};

/** Classes that act on the whole record, by package. */
const wholeNames: Readonly<Record<string, readonly string[]>> = {
  'org.apache.kafka.connect.transforms': [
    'DropHeaders',
    'Filter',
    'InsertHeader',
    'RegexRouter',
    'TimestampRouter',
    'ValueToKey',
  ],
  'io.confluent.connect.transforms': [
    'ExtractTopic$Header',
    'TombstoneHandler',
    'MessageTimestampRouter',
    'TopicRegexRouter',
  ],
  'io.confluent.connect.cloud.transforms': ['TopicRegexRouter'],
  'io.debezium.transforms': [
    'ExtractNewRecordState',
    'ByLogicalTableRouter',
    'ToLogicalTopicRouter',
    'ExtractChangedRecordState',
    'TimezoneConverter',
    'HeaderToValue',
    'SchemaChangeEventFilter',
  ],
  'io.debezium.transforms.partitions': ['PartitionRouting'],
};

const predicateNames = ['TopicNameMatches', 'HasHeaderKey', 'RecordIsTombstone'].map(
  (name) => `org.apache.kafka.connect.transforms.predicates.${name}`,
);

const sidedClasses = Object.entries(sidedNames).flatMap(([folder, names]) => names.map((name) => `${folder}.${name}`));

/** Full names of the transforms that Sluice has. */
export const transformClassNames: readonly string[] = [
  ...sidedClasses.flatMap((name) => [`${name}$Key`, `${name}$Value`]),
  ...Object.entries(wholeNames).flatMap(([folder, names]) => names.map((name) => `${folder}.${name}`)),
];

/** Classes that are known and not built, with what to use instead. */
const insteadOf: Readonly<Record<string, string>> = {
  'io.debezium.transforms.Filter': 'it runs a script; say the condition in SQL with filter.sql',
  'io.debezium.transforms.ContentBasedRouter':
    'it runs a script; route with RegexRouter, with route.by.field of ExtractNewRecordState, or by one connector for each table with filter.sql',
  'io.debezium.transforms.outbox.EventRouter': 'route the outbox where its events are made',
  'io.debezium.transforms.EnforceRecordSize': 'PostgreSQL takes values of any size that Kafka carries',
  'io.debezium.transforms.VectorToJsonConverter': 'vectors are written to columns of pgvector as they are',
  'io.debezium.transforms.GeometryFormatTransformer': 'geometries are written to columns of PostGIS as they are',
  'io.debezium.transforms.SwapGeometryCoordinates': 'swap them in the database, as by ST_FlipCoordinates',
  'io.debezium.transforms.ExtractSchemaToNewRecord': 'columns are made from the schema itself',
  'io.debezium.transforms.DecodeLogicalDecodingMessageContent':
    'messages of logical decoding concern no row and are never written',
  'io.debezium.transforms.tracing.ActivateTracingSpan': 'traces are a matter of the functions',
};

/** Why there is no transform of that name, and what to write instead: a sentence. */
export function missingTransform(written: string): string {
  if (sidedClasses.includes(written)) return `${written} is abstract; name ${written}$Key or ${written}$Value.`;
  const instead = insteadOf[written];
  if (instead !== undefined) return `${written} is not supported: ${instead}.`;
  return `There is no transform ${written} here.${hint(written, transformClassNames)}`;
}

/** Why there is no predicate of that name: a sentence. */
export function missingPredicate(written: string): string {
  return `There is no predicate ${written} here.${hint(written, predicateNames)}`;
}

function hint(written: string, known: readonly string[]): string {
  const simple = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  const nearest =
    nearestName(written, known) ??
    known.find((name) => simple(name) === simple(written)) ??
    nearestName(simple(written), known.map(simple));
  if (nearest === undefined) return ` Those are known: ${known.join(', ')}.`;
  return ` Did you mean ${known.find((name) => name === nearest || simple(name) === nearest)}?`;
}
