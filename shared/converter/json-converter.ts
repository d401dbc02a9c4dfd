import { ExactNumber, type Value } from '../data/value.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { Converter } from './converter.ts';
import type { JsonConverterSettings } from './converter-settings.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A token that a double may not give back as written: 16 digits or more (with or without a point), a trailing zero
 * behind the point, six leading ones (JavaScript writes those with an exponent), an exponent, or minus zero. Matches
 * inside strings only cost the slower parse.
 */
const mayLoseDigits = /[\d.]{16}|\.\d*0(?!\d)|\.0{6}|\d[eE][+-]?\d|-0/;

/** Kafka Connect's JsonConverter. */
export function createJsonConverter(_settings: JsonConverterSettings): Converter {
  return {
    decode: (bytes, _record, lossless) => ({
      schema: null,
      value: lossless ? decodeJsonLossless(bytes) : decodeJson(bytes),
    }),
  };
}

/**
 * Decodes a schemaless JSON document as fast as `JSON.parse` does. Numbers are doubles: whoever binds one to a type for
 * which that is not exact decodes again with {@link decodeJsonLossless}, so that only such records pay for it.
 *
 * @throws SluiceError `VALUE_NOT_JSON` for bytes that are not UTF-8 or not one JSON document
 */
export function decodeJson(bytes: Buffer): Value {
  return parse(decodeText(bytes));
}

/**
 * Decodes a schemaless JSON document without losing a digit: a number that its double does not give back as written is
 * a {@link ExactNumber}.
 *
 * @throws SluiceError `VALUE_NOT_JSON` as {@link decodeJson}
 */
export function decodeJsonLossless(bytes: Buffer): Value {
  const text = decodeText(bytes);
  return mayLoseDigits.test(text) ? parse(text, keepNumber) : parse(text);
}

function keepNumber(_name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return String(value) === context.source ? value : new ExactNumber(context.source);
}

function decodeText(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new SluiceError('VALUE_NOT_JSON', 'The value is not UTF-8 text.', { stage: 'decode-value', cause });
  }
}

function parse(text: string, reviver?: typeof keepNumber): Value {
  try {
    return JSON.parse(text, reviver as (this: unknown, key: string, value: unknown) => unknown) as Value;
  } catch {
    // The engine's message quotes the payload, so it is not chained.
    throw new SluiceError('VALUE_NOT_JSON', 'The value is not a JSON document.', { stage: 'decode-value' });
  }
}
