/** PostgreSQL's numeric has at most this many digits before the point; no number needs more characters. */
const maxDigits = 200_000;

/**
 * A number of JSON without an exponent: `1.20E+2` is `120`, `12.340` stays. Undefined for one that would be too long to be
 * of any use.
 */
export function plainDigits(token: string): string | undefined {
  if (token.length > maxDigits) return undefined;
  const match = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/.exec(token);
  if (match === null) return token;
  const [, sign = '', whole = '', fraction = '', exponentText = ''] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > maxDigits) return undefined;
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const before = digits
    .slice(0, point)
    .padEnd(point, '0')
    .replace(/^0+(?=\d)/, '');
  return point >= digits.length ? sign + before : `${sign}${before}.${digits.slice(point)}`;
}

/** True for base64 of the standard alphabet with its padding, as Jackson reads it. */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
