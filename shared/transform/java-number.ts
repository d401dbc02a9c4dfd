import { ExactNumber } from '../data/value.ts';

const maxLong = 2n ** 63n - 1n;
const minLong = -(2n ** 63n);

/** An int64 as values carry it: a number where a double is exact, else a bigint. */
export function toInt64(value: bigint): number | bigint {
  const double = Number(value);
  return Number.isSafeInteger(double) ? double : value;
}

/** Java's cast of a double to an integer of 32 or 64 bits: towards zero, at the ends saturated, 0 for NaN. */
export function truncateDouble(value: number, bits: 32 | 64): bigint {
  if (Number.isNaN(value)) return 0n;
  const [low, high] = bits === 32 ? [-(2n ** 31n), 2n ** 31n - 1n] : [minLong, maxLong];
  if (value <= Number(low)) return low;
  return value >= Number(high) ? high : BigInt(Math.trunc(value));
}

/** The whole part of the text of a number: Java's `BigDecimal.toBigInteger`. Undefined for another text. */
export function wholePart(text: string): bigint | undefined {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return undefined;
  const { unscaled, scale } = decimal;
  if (scale > 0) return scale > 10_000 ? 0n : unscaled / 10n ** BigInt(scale);
  // Beyond any type; its low bits are zero all the same.
  return scale < -10_000 ? 0n : unscaled * 10n ** BigInt(-scale);
}

/** What Java's `new BigDecimal(text)` takes; undefined for another text. */
export function parseDecimal(text: string): { readonly unscaled: bigint; readonly scale: number } | undefined {
  const match = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d{1,9}))?$/.exec(text);
  if (match === null || text.length > 10_000) return undefined;
  const [, sign, whole = '', after = '', only = '', exponent = '0'] = match;
  const fraction = after + only;
  const digits = BigInt(whole + fraction);
  return { unscaled: sign === '-' ? -digits : digits, scale: fraction.length - Number(exponent) };
}

/** Java's `BigDecimal.toString`, which may have an exponent. */
export function decimalText(text: string): string {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return text;
  const { unscaled, scale } = decimal;
  const sign = unscaled < 0n ? '-' : '';
  const digits = String(unscaled < 0n ? -unscaled : unscaled);
  if (scale === 0) return sign + digits;
  const exponent = digits.length - 1 - scale;
  if (scale > 0 && exponent >= -6) {
    const padded = digits.padStart(scale + 1, '0');
    return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
  }
  const mantissa = digits.length === 1 ? digits : `${digits[0]}.${digits.slice(1)}`;
  return `${sign}${mantissa}${exponent === 0 ? '' : `E${exponent > 0 ? '+' : ''}${exponent}`}`;
}

/** Java's `Double.toString` (of Java 19 and later: the shortest digits that give the double back). */
export function doubleText(value: number): string {
  const shortest = String(Math.abs(value));
  // Of one digit, Java takes the nearest of two: 4.9E-324, not 5.0E-324.
  return javaText(value, /^\d(?:e|$)/.test(shortest) ? Math.abs(value).toPrecision(2) : shortest);
}

/** Java's `Float.toString`, of a number that a float32 holds. */
export function floatText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return javaText(value, '0');
  const size = Math.abs(value);
  for (let precision = 2; precision < 9; precision++) {
    const text = size.toPrecision(precision);
    if (Math.fround(Number(text)) === size) return javaText(value, text);
  }
  return javaText(value, size.toPrecision(9));
}

/** `shortest`: the digits of the absolute value as JavaScript writes them. */
function javaText(value: number, shortest: string): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  if (size === Number.POSITIVE_INFINITY) return `${sign}Infinity`;
  if (size === 0) return `${sign}0.0`;
  const [mantissa = '', exponentText = '0'] = shortest.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const leading = (whole + fraction).replace(/^0+/, '');
  const digits = leading.replace(/0+$/, '');
  // The value is 0.digits × 10^point.
  const point = whole === '0' ? fraction.replace(/^0+/, '').length - fraction.length : whole.length;
  const exponent = point + Number(exponentText) - 1;
  if (size >= 1e-3 && size < 1e7) {
    if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
    const padded = digits.padEnd(exponent + 1, '0');
    return `${sign}${padded.slice(0, exponent + 1)}.${padded.slice(exponent + 1) || '0'}`;
  }
  return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
}

/** Java's `Byte.parseByte`, `Short.parseShort`, …; undefined for a text that they refuse. */
export function parseInteger(text: string, bits: 8 | 16 | 32 | 64): bigint | undefined {
  if (!/^[+-]?\d{1,400}$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(bits, value) === value ? value : undefined;
}

/** Java's `Double.parseDouble`, without hexadecimal numbers; undefined for a text that it refuses. */
export function parseDouble(text: string): number | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Java's String.trim takes them away too.
  const trimmed = text.replace(/^[\x00-\x20]+|[\x00-\x20]+$/g, '');
  const match = /^([+-]?)(?:(NaN|Infinity)|((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[fFdD]?)$/.exec(trimmed);
  if (match === null) return undefined;
  const value = Number(match[2] ?? match[3]);
  return match[1] === '-' ? -value : value;
}

/** The digits of a decimal with so many behind the point, as `Decimal` carries them. */
export function decimalWithScale(unscaled: bigint, scale: number): ExactNumber {
  const sign = unscaled < 0n ? '-' : '';
  const digits = String(unscaled < 0n ? -unscaled : unscaled);
  if (scale <= 0) return new ExactNumber(sign + (unscaled === 0n ? '0' : digits + '0'.repeat(-scale)));
  const padded = digits.padStart(scale + 1, '0');
  return new ExactNumber(`${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`);
}
