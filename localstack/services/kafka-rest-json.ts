import { RestError } from './kafka-rest-error.ts';

/** Newer than the types that the compiler knows. Source: ECMAScript proposal "JSON.parse source text access". */
const json = JSON as typeof JSON & { rawJSON(text: string): object };

/**
 * Numbers that a double may not give back as they were written: sixteen characters and more, an exponent, a fraction
 * that ends in zero, minus zero. Text inside strings may match, too, which costs time only.
 */
const delicateNumber = /[\d.]{16}|\d[eE]|\.\d*0(?!\d)|-0/;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a body so that `JSON.stringify` of any part gives every number with the digits that came: `12.340`, 64-bit
 * integers and `1e400` stay as they are.
 *
 * @throws RestError 400 when it is not JSON in UTF-8
 */
export function parseLosslessJson(body: Uint8Array): unknown {
  try {
    const text = utf8.decode(body);
    return delicateNumber.test(text) ? json.parse(text, keepDigits) : json.parse(text);
  } catch (error) {
    // The parser's own words may quote the payload.
    const where = /position \d+/.exec((error as Error).message)?.[0];
    throw new RestError(400, 400, `The body is not JSON in UTF-8${where === undefined ? '' : ` (at ${where})`}.`);
  }
}

function keepDigits(_name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return String(value) === context.source ? value : json.rawJSON(context.source);
}
