import { toBitText } from './bit-text.ts';
import { type Count, type PerSecond, toDateText, toDurationText, toTimestampText, toTimeText } from './epoch-text.ts';
import { toDecimalText, variableScaleDecimal } from './exact-decimal.ts';
import { toEwkbHex, toGeometricText } from './geometric-text.ts';
import { toReadableTime, withoutZone } from './iso-text.ts';
import type { Schema, SchemaType } from './schema.ts';
import {
  structuredDate,
  structuredDuration,
  structuredTime,
  structuredTimestamp,
  structuredZonedTime,
  structuredZonedTimestamp,
} from './structured-time.ts';
import { ExactNumber, type Value } from './value.ts';
import { toSparseVectorText, toVectorText } from './vector-text.ts';

/** What a logical value is, named after the PostgreSQL type that holds it. */
export type LogicalKind =
  | 'decimal'
  | 'date'
  | 'time'
  | 'timetz'
  | 'timestamp'
  | 'timestamptz'
  | 'interval'
  | 'uuid'
  | 'json'
  | 'xml'
  | 'bits'
  | 'enum'
  | 'enumset'
  | 'ltree'
  | 'tsvector'
  | 'vector'
  | 'sparsevec'
  | 'point'
  | 'line'
  | 'circle'
  | 'geometry';

/** How the values of a schema with a known name are to be read. */
export interface LogicalType {
  readonly kind: LogicalKind;
  /**
   * The value, which is not null, in the text form of PostgreSQL's type of that kind; undefined for one that the schema does
   * not allow. Temporal texts are ISO 8601 as PostgreSQL reads it: `2024-02-29T12:34:56.123456`, with `Z` for instants,
   * ` BC` for years before 1, `infinity`. A time may be negative or longer than a day, as MySQL's is.
   */
  readonly toText: (value: Value) => string | undefined;
}

/**
 * What the name of a schema says of its values; undefined for none, or an unknown one. Known are the logical types of
 * Kafka Connect, the semantic types of Debezium and their twins of Confluent's JDBC connector, and Avro's logical types.
 *
 * Sources: Kafka Connect, `org.apache.kafka.connect.data`; Debezium, `io.debezium.time`, `io.debezium.data`; Avro 1.12,
 * "Logical Types".
 */
export function logicalTypeOf(schema: Schema): LogicalType | undefined {
  if (schema.name === undefined) return undefined;
  let type = bySchema.get(schema);
  if (type === undefined) {
    type = createLogicalType(schema) ?? null;
    bySchema.set(schema, type);
  }
  return type ?? undefined;
}

const bySchema = new WeakMap<Schema, LogicalType | null>();

const connectName = 'org.apache.kafka.connect.data.';
const timeName = 'io.debezium.time.';
const dataName = 'io.debezium.data.';
const confluentName = 'io.confluent.connect.jdbc.data.';

function createLogicalType(schema: Schema): LogicalType | undefined {
  const name = schema.name!;
  const canonical = name.startsWith(confluentName) ? dataName + name.slice(confluentName.length) : name;
  const known = fixedTypes[canonical];
  // Avro's names have no namespace, and whoever names a record or an enum may choose one of them.
  const bases = avroBases[canonical];
  if (bases !== undefined && !bases.includes(schema.type)) return undefined;
  if (known !== undefined) return known;
  switch (canonical) {
    case `${connectName}Decimal`:
    case 'decimal': {
      const scale = Number(schema.parameters?.scale ?? 0);
      return { kind: 'decimal', toText: (value) => toDecimal(value, scale) };
    }
    case `${dataName}Bits`: {
      const length = schema.parameters?.length === undefined ? undefined : Number(schema.parameters.length);
      return { kind: 'bits', toText: (value) => (Buffer.isBuffer(value) ? toBitText(value, length) : undefined) };
    }
    default:
      return undefined;
  }
}

const avroBases: Readonly<Record<string, readonly SchemaType[] | undefined>> = Object.assign(Object.create(null), {
  decimal: ['bytes'],
  'big-decimal': ['bytes'],
  date: ['int32'],
  uuid: ['string', 'bytes'],
  duration: ['bytes'],
} satisfies Record<string, readonly SchemaType[]>);

const asText = (value: Value): string | undefined => (typeof value === 'string' ? value : undefined);
const text = (kind: LogicalKind): LogicalType => ({ kind, toText: asText });

const dates: LogicalType = {
  kind: 'date',
  toText: (value) => (typeof value === 'number' && Number.isInteger(value) ? toDateText(value) : undefined),
};
const times = (perSecond: PerSecond): LogicalType => ({
  kind: 'time',
  toText: (value) => fromCount(value, (count) => toTimeText(count, perSecond)),
});
const durations = (perSecond: PerSecond): LogicalType => ({
  kind: 'interval',
  toText: (value) => fromCount(value, (count) => toDurationText(count, perSecond)),
});
const timestamps = (kind: 'timestamp' | 'timestamptz', perSecond: PerSecond): LogicalType => {
  const zone = kind === 'timestamptz' ? 'Z' : '';
  return {
    kind,
    toText: (value) => fromCount(value, (count) => toTimestampText(count, perSecond, zone)),
  };
};
const zonedText = (kind: LogicalKind): LogicalType => ({ kind, toText: (value) => mapText(value, toReadableTime) });
const wallClock = (kind: LogicalKind): LogicalType => ({
  kind,
  toText: (value) => mapText(value, (iso) => withoutZone(toReadableTime(iso))),
});
const vectors: LogicalType = { kind: 'vector', toText: toVectorText };
const geometries: LogicalType = { kind: 'geometry', toText: toEwkbHex };

const fixedTypes: Readonly<Record<string, LogicalType | undefined>> = Object.assign(Object.create(null), {
  [`${connectName}Date`]: dates,
  [`${connectName}Time`]: times(1_000),
  [`${connectName}Timestamp`]: timestamps('timestamp', 1_000),

  [`${timeName}Date`]: dates,
  [`${timeName}Time`]: times(1_000),
  [`${timeName}MicroTime`]: times(1_000_000),
  [`${timeName}NanoTime`]: times(1_000_000_000),
  [`${timeName}Timestamp`]: timestamps('timestamp', 1_000),
  [`${timeName}MicroTimestamp`]: timestamps('timestamp', 1_000_000),
  [`${timeName}NanoTimestamp`]: timestamps('timestamp', 1_000_000_000),
  [`${timeName}ZonedTimestamp`]: zonedText('timestamptz'),
  [`${timeName}ZonedTime`]: zonedText('timetz'),
  [`${timeName}IsoDate`]: wallClock('date'),
  [`${timeName}IsoTime`]: wallClock('time'),
  [`${timeName}IsoTimestamp`]: wallClock('timestamp'),
  [`${timeName}MicroDuration`]: durations(1_000_000),
  [`${timeName}NanoDuration`]: durations(1_000_000_000),
  [`${timeName}Interval`]: text('interval'),
  [`${timeName}StructuredDate`]: { kind: 'date', toText: structuredDate },
  [`${timeName}StructuredTime`]: { kind: 'time', toText: structuredTime },
  [`${timeName}StructuredTimestamp`]: { kind: 'timestamp', toText: structuredTimestamp },
  [`${timeName}StructuredZonedTime`]: { kind: 'timetz', toText: structuredZonedTime },
  [`${timeName}StructuredZonedTimestamp`]: { kind: 'timestamptz', toText: structuredZonedTimestamp },
  [`${timeName}StructuredDuration`]: { kind: 'interval', toText: structuredDuration },

  [`${dataName}VariableScaleDecimal`]: { kind: 'decimal', toText: variableScaleDecimal },
  [`${dataName}Json`]: text('json'),
  [`${dataName}Xml`]: text('xml'),
  [`${dataName}Uuid`]: text('uuid'),
  [`${dataName}Enum`]: text('enum'),
  [`${dataName}EnumSet`]: text('enumset'),
  [`${dataName}Ltree`]: text('ltree'),
  [`${dataName}Tsvector`]: text('tsvector'),
  [`${dataName}DoubleVector`]: vectors,
  [`${dataName}FloatVector`]: vectors,
  [`${dataName}SparseDoubleVector`]: { kind: 'sparsevec', toText: toSparseVectorText },
  [`${dataName}geometry.Point`]: { kind: 'point', toText: (value: Value) => toGeometricText(value, 'point') },
  [`${dataName}geometry.Line`]: { kind: 'line', toText: (value: Value) => toGeometricText(value, 'line') },
  [`${dataName}geometry.Circle`]: { kind: 'circle', toText: (value: Value) => toGeometricText(value, 'circle') },
  [`${dataName}geometry.Geometry`]: geometries,
  [`${dataName}geometry.Geography`]: geometries,

  'io.confluent.connect.avro.Enum': text('enum'),
  date: dates,
  'time-millis': times(1_000),
  'time-micros': times(1_000_000),
  'timestamp-millis': timestamps('timestamptz', 1_000),
  'timestamp-micros': timestamps('timestamptz', 1_000_000),
  'timestamp-nanos': timestamps('timestamptz', 1_000_000_000),
  'local-timestamp-millis': timestamps('timestamp', 1_000),
  'local-timestamp-micros': timestamps('timestamp', 1_000_000),
  'local-timestamp-nanos': timestamps('timestamp', 1_000_000_000),
  'big-decimal': { kind: 'decimal', toText: variableScaleDecimal },
  uuid: { kind: 'uuid', toText: (value: Value) => (Buffer.isBuffer(value) ? toUuidText(value) : asText(value)) },
  duration: { kind: 'interval', toText: toAvroDuration },
} satisfies Record<string, LogicalType>);

/** The canonical text of a UUID's 16 bytes; undefined for another number of bytes. */
export function toUuidText(bytes: Buffer): string | undefined {
  if (bytes.length !== 16) return undefined;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function toDecimal(value: Value, scale: number): string | undefined {
  if (value instanceof ExactNumber) return value.source;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return Buffer.isBuffer(value) ? toDecimalText(value, scale) : undefined;
}

function mapText(value: Value, map: (text: string) => string): string | undefined {
  return typeof value === 'string' ? map(value) : undefined;
}

function fromCount(value: Value, map: (count: Count) => string): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? map(value) : undefined;
  if (typeof value === 'bigint') return map(value);
  return value instanceof ExactNumber && /^-?\d{1,19}$/.test(value.source) ? map(BigInt(value.source)) : undefined;
}

/** Months, days and milliseconds, each an unsigned little-endian integer of four bytes. */
function toAvroDuration(value: Value): string | undefined {
  if (!Buffer.isBuffer(value) || value.length !== 12) return undefined;
  const milliseconds = value.readUInt32LE(8);
  const fraction = String(milliseconds % 1_000).padStart(3, '0');
  return `P${value.readUInt32LE(0)}M${value.readUInt32LE(4)}DT${Math.floor(milliseconds / 1_000)}.${fraction}S`;
}
