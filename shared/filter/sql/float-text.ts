/**
 * A `float8` as PostgreSQL 12 and later write it (`extra_float_digits` 1): the shortest digits that give it back and lie
 * strictly between the halfway points to its neighbours, with an exponent below 1e-4 and from 1e15.
 */
export function formatDouble(value: number): string {
  if (!Number.isFinite(value)) return formatSpecial(value);
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  let [digits, exponent] = splitExponential(value.toExponential());
  // Only so many digits, or so large a number, can lie halfway.
  const mayBeHalfway = digits.length >= 16 || Math.abs(value) >= 2 ** 53;
  for (let precision = digits.length; mayBeHalfway && isMidpoint(value, digits, exponent); precision++) {
    const text = value.toExponential(precision);
    if (Number(text) === value) [digits, exponent] = splitExponential(text);
  }
  return layOut(value < 0, digits, exponent, 15);
}

/** A `float4` likewise, with an exponent from 1e6. */
export function formatFloat(value: number): string {
  if (!Number.isFinite(value)) return formatSpecial(value);
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  for (let precision = 0; precision < 9; precision++) {
    const text = roundedToEven(value, precision);
    if (Math.fround(Number(text)) === value && !isFloatMidpoint(value, Number(text))) {
      const [digits, exponent] = splitExponential(text);
      return layOut(value < 0, digits, exponent, 6);
    }
  }
  const [digits, exponent] = splitExponential(value.toExponential(8));
  return layOut(value < 0, digits, exponent, 6);
}

/** True for a number exactly between a float and a neighbour; a double holds it. */
function isFloatMidpoint(value: number, number: number): boolean {
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  return [bits - 1, bits + 1].some((neighbour) => {
    view.setUint32(0, neighbour);
    return (value + view.getFloat32(0)) / 2 === number;
  });
}

/** So many digits behind the first; a tie goes to the even one, where JavaScript takes the greater. */
function roundedToEven(value: number, precision: number): string {
  const rounded = value.toExponential(precision);
  const exact = /^(.*?)(\d)\.?5(e.*)$/.exec(value.toExponential(precision + 1));
  const isTie = exact !== null && Number(exact[0]) === value && Number(exact[2]) % 2 === 0;
  return isTie ? `${exact[1]}${exact[2]}${exact[3]}` : rounded;
}

function formatSpecial(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** Significant digits without trailing zeros, and the power of ten of the first. */
function splitExponential(text: string): [string, number] {
  const [mantissa = '', exponent = '0'] = text.replace(/^-/, '').split('e');
  const digits = mantissa.replace('.', '').replace(/0+$/, '');
  return [digits === '' ? '0' : digits, Number(exponent)];
}

function layOut(negative: boolean, digits: string, exponent: number, scientificFrom: number): string {
  const sign = negative ? '-' : '';
  if (exponent < -4 || exponent >= scientificFrom) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const power = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${power}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

const view = new DataView(new ArrayBuffer(8));

/** True when the decimal lies exactly between the double and a neighbour: JavaScript writes such digits, PostgreSQL not. */
function isMidpoint(value: number, digits: string, exponent: number): boolean {
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const power = exponent - digits.length + 1;
  if (Math.abs(power) > 40) return false;
  return [bits - 1n, bits + 1n].some((neighbour) => {
    view.setBigUint64(0, neighbour);
    const [sum, shift] = addExactly(Math.abs(value), view.getFloat64(0));
    // digits·10^power·2 = sum·2^shift, cross-multiplied.
    const left =
      BigInt(digits) * 2n * (power > 0 ? 10n ** BigInt(power) : 1n) * (shift < 0 ? 1n << BigInt(-shift) : 1n);
    const right = sum * (power < 0 ? 10n ** BigInt(-power) : 1n) * (shift > 0 ? 1n << BigInt(shift) : 1n);
    return left === right;
  });
}

function addExactly(a: number, b: number): [bigint, number] {
  const [mantissaA, shiftA] = splitDouble(a);
  const [mantissaB, shiftB] = splitDouble(b);
  const shift = Math.min(shiftA, shiftB);
  return [(mantissaA << BigInt(shiftA - shift)) + (mantissaB << BigInt(shiftB - shift)), shift];
}

function splitDouble(value: number): [bigint, number] {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return exponent === 0 ? [fraction, -1074] : [fraction | 0x10000000000000n, exponent - 1075];
}
