import { parseArgs } from 'node:util';
import type { BlockRecord } from '../../localstack/event-source/block-record.ts';
import { cutBatch } from '../../localstack/event-source/batch-collector.ts';
import { envelopeSize, PartitionEncoder } from '../../localstack/event-source/event-builder.ts';
import { writeEvent } from '../../localstack/event-source/event-payload.ts';
import { OffsetCommitter } from '../../localstack/event-source/offset-committer.ts';
import { PartitionLane } from '../../localstack/event-source/partition-lane.ts';
import { systemClock } from '../../localstack/event-source/clock.ts';
import type { SourceRecord } from '../../localstack/event-source/record-source.ts';
import { encodeRecordBatch } from '../../localstack/kafka/record-batch.ts';
import { readRecordSet } from '../../localstack/kafka/record-set.ts';
import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';

/**
 * What the driver's own work on a fetched record costs, without network and function: reading the record set, sizing,
 * and building events; once with an object and a view for each key and value, once from the fetched block. Prints µs of
 * CPU a record (the best of the rounds) and the ratio of the two.
 *
 *     node localstack/node-24.mjs test/bench/kafka-driver.ts [--records 200000] [--batch 5000] [--headers]
 */
const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '200000' },
    batch: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '7' },
    headers: { type: 'boolean', default: false },
  },
});
const batchSize = Number(values.batch);
const envelope = { eventSource: 'SelfManagedKafka', bootstrapServers: '127.0.0.1:9092' } as const;
const target = Buffer.alloc(maxPayloadBytes);

const recordSets = makeRecordSets(Number(values.records), values.headers);
const rounds = Array.from({ length: Number(values.rounds) }, () => ({
  walk: measure((set) => set.length),
  objects: measure((records) => buildEvents(records.map(toObject))),
  block: measure((records) => buildEvents(records)),
}));
const best = (name: 'walk' | 'objects' | 'block') => Math.min(...rounds.map((round) => round[name]));
const show = (name: string, value: number) => console.log(`${name.padEnd(34)} ${value.toFixed(2).padStart(6)}`);
show('read the record set, µs a record', best('walk'));
show('… and build events by objects', best('objects'));
show('… and build events from the block', best('block'));
show('block : objects', best('block') / best('objects'));

/** Sets as large as one fetch, of envelopes of ten columns. */
function makeRecordSets(count: number, withHeaders: boolean): Buffer[] {
  const headers = withHeaders
    ? ([
        ['op', Buffer.from('u')],
        ['trace-id', Buffer.alloc(16, 200)],
      ] as const)
    : [];
  const sets: Buffer[] = [];
  const perSet = 3_500;
  for (let start = 0; start < count; start += perSet) {
    const records = Array.from({ length: Math.min(perSet, count - start) }, (_, index) => ({
      key: Buffer.from(`{"id":${start + index}}`),
      value: Buffer.from(
        `{"op":"c","before":null,"after":{"id":${start + index},"name":"${'n'.repeat(40)}","d":"${'x'.repeat(120)}"}}`,
      ),
      headers: [...headers],
      timestamp: 1_790_000_000_000 + index,
    }));
    const batch = encodeRecordBatch(records);
    batch.writeBigInt64BE(BigInt(start), 0);
    sets.push(batch);
  }
  return sets;
}

function measure(work: (records: readonly BlockRecord[]) => number): number {
  const before = process.cpuUsage();
  let count = 0;
  let kept = 0;
  for (const set of recordSets) {
    const { records } = readRecordSet(set, [], 0);
    count += records.length;
    kept += work(records);
  }
  const { user, system } = process.cpuUsage(before);
  if (kept === 0) throw new Error('Nothing was built.');
  return (user + system) / count;
}

function buildEvents(records: readonly SourceRecord[]): number {
  const committer = new OffsetCommitter(0, {
    commit: async () => {},
    clock: systemClock,
    random: Math.random,
    onCommitted: () => {},
    onProblem: () => {},
  });
  const encoder = new PartitionEncoder('bench', 0);
  const lane = new PartitionLane(encoder, committer, records[0]!.offset);
  lane.append(records, 0);
  let bytes = 0;
  while (lane.waiting > 0) {
    const limits = { maxRecords: batchSize, maxBytes: maxPayloadBytes, envelopeSize: envelopeSize(envelope) };
    const { count } = cutBatch([lane.supply], limits).takes[0]!;
    const writeEntries = (into: Buffer, position: number) => lane.writeEntries(count, into, position);
    bytes += writeEvent(envelope, [{ encoder, writeEntries }], target).length;
    lane.take(count, 0);
  }
  return bytes;
}

function toObject({ offset, timestamp, timestampType, key, value, headers }: BlockRecord): SourceRecord {
  return { offset, timestamp, timestampType, key, value, headers };
}
