import type { Schema, SchemaAndValue, SchemaType } from '../data/schema.ts';
import { ExactNumber } from '../data/value.ts';
import { plainDigits } from './json-token.ts';

/** As `java.math.BigDecimal` reads it, if it begins with a digit or a sign. */
const number = /^(?:[+-]?\d+\.?\d*|[+-]\.\d+)(?:[eE][+-]?\d+)?$/;

/** Digits that a float32, and a double, give back whatever they are. */
const floatDigits = 6;
const doubleDigits = 15;

const decimalName = 'org.apache.kafka.connect.data.Decimal';
const schemas = new Map<SchemaType, Schema>();

/**
 * The number that a text is, as Kafka Connect infers it: the smallest integer type that holds it, also of `1.0` and `1e5`;
 * else a fraction. Connect makes a float32 of nearly every fraction; here it is a float32, a double or a Decimal, whichever
 * keeps all digits. Undefined for what is no number.
 *
 * Source: Apache Kafka, `connect/api/.../data/Values.java` (parseAsNumber).
 */
export function parseHeaderNumber(text: string): SchemaAndValue | undefined {
  if (!number.test(text)) return undefined;
  const digits = plainDigits(
    text
      .replace(/^\+/, '')
      .replace(/^(-?)\./, '$10.')
      .replace(/\.(?=$|[eE])/, ''),
  );
  if (digits === undefined) return undefined;
  const [whole = '', fraction = ''] = digits.replace(/^(-?)0+(?=\d)/, '$1').split('.');
  const significant = fraction.replace(/0+$/, '');
  if (significant === '' && whole.length <= 20) {
    const integer = BigInt(whole);
    const type = (['int8', 'int16', 'int32', 'int64'] as const).find(
      (_, index) => BigInt.asIntN(8 << index, integer) === integer,
    );
    if (type !== undefined) {
      const value = Number(integer);
      return { schema: schemaOf(type), value: Number.isSafeInteger(value) ? value : integer };
    }
  }
  const count = `${whole}${significant}`.replace(/^-?0*/, '').length;
  const value = Number(digits);
  if (significant !== '' && count <= floatDigits && Math.abs(value) > 1e-30)
    return { schema: schemaOf('float'), value };
  if (significant !== '' && count <= doubleDigits && Math.abs(value) > 1e-300)
    return { schema: schemaOf('double'), value };
  const parameters = { scale: String(fraction.length) };
  const exact = new ExactNumber(fraction === '' ? whole : `${whole}.${fraction}`);
  return { schema: { type: 'bytes', optional: false, name: decimalName, version: 1, parameters }, value: exact };
}

/** The required schema of a type without a name. */
export function schemaOf(type: SchemaType): Schema {
  let schema = schemas.get(type);
  if (schema === undefined) {
    schema = { type, optional: false };
    schemas.set(type, schema);
  }
  return schema;
}
