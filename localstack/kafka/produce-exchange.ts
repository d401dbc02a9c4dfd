import * as kafka from '@platformatic/kafka';
import type { BrokerConnection } from './broker-connection.ts';

const produceKey = 0;
/** 7 is Kafka 2.1's, 9 the first one with tagged fields; newer ones name topics by id or are for transactions. */
const [oldest, flexibleSince, newest] = [7, 9, 9];
const everyReplica = -1;
const timeoutMs = 30_000;

/**
 * Appends one batch to a partition and answers the offset of its first record, once every replica that is in sync has
 * it. Rejects with the client's own errors.
 */
export async function produceBatch(
  connection: BrokerConnection,
  topic: string,
  partition: number,
  batch: Buffer,
): Promise<number> {
  const version = connection.versionOf('Produce', oldest, newest);
  const flexible = version >= flexibleSince;
  const { parseResponse } = (kafka as unknown as Record<string, typeof kafka.produceV9>)[`produceV${version}`]!;
  const answer = await connection.send(
    { key: produceKey, version, flexible },
    () => {
      const writer = kafka.Writer.create()
        .appendString(null, flexible)
        .appendInt16(everyReplica)
        .appendInt32(timeoutMs);
      writer.appendArray(
        [topic],
        (topics, name) => {
          topics.appendString(name, flexible).appendArray(
            [partition],
            (partitions, index) => {
              partitions.appendInt32(index).appendBytes(batch, flexible);
            },
            flexible,
            flexible,
          );
        },
        flexible,
        flexible,
      );
      return flexible ? writer.appendTaggedFields() : writer;
    },
    (reader) => parseResponse(0, produceKey, version, reader),
  );
  return Number(answer.responses[0]!.partitionResponses[0]!.baseOffset);
}
