import type { SchemaAndValue } from '../data/schema.ts';
import type { Value } from '../data/value.ts';
import { isSluiceError, SluiceError } from '../errors/sluice-error.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import type { Converter, RecordPart } from './converter.ts';
import type { ConverterName, ConverterSettings } from './converter-settings.ts';
import { decodeJson, decodeJsonLossless } from './json-converter.ts';
import { decodeHeaderText, decodeText } from './string-converter.ts';

type Decode = (bytes: Buffer, lossless: boolean) => Value;

const decoders: Readonly<Record<ConverterName, Decode>> = {
  JsonConverter: (bytes, lossless) => (lossless ? decodeJsonLossless(bytes) : decodeJson(bytes)),
  StringConverter: decodeText,
  SimpleHeaderConverter: decodeHeaderText,
};

/** The converter that the settings name, for one part of a record. Its code is loaded when it is first asked for. */
export async function createConverter({ converter }: ConverterSettings, part: RecordPart): Promise<Converter> {
  const decodeValue = decoders[converter];
  const decode = (bytes: Buffer, _record: KafkaRecord, lossless: boolean): SchemaAndValue => ({
    schema: null,
    value: decodeValue(bytes, lossless),
  });
  return part === 'value' ? { decode } : { decode: (...given) => decodePart(part, converter, () => decode(...given)) };
}

function decodePart(part: RecordPart, converter: ConverterName, decode: () => SchemaAndValue): SchemaAndValue {
  try {
    return decode();
  } catch (error) {
    if (!isSluiceError(error, 'data')) throw error;
    // The message says what is wrong with the bytes, in terms of a value.
    const message = `A ${part} of the record is not what ${converter} reads.`;
    throw new SluiceError('KEY_UNREADABLE', message, { stage: 'decode-key' });
  }
}
