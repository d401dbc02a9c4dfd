import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import type { RecordSelector } from '../../shared/filter/record-selector.ts';
import type { Verdict } from '../../shared/forward/evaluated-partition.ts';
import type { KafkaRecord } from '../../shared/kafka/record.ts';

/** Longest message of a reject, in characters; it travels in the payload. */
const maxMessageLength = 300;

/**
 * What a connector says of the records of a partition, in offset order. A record is decoded only when it has to be read
 * for that, so that one which is not read may still turn out invalid in the sink, which runs the whole chain. A record
 * that is read and invalid is a reject: never dropped, because nobody knows what it was. One that a later record needs,
 * because it holds what that one lacks, goes on with it.
 *
 * @throws SluiceError of class transient or operator, of the schema registry
 */
export async function evaluateRecords(records: readonly KafkaRecord[], selector: RecordSelector): Promise<Verdict[]> {
  const decided = records.map((record) => selector.decideUndecoded(record));
  if (decided.includes(undefined)) await selector.prepare(records);
  const used = new Set<KafkaRecord>();
  const verdicts = records.map((record, i) => toVerdict(decided[i]) ?? evaluateRecord(record, selector, used));
  return used.size === 0 ? verdicts : verdicts.map((verdict, i) => (used.has(records[i]!) ? toUsed(verdict) : verdict));
}

function toUsed(verdict: Verdict): Verdict {
  return verdict === 'drop' ? 'forward' : verdict;
}

function toVerdict(decided: boolean | undefined): Verdict | undefined {
  return decided === undefined ? undefined : decided ? 'forward' : 'drop';
}

function evaluateRecord(record: KafkaRecord, selector: RecordSelector, used: Set<KafkaRecord>): Verdict {
  try {
    const selected = selector.selectUndecided(record, false);
    if (selected === undefined) return 'drop';
    for (const one of selected.uses) used.add(one);
    return 'forward';
  } catch (error) {
    if (!isSluiceError(error, 'data')) throw error;
    return { stage: error.stage ?? 'filter', code: error.code, message: error.message.slice(0, maxMessageLength) };
  }
}
