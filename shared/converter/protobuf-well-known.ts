import { toDecimalText } from '../data/exact-decimal.ts';
import type { Schema } from '../data/schema.ts';
import { ExactNumber, type Value } from '../data/value.ts';
import { writeList, writeStruct, writeValue } from './protobuf-json.ts';
import type { Struct } from './protobuf-plan.ts';
import { unreadable } from './unreadable.ts';

/** What a message that means one value becomes. */
export interface WellKnown {
  readonly schema: Omit<Schema, 'optional'>;
  readonly convert: (struct: Struct) => Value;
}

const connect = 'org.apache.kafka.connect.data';
const json = { type: 'string', name: 'io.debezium.data.Json' } as const;
const nanosPerSecond = 1_000_000_000n;
const dayMs = 86_400_000;
const maxDurationSeconds = 315_576_000_000;

/** Wrappers, by full name, as Confluent's ProtobufData unwraps them. */
export const wrappers: ReadonlyMap<string, WellKnown> = new Map(
  (
    [
      ['Double', 'double'],
      ['Float', 'float'],
      ['Int64', 'int64'],
      ['UInt64', 'int64'],
      ['Int32', 'int32'],
      ['UInt32', 'int64'],
      ['Bool', 'boolean'],
      ['String', 'string'],
      ['Bytes', 'bytes'],
    ] as const
  ).map(([name, type]) => [`google.protobuf.${name}Value`, { schema: { type }, convert: ({ value }) => value! }]),
);

/** Messages of dates and times as Confluent's ProtobufData reads them: no finer than milliseconds. */
const connectTypes: ReadonlyMap<string, WellKnown> = new Map<string, WellKnown>([
  ['google.type.Date', { schema: { type: 'int32', name: `${connect}.Date` }, convert: toDays }],
  [
    'google.type.TimeOfDay',
    {
      schema: { type: 'int32', name: `${connect}.Time` },
      convert: (time) => Math.floor(toNanosOfDay(time) / 1_000_000),
    },
  ],
  [
    'google.protobuf.Timestamp',
    {
      schema: { type: 'int64', name: `${connect}.Timestamp` },
      convert: (instant) => toInt64(floorDivide(toEpochNanos(instant), 1_000_000n)),
    },
  ],
]);

/** The same and others, as values that a column takes, to the last digit. */
const losslessTypes: ReadonlyMap<string, WellKnown> = new Map<string, WellKnown>([
  ...wrappers,
  // As a field of this type says it, so that new columns hold all 64 bits.
  [
    'google.protobuf.UInt64Value',
    {
      ...wrappers.get('google.protobuf.UInt64Value')!,
      schema: { type: 'int64', parameters: { 'io.confluent.connect.protobuf.Type': 'uint64' } },
    },
  ],
  ...connectTypes,
  ['google.type.TimeOfDay', { schema: { type: 'int64', name: 'io.debezium.time.NanoTime' }, convert: toNanosOfDay }],
  [
    'google.protobuf.Timestamp',
    { schema: { type: 'int64', name: 'timestamp-nanos' }, convert: (instant) => toInt64(toEpochNanos(instant)) },
  ],
  [
    'google.protobuf.Duration',
    { schema: { type: 'int64', name: 'io.debezium.time.NanoDuration' }, convert: toDurationNanos },
  ],
  ['google.type.Decimal', { schema: { type: 'bytes', name: 'big-decimal' }, convert: toDecimal }],
  ['google.protobuf.Struct', { schema: json, convert: writeStruct }],
  ['google.protobuf.Value', { schema: json, convert: writeValue }],
  ['google.protobuf.ListValue', { schema: json, convert: writeList }],
]);

/** What a message of this full name means; undefined for one that is a struct. */
export function findWellKnown(fullName: string, lossless: boolean, unwrap: boolean): WellKnown | undefined {
  return (lossless ? losslessTypes : connectTypes).get(fullName) ?? (unwrap ? wrappers.get(fullName) : undefined);
}

/** The schema of a `confluent.type.Decimal`: its field tells scale and precision. */
export function describeDecimal(meta: ReadonlyMap<string, string>): WellKnown['schema'] {
  const integer = /^[+-]?\d{1,9}$/;
  const [scale, precision] = [meta.get('scale') ?? '', meta.get('precision') ?? ''];
  const parameters = {
    scale: integer.test(scale) ? String(Number(scale)) : '0',
    ...(integer.test(precision) && { 'connect.decimal.precision': String(Number(precision)) }),
  };
  return { type: 'bytes', name: `${connect}.Decimal`, parameters };
}

/** The digits of a `confluent.type.Decimal`; its own scale counts. */
export function toConfluentDecimal({ value, scale }: Struct): Value {
  const text = toDecimalText(value as Buffer, scale as number);
  if (text === undefined) unreadable('A confluent.type.Decimal of the message is no number that PostgreSQL could hold');
  return new ExactNumber(text);
}

function toEpochNanos({ seconds, nanos }: Struct): bigint {
  const isValid = typeof seconds === 'number' && seconds >= -62_135_596_800 && seconds <= 253_402_300_799;
  if (!isValid || (nanos as number) < 0 || (nanos as number) > 999_999_999) {
    unreadable('A google.protobuf.Timestamp of the message is no time of the years 1 to 9999');
  }
  return BigInt(seconds) * nanosPerSecond + BigInt(nanos as number);
}

function toDurationNanos({ seconds, nanos }: Struct): Value {
  const isValid = typeof seconds === 'number' && Math.abs(seconds) <= maxDurationSeconds;
  if (!isValid || Math.abs(nanos as number) > 999_999_999 || seconds * (nanos as number) < 0) {
    unreadable('A google.protobuf.Duration of the message is out of its range');
  }
  return toInt64(BigInt(seconds) * nanosPerSecond + BigInt(nanos as number));
}

function toNanosOfDay(time: Struct): number {
  const { hours, minutes, seconds, nanos } = time as Record<string, number>;
  const isWithin = (value: number | undefined, most: number) => value! >= 0 && value! <= most;
  // A leap second is the first of the next minute.
  const areParts =
    isWithin(hours, 24) && isWithin(minutes, 59) && isWithin(seconds, 60) && isWithin(nanos, 999_999_999);
  const nanosOfDay = ((hours! * 60 + minutes!) * 60 + seconds!) * 1_000_000_000 + nanos!;
  if (!areParts || nanosOfDay > dayMs * 1_000_000)
    unreadable('A google.type.TimeOfDay of the message is no time of day');
  return nanosOfDay;
}

function toDays(parts: Struct): number {
  const { year, month, day } = parts as Record<string, number>;
  const date = new Date(0);
  date.setUTCFullYear(year!, month! - 1, day);
  if (year! < 1 || year! > 9999 || date.getUTCMonth() !== month! - 1 || date.getUTCDate() !== day) {
    unreadable('A google.type.Date of the message is no whole date of the years 1 to 9999');
  }
  return date.getTime() / dayMs;
}

function toDecimal({ value }: Struct): Value {
  const text = value as string;
  if (text === '') return new ExactNumber('0');
  const [, sign, integer, fraction = '', exponent = ''] = decimalText.exec(text) ?? [];
  if (integer === undefined || integer + fraction === '') {
    unreadable('A google.type.Decimal of the message is no number');
  }
  const whole = integer.replace(/^0+(?=\d)/, '') || '0';
  return new ExactNumber(`${sign === '-' ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}${exponent}`);
}

const decimalText = /^([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d{1,9})?$/;

function toInt64(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  return (value - (((value % divisor) + divisor) % divisor)) / divisor;
}
