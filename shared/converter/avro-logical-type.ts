import type { AvroType } from './avro-schema.ts';

/** Name of Connect's decimal. */
export const decimalName = 'org.apache.kafka.connect.data.Decimal';

/** What an Avro type means beyond its bytes, as far as it changes the value that is read, or the schema's name. */
export interface AvroLogicalType {
  /** How the value is read: as the type underneath, or as one of these. */
  readonly reading: 'plain' | 'decimal' | 'big-decimal' | 'uuid-bytes';
  /** Name of the Connect schema; absent: none of its own. */
  readonly name?: string;
  /** Of a decimal: digits behind the point, may be negative. */
  readonly scale?: number;
}

const plain: AvroLogicalType = { reading: 'plain' };
/** The names that Confluent's AvroData gives. */
const connectNames: Readonly<Record<string, string>> = {
  'int date': 'org.apache.kafka.connect.data.Date',
  'int time-millis': 'org.apache.kafka.connect.data.Time',
  'long timestamp-millis': 'org.apache.kafka.connect.data.Timestamp',
};
/** Those that it does not know keep Avro's. */
const avroNames: readonly string[] = [
  'long time-micros',
  'long timestamp-micros',
  'long timestamp-nanos',
  'long local-timestamp-millis',
  'long local-timestamp-micros',
  'long local-timestamp-nanos',
  'string uuid',
];

/**
 * The logical type of an Avro type. One on a type that it does not belong to is ignored, as Avro demands; so is the
 * precision of a decimal, which many producers leave out. `connect.name` wins over it.
 *
 * Source: Avro specification 1.12, "Logical Types"; Confluent, `AvroData`.
 */
export function toLogicalType(type: AvroType): AvroLogicalType {
  const { props } = type;
  const connectName = typeof props['connect.name'] === 'string' ? props['connect.name'] : undefined;
  const logical = typeof props.logicalType === 'string' ? props.logicalType.toLowerCase() : '';
  const named = { ...(connectName !== undefined && { name: connectName }) };
  const isBytes = type.type === 'bytes' || type.type === 'fixed';
  if (isBytes && (logical === 'decimal' || connectName === decimalName)) {
    return { reading: 'decimal', name: decimalName, scale: toScale(type) };
  }
  if (type.type === 'bytes' && logical === 'big-decimal') return { reading: 'big-decimal', name: logical };
  if (type.type === 'fixed' && type.size === 16 && logical === 'uuid') {
    return { reading: 'uuid-bytes', name: logical, ...named };
  }
  if (type.type === 'fixed' && type.size === 12 && logical === 'duration') return { ...plain, name: logical, ...named };
  const key = `${type.type} ${logical}`;
  const name = connectName ?? connectNames[key] ?? (avroNames.includes(key) ? logical : undefined);
  return name === undefined ? plain : { ...plain, name };
}

function toScale({ props }: AvroType): number {
  const parameters = props['connect.parameters'] as { scale?: unknown } | null | undefined;
  const scale = Number(props.scale ?? parameters?.scale ?? 0);
  return Number.isInteger(scale) && Math.abs(scale) <= 10_000 ? scale : 0;
}
