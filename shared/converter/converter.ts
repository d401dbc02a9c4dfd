import type { JsonValue } from '../data/json-value.ts';
import { isSluiceError, SluiceError } from '../errors/sluice-error.ts';
import type { ConverterName, ConverterSettings } from './converter-settings.ts';
import { decodeJson, decodeJsonLossless } from './json-converter.ts';
import { decodeHeaderText, decodeText } from './string-converter.ts';

/** Turns the bytes of a record's key, value or header into data. */
export interface Converter {
  /**
   * Decodes one key, value or header; `lossless` keeps every digit of numbers, at some cost.
   *
   * @throws SluiceError `KEY_UNREADABLE` for keys and headers, `VALUE_NOT_JSON` for values
   */
  decode(bytes: Buffer, lossless: boolean): JsonValue;
}

const decoders: Readonly<Record<ConverterName, Converter['decode']>> = {
  JsonConverter: (bytes, lossless) => (lossless ? decodeJsonLossless(bytes) : decodeJson(bytes)),
  StringConverter: decodeText,
  SimpleHeaderConverter: decodeHeaderText,
};

/** The converter that the settings name, for one part of a record. */
export function createConverter({ converter }: ConverterSettings, part: 'key' | 'value' | 'header'): Converter {
  const decode = decoders[converter];
  if (part === 'value') return { decode };
  return {
    decode: (bytes, lossless) => {
      try {
        return decode(bytes, lossless);
      } catch (error) {
        if (!isSluiceError(error, 'data')) throw error;
        // The message says what is wrong with the bytes, in terms of a value.
        const message = `A ${part} of the record is not what ${converter} reads.`;
        throw new SluiceError('KEY_UNREADABLE', message, { stage: 'decode-key' });
      }
    },
  };
}
