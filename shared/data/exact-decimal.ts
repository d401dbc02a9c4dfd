import { ExactNumber, isFields, type Value } from './value.ts';

/** PostgreSQL's numeric holds at most 131,072 digits before the point; more is not worth the time. */
const maxDecimalBytes = 55_000;
const maxScale = 1_000_000;

/**
 * The plain digits of `unscaled × 10^-scale`, of big-endian two's complement bytes, as Connect's Decimal and Avro's decimal
 * hold them: `-12.340`. The scale may be negative. Undefined for no bytes at all, and for more than PostgreSQL could store.
 */
export function toDecimalText(unscaled: Uint8Array, scale: number): string | undefined {
  if (unscaled.length === 0 || unscaled.length > maxDecimalBytes) return undefined;
  if (!Number.isInteger(scale) || Math.abs(scale) > maxScale) return undefined;
  const bytes = Buffer.from(unscaled.buffer, unscaled.byteOffset, unscaled.byteLength);
  const value =
    bytes.length <= 6
      ? bytes.readIntBE(0, bytes.length)
      : BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
  const sign = value < 0 ? '-' : '';
  const digits = String(value < 0 ? -value : value);
  if (scale <= 0) return digits === '0' ? '0' : `${sign}${digits}${'0'.repeat(-scale)}`;
  const padded = digits.padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/**
 * The digits of Debezium's VariableScaleDecimal, `{"scale": 2, "value": bytes}`; the bytes may be base64 text, as
 * schemaless JSON has them. Undefined for what is none.
 */
export function variableScaleDecimal(value: Value): string | undefined {
  if (value instanceof ExactNumber) return value.source;
  if (!isFields(value)) return undefined;
  const scale = value.scale instanceof ExactNumber ? Number(value.scale.source) : value.scale;
  const bytes = typeof value.value === 'string' ? fromBase64(value.value) : value.value;
  return typeof scale === 'number' && Buffer.isBuffer(bytes) ? toDecimalText(bytes, scale) : undefined;
}

function fromBase64(text: string): Buffer | undefined {
  return /^[\w+/-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
