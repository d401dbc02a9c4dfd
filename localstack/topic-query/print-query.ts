import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { toSentence } from '../cli/report-failure.ts';
import type { SourceRecord } from '../event-source/record-source.ts';
import type { TopicReader } from '../services/topic-log.ts';
import { type FollowOptions, followTopic } from './follow-topic.ts';
import { createRowPrinter, type PlacedRow, type RowFormat } from './row-printer.ts';
import { toKafkaRecord } from './to-kafka-record.ts';
import type { TopicQuery } from './topic-query.ts';

/** How {@link printQuery} reads and prints. */
export interface PrintOptions extends FollowOptions {
  /** Ends after so many rows. */
  readonly limit: number;
  readonly format: RowFormat;
  readonly write: (text: string) => Promise<void>;
  /** Takes a line about a record that has no row because something is wrong with it. */
  readonly warn: (line: string) => void;
}

/** Most records that are told one by one. */
const maxTold = 10;

/**
 * Prints the rows that the query finds in the topic until `limit` rows are printed, the signal ends it, or, where it does not
 * follow, the end is reached. A record that cannot be read, or for which an expression has no value, is told and passed over.
 *
 * @returns how many such records there were
 * @throws SluiceError of class transient or operator: of the broker or the schema registry
 */
export async function printQuery(reader: TopicReader, query: TopicQuery, options: PrintOptions): Promise<number> {
  const { topic, limit, format, write, warn } = options;
  const printer = createRowPrinter(format);
  const done = new AbortController();
  const signal = AbortSignal.any([options.signal, done.signal]);
  let count = 0;
  let problems = 0;
  const tell = (place: string, reason: string) => {
    if (problems++ < maxTold) warn(`${place}: ${reason}`);
  };
  // Partitions are read side by side, and printed one after the other.
  let printing: Promise<void> = Promise.resolve();
  const print = async (partition: number, records: readonly SourceRecord[]) => {
    const given = records.map((record) => toKafkaRecord(topic, partition, record));
    await query.prepare(given);
    const rows: PlacedRow[] = [];
    for (const record of given) {
      if (count + rows.length >= limit || signal.aborted) break;
      const place = `${topic}:${partition}:${record.offset}`;
      const verdict = query.evaluate(record);
      if (verdict === undefined) continue;
      if (verdict instanceof SluiceError) tell(place, toSentence(verdict));
      else rows.push({ ...verdict, place });
    }
    let refused = 0;
    const text = printer.print(rows, (place, reason) => {
      refused++;
      tell(place, reason);
    });
    count += rows.length - refused;
    if (text !== '') await write(text);
    if (count >= limit) done.abort();
  };
  await followTopic(reader, { ...options, signal }, (partition, records) => {
    printing = printing.then(() => print(partition, records));
    return printing;
  });
  await write(printer.end(count));
  if (problems > maxTold) warn(`${problems - maxTold} more records have no row for such a reason.`);
  return problems;
}
