import type { ChangeSettings } from '../../shared/change/change-settings.ts';
import { parseChange } from '../../shared/change/parse-change.ts';
import { decodeJson } from '../../shared/converter/json-converter.ts';
import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import type { TableFilter } from '../../shared/filter/table-filter.ts';
import { decideUndecoded } from '../../shared/filter/undecoded-table-filter.ts';
import type { Verdict } from '../../shared/forward/evaluated-partition.ts';
import { type KafkaRecord, toValueBytes } from '../../shared/kafka/record.ts';

/** Longest message of a reject, in characters; it travels in the payload. */
const maxMessageLength = 300;

/**
 * What the connector's filters say of a record. Its value is decoded only when a filter has to read it, so a record that
 * is not read may still turn out invalid in the sink, which runs the whole chain. A record that is read and invalid is
 * a reject: never dropped, because nobody knows what it was.
 */
export function evaluateRecord(record: KafkaRecord, filter: TableFilter, settings?: ChangeSettings): Verdict {
  if (!filter.isRestricting) return 'forward';
  const value = toValueBytes(record);
  const undecoded = decideUndecoded(filter, record.topic, value);
  if (undecoded !== undefined) return undecoded ? 'forward' : 'drop';
  try {
    const { source } = parseChange(decodeJson(value!), settings);
    return filter.isIncluded({ topic: record.topic, ...(source && { source }) }) ? 'forward' : 'drop';
  } catch (error) {
    if (!isSluiceError(error, 'data')) throw error;
    return { stage: error.stage ?? 'filter', code: error.code, message: error.message.slice(0, maxMessageLength) };
  }
}
