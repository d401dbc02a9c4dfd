import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import type { ConverterSettings } from '../../shared/converter/converter-settings.ts';
import type { RecordPart } from '../../shared/converter/converter.ts';
import type { ConverterPorts } from '../../shared/converter/converter-ports.ts';
import { createConverter } from '../../shared/converter/create-converter.ts';
import { toJsonText } from '../../shared/data/json-form.ts';
import { type KafkaRecord, toKeyBytes, toValueBytes } from '../../shared/kafka/record.ts';
import type { DeadLetterDetail } from '../../shared/postgres/read-dead-letters.ts';

/** Their bytes are text, which is shown as the producer wrote it. */
const textConverters: readonly ConverterSettings['converter'][] = ['JsonConverter', 'StringConverter'];

/**
 * Key and value of a dead letter as JSON text, by the converters of its connector; null where they are text already, or
 * are not what the converter reads, or the registry does not give their schema. A connector that leaves columns out or
 * masks them has both null: its letters may hold what was to be hidden.
 */
export async function decodeLetter(
  plan: ConnectorPlan,
  ports: ConverterPorts,
  record: KafkaRecord,
): Promise<NonNullable<DeadLetterDetail['decoded']>> {
  if (plan.target.deadLetters.hidesValues) return { key: null, value: null };
  const decode = async (settings: ConverterSettings, part: RecordPart, bytes: Buffer | null) => {
    if (bytes === null || textConverters.includes(settings.converter)) return null;
    try {
      const converter = await createConverter(settings, part, ports);
      await converter.prepare?.(bytes, record);
      const { value, schema } = converter.decode(bytes, record, true);
      return toJsonText(value, schema ?? undefined);
    } catch {
      // The letter's own message says what is wrong with it.
      return null;
    }
  };
  const key = await decode(plan.keyConverter, 'key', toKeyBytes(record));
  return { key, value: await decode(plan.valueConverter, 'value', toValueBytes(record)) };
}
