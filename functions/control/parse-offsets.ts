import { RestError } from './rest-error.ts';

/** An offset that a request asks for; null: the partition is forgotten. */
export interface WantedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: number | null;
}

/**
 * The offsets in the body of `PATCH …/offsets`. Partitions and offsets may be numbers or texts of digits.
 *
 * Source of the messages: Apache Kafka, `connect/runtime/.../util/SinkUtils.java` and
 * `.../rest/resources/ConnectorsResource.java`.
 *
 * @throws RestError 400
 */
export function parseOffsets(body: Readonly<Record<string, unknown>>): readonly WantedOffset[] {
  const { offsets } = body;
  if (!Array.isArray(offsets) || offsets.length === 0) {
    throw bad('Partitions / offsets need to be provided for an alter offsets request');
  }
  if (offsets.length > maxOffsets) throw bad(`One request alters at most ${maxOffsets} partitions`);
  const wanted = offsets.map((entry: unknown) => parseOffset(toObject(entry) ?? {}));
  const places = wanted.map(({ topic, partition }) => `${topic}-${partition}`);
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  if (twice !== undefined) throw bad(`The partition ${twice} is given twice`);
  return wanted;
}

/** As many as the admin function takes at once. */
const maxOffsets = 500;

function parseOffset({ partition, offset }: Readonly<Record<string, unknown>>): WantedOffset {
  const place = toObject(partition);
  if (place === undefined) throw bad('The partition for a sink connector offset cannot be null or missing');
  if (!('kafka_topic' in place) || !('kafka_partition' in place)) {
    throw bad("The partition for a sink connector offset must contain the keys 'kafka_topic' and 'kafka_partition'");
  }
  const { kafka_topic: topic, kafka_partition: number } = place;
  if (typeof topic !== 'string' || topic === '')
    throw bad('Kafka topic names must be valid strings and may not be null');
  if (number === null || number === undefined) throw bad('Kafka partitions must be valid numbers and may not be null');
  return {
    topic,
    partition: toInteger(
      number,
      2_147_483_647,
      (text) =>
        `Failed to parse the following Kafka partition value in the provided offsets: '${text}'. Partition values for sink connectors need to be integers.`,
    ),
    nextOffset: parseNextOffset(offset),
  };
}

function parseNextOffset(offset: unknown): number | null {
  if (offset === null || offset === undefined) return null;
  const given = toObject(offset);
  if (given === undefined || !('kafka_offset' in given)) {
    throw bad("The offset for a sink connector should either be null or contain the key 'kafka_offset'");
  }
  const { kafka_offset: value } = given;
  return toInteger(
    value,
    Number.MAX_SAFE_INTEGER,
    (text) =>
      `Failed to parse the following Kafka offset value in the provided offsets: '${text}'. Offset values for sink connectors need to be integers.`,
  );
}

function toInteger(value: unknown, maximum: number, problem: (text: string) => string): number {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : JSON.stringify(value);
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number) && number <= maximum) return number;
  throw bad(problem(text.slice(0, 100)));
}

function toObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function bad(message: string): RestError {
  return new RestError(400, message);
}
