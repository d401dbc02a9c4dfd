import type { Findings } from '../config/findings.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import { deadLetterProperty } from './dead-letter-properties.ts';
import { parseEncryptionKey } from './letter-payload.ts';
import type { DeadLetterSettings, OffsetGaps } from './target-settings.ts';

/** How dead letters are kept. `leavesColumnsOut`: records may hold what is not meant for the target database. */
export function toDeadLetterSettings(
  values: PropertyValues,
  leavesColumnsOut: boolean,
  findings: Findings,
): DeadLetterSettings {
  const encryptionKey = values.get(deadLetterProperty.encryptionKey);
  if (encryptionKey !== undefined) checkKey(encryptionKey, findings);
  return {
    poisonKey: values.get(deadLetterProperty.poisonKey) === 'skip' ? 'skip' : 'hold',
    payload: toPayload(values, leavesColumnsOut, findings),
    ...(encryptionKey !== undefined && { encryptionKey }),
    ...(leavesColumnsOut && { hidesValues: true as const }),
    maxOpen: values.get(deadLetterProperty.maxOpen),
    maxPercent: values.get(deadLetterProperty.maxPercent),
    maxFirst: values.get(deadLetterProperty.maxFirst),
  };
}

/** What becomes of offsets that never came. */
export function toOffsetGaps(values: PropertyValues): OffsetGaps {
  const text = values.get(deadLetterProperty.offsetGaps);
  return text === 'record' || text === 'allow' ? text : 'refuse';
}

function toPayload(
  values: PropertyValues,
  leavesColumnsOut: boolean,
  findings: Findings,
): DeadLetterSettings['payload'] {
  const { name } = deadLetterProperty.payload;
  const chosen = values.get(deadLetterProperty.payload);
  const hasKey = values.get(deadLetterProperty.encryptionKey) !== undefined;
  if (chosen === 'full' || chosen === 'none') return chosen;
  if (hasKey && (chosen === 'encrypted' || leavesColumnsOut)) return 'encrypted';
  if (chosen === 'encrypted') {
    findings.warn(
      name,
      'Dead letters are stored without payload, because errors.deadletter.encryption.key is missing.',
    );
    return 'none';
  }
  if (!leavesColumnsOut) return 'full';
  findings.warn(
    name,
    'Dead letters are stored without payload, because the connector leaves columns out and has no ' +
      'errors.deadletter.encryption.key; they cannot be redriven.',
  );
  return 'none';
}

function checkKey(text: string, findings: Findings): void {
  // A reference is read when the function starts.
  if (text.includes('${')) return;
  try {
    parseEncryptionKey(text);
  } catch (error) {
    findings.error(deadLetterProperty.encryptionKey.name, (error as Error).message);
  }
}
