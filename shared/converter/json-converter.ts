import type { Schema } from '../data/schema.ts';
import type { Value } from '../data/value.ts';
import { parseConnectSchema } from './connect-schema.ts';
import { createValueReader } from './connect-value.ts';
import type { Converter } from './converter.ts';
import type { JsonConverterSettings } from './converter-settings.ts';
import { EnvelopeDecoder, readAs, readJson } from './json-envelope.ts';
import { decodeUtf8, parseJson, parseJsonLossless, parseJsonMarked } from './json-text.ts';

/** Kafka Connect's JsonConverter, which tells numbers, bytes and nulls apart as {@link createValueReader} says. */
export function createJsonConverter(settings: JsonConverterSettings): Converter {
  if (!settings.schemasEnable) {
    return {
      decode: (bytes, _record, lossless) => ({
        schema: null,
        value: lossless ? decodeJsonLossless(bytes) : decodeJson(bytes),
      }),
    };
  }
  if (settings.schemaContent !== undefined) {
    const schema = parseSchemaContent(settings.schemaContent);
    if (schema === null) return createJsonConverter({ ...settings, schemasEnable: false });
    const read = createValueReader(schema, settings.replaceNullWithDefault);
    return { decode: (bytes) => ({ schema, value: readJson(read, parseJsonMarked(decodeUtf8(bytes))) }) };
  }
  const envelopes = new EnvelopeDecoder(settings);
  return { decode: (bytes, _record, lossless) => envelopes.decode(bytes, lossless) };
}

/**
 * The schema of a configuration (`schema.content`).
 *
 * @throws SluiceError `VALUE_NOT_JSON`, `VALUE_UNREADABLE` for what is none
 */
export function parseSchemaContent(text: string): Schema | null {
  return readAs(parseConnectSchema, parseJsonLossless(text));
}

/**
 * Decodes a schemaless JSON document as fast as `JSON.parse` does. Numbers are doubles: whoever binds one to a type for
 * which that is not exact decodes again with {@link decodeJsonLossless}, so that only such records pay for it.
 *
 * @throws SluiceError `VALUE_NOT_JSON` for bytes that are not UTF-8 or not one JSON document
 */
export function decodeJson(bytes: Buffer): Value {
  return parseJson(decodeUtf8(bytes));
}

/**
 * Decodes a schemaless JSON document without losing a digit: a number that its double does not give back as written is
 * a {@link ExactNumber}.
 *
 * @throws SluiceError `VALUE_NOT_JSON` as {@link decodeJson}
 */
export function decodeJsonLossless(bytes: Buffer): Value {
  return parseJsonLossless(decodeUtf8(bytes));
}
