import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { requestJson } from './request-json.ts';
import { splitLines } from './split-lines.ts';

/** Where lines go and how they become records. */
export interface ProduceTarget {
  readonly restUrl: string;
  readonly topic: string;
  readonly keySeparator?: string;
  readonly partition?: number;
}

/** What was sent: the number of records and, per partition, the first and last offset. */
export interface SentRecords {
  readonly count: number;
  readonly ranges: ReadonlyMap<number, { readonly from: number; readonly to: number }>;
}

interface BinaryRecord {
  readonly key?: string;
  readonly value: string;
  readonly partition?: number;
}

interface ProduceAnswer {
  readonly offsets: readonly {
    readonly partition: number | null;
    readonly offset: number | null;
    readonly error_code?: number | null;
    readonly error?: string | null;
  }[];
}

const maxBatchRecords = 500;
const maxBatchBytes = 1024 * 1024;

/**
 * Sends each line as a record through the topic REST API, byte for byte (binary media type), in order: a request leaves
 * when the one before it was answered.
 *
 * @throws SluiceError REQUEST_REFUSED, or CONFIG_INVALID for a line without the key separator, each with the number of
 *   records that were stored and the line to go on with
 */
export async function produceLines(input: AsyncIterable<Buffer>, target: ProduceTarget): Promise<SentRecords> {
  const sent = { count: 0, ranges: new Map<number, { from: number; to: number }>() };
  let batch: BinaryRecord[] = [];
  let batchBytes = 0;
  let batchLine = 1;
  const flush = async () => {
    if (batch.length > 0) await sendBatch(batch, batchLine, target, sent);
    [batch, batchBytes] = [[], 0];
  };
  let lineNumber = 0;
  for await (const chunk of splitLines(input)) {
    for (const line of chunk) {
      lineNumber++;
      if (line.length === 0) continue;
      if (batch.length === maxBatchRecords || (batchBytes > 0 && batchBytes + line.length > maxBatchBytes))
        await flush();
      const record = toRecord(line, target);
      if (record === undefined) {
        await flush();
        const message = `Line ${lineNumber} does not hold the key separator. ${tellStored(sent.count, lineNumber)}`;
        throw new SluiceError('CONFIG_INVALID', message);
      }
      if (batch.length === 0) batchLine = lineNumber;
      batch.push(record);
      batchBytes += line.length;
    }
    // What has come so far leaves now, so that lines typed by hand or written by a slow program do not wait.
    await flush();
  }
  return sent;
}

async function sendBatch(
  records: readonly BinaryRecord[],
  firstLine: number,
  target: ProduceTarget,
  sent: { count: number; ranges: Map<number, { from: number; to: number }> },
): Promise<void> {
  const { offsets } = await requestJson<ProduceAnswer>(`${target.restUrl}/topics/${encodeURIComponent(target.topic)}`, {
    method: 'POST',
    contentType: 'application/vnd.kafka.binary.v2+json',
    body: { records },
  }).catch((error: Error) => {
    throw new SluiceError('REQUEST_REFUSED', `${error.message} ${tellStored(sent.count, firstLine)}`, {
      cause: error,
    });
  });
  for (const { partition, offset, error } of offsets) {
    if (partition === null || offset === null) {
      throw new SluiceError('REQUEST_REFUSED', `A record was refused: ${error}. ${tellStored(sent.count, firstLine)}`);
    }
    sent.count++;
    const range = sent.ranges.get(partition);
    sent.ranges.set(partition, {
      from: Math.min(range?.from ?? offset, offset),
      to: Math.max(range?.to ?? offset, offset),
    });
  }
}

function tellStored(count: number, lineNumber: number): string {
  const stored = count === 1 ? '1 record was stored' : `${count === 0 ? 'No' : count} records were stored`;
  return `${stored}; it stopped at line ${lineNumber}.`;
}

/** Undefined for a line without the key separator. */
function toRecord(line: Buffer, { keySeparator, partition }: ProduceTarget): BinaryRecord | undefined {
  const place = partition === undefined ? {} : { partition };
  if (keySeparator === undefined) return { value: line.toString('base64'), ...place };
  const at = line.indexOf(keySeparator);
  if (at < 0) return undefined;
  const value = line.subarray(at + Buffer.byteLength(keySeparator));
  return { key: line.subarray(0, at).toString('base64'), value: value.toString('base64'), ...place };
}
