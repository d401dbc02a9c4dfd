import type { Value } from '../data/value.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { Converter } from './converter.ts';

/** Kafka Connect's StringConverter. */
export function createStringConverter(_settings: { readonly encoding: string }): Converter {
  return { decode: (bytes) => ({ schema: null, value: decodeText(bytes) }) };
}

/** Kafka Connect's SimpleHeaderConverter. */
export function createSimpleHeaderConverter(): Converter {
  return { decode: (bytes) => ({ schema: null, value: decodeHeaderText(bytes) }) };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes text, as Connect's StringConverter does.
 *
 * @throws SluiceError `VALUE_NOT_JSON` for bytes that are not UTF-8
 */
export function decodeText(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new SluiceError('VALUE_NOT_JSON', 'The value is not UTF-8 text.', { stage: 'decode-value', cause });
  }
}

/**
 * Decodes what Connect's SimpleHeaderConverter writes: `null` is null, text in double quotes is a string, and anything
 * else stays the text that it is, which the target column's type reads without loss.
 *
 * @throws SluiceError `VALUE_NOT_JSON` for bytes that are not UTF-8
 */
export function decodeHeaderText(bytes: Buffer): Value {
  const text = decodeText(bytes);
  if (text === 'null') return null;
  if (!/^".*"$/s.test(text)) return text;
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}
