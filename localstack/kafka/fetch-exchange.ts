import * as kafka from '@platformatic/kafka';
import type { BrokerConnection } from './broker-connection.ts';
import type { AbortedTransaction } from './record-set.ts';

/** What a fetch asks for. */
export interface FetchQuestion {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly fromOffset: number;
  readonly leaderEpoch: number;
  readonly maxBytes: number;
  /** How long the broker waits for a first record. */
  readonly maxWaitMs: number;
}

/** What the broker answered; everything but the error codes is of the one partition asked for. */
export interface FetchAnswer {
  /** Of the protocol; 0: none. */
  readonly errorCode: number;
  readonly logStartOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Batches one after the other, the last one perhaps cut off. */
  readonly recordSet: Buffer;
}

const fetchKey = 1;
/** 11 is Kafka 2.3's, 12 the first one with tagged fields, 13 the first one that names topics by id. */
const [oldest, flexibleSince, idSince, newest] = [11, 12, 13, 17];
const minBytes = 1;
const readCommitted = 1;
const noSession = { id: 0, epoch: -1 };

/** Fetches records that are committed. Rejects with the client's own errors when the broker does not answer. */
export async function fetchRecords(connection: BrokerConnection, question: FetchQuestion): Promise<FetchAnswer> {
  const knowsIds = question.topicId !== question.topic;
  const version = connection.versionOf('Fetch', oldest, knowsIds ? newest : flexibleSince);
  const flexible = version >= flexibleSince;
  return await connection.send(
    { key: fetchKey, version, flexible },
    () => createRequest(version, question),
    (reader) => parseAnswer(version, reader.buffer.slice(reader.position)),
  );
}

function createRequest(version: number, { topic, topicId, partition, ...question }: FetchQuestion): kafka.Writer {
  const partitions = [
    {
      partition,
      currentLeaderEpoch: question.leaderEpoch,
      fetchOffset: BigInt(question.fromOffset),
      lastFetchedEpoch: -1,
      partitionMaxBytes: question.maxBytes,
    },
  ];
  // Before version 13 the client writes into the place of the name what its type calls the id.
  const topics = [{ topicId: version < idSince ? topic : topicId, partitions }];
  const { createRequest: create } = (kafka as unknown as Record<string, typeof kafka.fetchV17>)[`fetchV${version}`]!;
  const { maxWaitMs, maxBytes } = question;
  return create(maxWaitMs, minBytes, maxBytes, readCommitted, noSession.id, noSession.epoch, topics, [], '');
}

/** Source: Apache Kafka protocol guide, Fetch Response. The answer holds one topic with one partition, or none. */
function parseAnswer(version: number, bytes: Buffer): FetchAnswer {
  const reader = new AnswerReader(bytes, version >= flexibleSince);
  reader.skip(4);
  const errorCode = reader.int16();
  reader.skip(4);
  if (reader.length() <= 0) return { errorCode, logStartOffset: -1, aborted: [], recordSet: Buffer.alloc(0) };
  if (version >= idSince) reader.skip(16);
  else reader.skip(reader.stringLength());
  reader.length();
  reader.skip(4);
  const partitionError = reader.int16();
  reader.skip(16);
  const logStartOffset = reader.int64();
  const aborted: AbortedTransaction[] = [];
  for (let count = reader.length(); count > 0; count--) {
    aborted.push({ producerId: reader.int64(), firstOffset: reader.int64() });
    reader.tags();
  }
  reader.skip(4);
  const size = Math.max(0, reader.length());
  return { errorCode: errorCode || partitionError, logStartOffset, aborted, recordSet: reader.take(size) };
}

class AnswerReader {
  readonly #bytes: Buffer;
  readonly #flexible: boolean;
  #position = 0;

  constructor(bytes: Buffer, flexible: boolean) {
    this.#bytes = bytes;
    this.#flexible = flexible;
  }

  skip(bytes: number): void {
    this.#position += bytes;
  }

  int16(): number {
    this.#position += 2;
    return this.#bytes.readInt16BE(this.#position - 2);
  }

  int64(): number {
    this.#position += 8;
    return Number(this.#bytes.readBigInt64BE(this.#position - 8));
  }

  /** Length of an array or of bytes; -1: null. */
  length(): number {
    if (this.#flexible) return this.#unsignedVarint() - 1;
    this.#position += 4;
    return this.#bytes.readInt32BE(this.#position - 4);
  }

  stringLength(): number {
    return this.#flexible ? this.#unsignedVarint() - 1 : this.int16();
  }

  take(size: number): Buffer {
    this.#position += size;
    return this.#bytes.subarray(this.#position - size, this.#position);
  }

  tags(): void {
    if (!this.#flexible) return;
    for (let count = this.#unsignedVarint(); count > 0; count--) {
      this.#unsignedVarint();
      this.skip(this.#unsignedVarint());
    }
  }

  #unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#position++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
}
