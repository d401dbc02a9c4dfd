import type { ConsumerSettings, TopicOffset } from './consumer-instance.ts';
import { unprocessable } from './kafka-rest-error.ts';
import type { EmbeddedFormat } from './kafka-rest-produce-request.ts';

/** What a request to create an instance asks for. */
export interface ConsumerRequest extends Omit<ConsumerSettings, 'groupId'> {
  readonly name: string | undefined;
  readonly format: EmbeddedFormat;
}

const maxTopics = 100;
const starts = { earliest: { at: 'TRIM_HORIZON' }, latest: { at: 'LATEST' } } as const;

/**
 * Reads `{"name", "format", "auto.offset.reset", "auto.commit.enable"}`; what is absent is as in Confluent's proxy: any
 * name, binary, latest, true. Other settings of a consumer are taken and have no effect.
 *
 * @throws RestError 422
 */
export function parseConsumerRequest(body: unknown): ConsumerRequest {
  const { name, format = 'binary', ...rest } = assertObject(body);
  const reset = rest['auto.offset.reset'] ?? 'latest';
  const autoCommit = String(rest['auto.commit.enable'] ?? 'true');
  if (name !== undefined && name !== null && (typeof name !== 'string' || !/^[\w.-]{1,249}$/.test(name))) {
    throw unprocessable('name must be 1 to 249 letters, digits, ".", "_" and "-".');
  }
  if (format !== 'json' && format !== 'binary') throw unprocessable('format must be json or binary.');
  if (reset !== 'earliest' && reset !== 'latest') throw unprocessable('auto.offset.reset must be earliest or latest.');
  if (autoCommit !== 'true' && autoCommit !== 'false') throw unprocessable('auto.commit.enable must be true or false.');
  return {
    name: name === null ? undefined : (name as string | undefined),
    format,
    start: starts[reset],
    autoCommits: autoCommit === 'true',
  };
}

/** Reads `{"topics": ["…"]}`. @throws RestError 422 */
export function parseTopics(body: unknown): readonly string[] {
  const { topics } = assertObject(body);
  const isList = Array.isArray(topics) && topics.every((topic) => typeof topic === 'string');
  if (!isList || topics.length > maxTopics) throw unprocessable(`topics must be a list of at most ${maxTopics} names.`);
  return topics;
}

/** Reads `{"partitions": [{"topic", "partition"}]}`. @throws RestError 422 */
export function parsePartitions(body: unknown): readonly { readonly topic: string; readonly partition: number }[] {
  return assertList(assertObject(body).partitions, 'partitions').map((each) => {
    const { topic, partition } = assertObject(each);
    if (typeof topic !== 'string') throw unprocessable('topic must be a string.');
    return { topic, partition: toNumber(partition, 'partition') };
  });
}

/**
 * Reads `{"offsets": [{"topic", "partition", "offset"}]}`. An offset names the last record that is done, so that the
 * group goes on behind it.
 *
 * @throws RestError 422
 */
export function parseOffsets(body: unknown): readonly TopicOffset[] {
  return assertList(assertObject(body).offsets, 'offsets').map((each) => {
    const { topic, partition, offset } = assertObject(each);
    if (typeof topic !== 'string') throw unprocessable('topic must be a string.');
    return { topic, partition: toNumber(partition, 'partition'), nextOffset: toNumber(offset, 'offset') + 1 };
  });
}

function assertObject(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw unprocessable('The body must be an object.');
}

function assertList(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw unprocessable(`${name} must be a list.`);
}

function toNumber(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw unprocessable(`${name} must be a whole number from 0.`);
}
