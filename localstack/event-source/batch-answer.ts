import { partitionKey } from '../../shared/kafka/record.ts';
import type { InvocationResult } from '../lambda/lambda-service.ts';
import { type BatchSlice, hasOffset } from './batch.ts';

/** What an invocation means for its batch. */
export type BatchAnswer =
  | { readonly kind: 'success' }
  /** Failed offsets by partition; every offset is one of the batch, every set has at least one. */
  | { readonly kind: 'partial'; readonly failed: ReadonlyMap<number, ReadonlySet<number>> }
  /** The function ran and failed as a whole. Counts as an attempt. */
  | { readonly kind: 'failed'; readonly problem: string }
  /** The function was not run, or nobody knows: throttled, missing, out of reach. Does not count as an attempt. */
  | { readonly kind: 'not-run'; readonly problem: string; readonly isThrottled?: boolean }
  /** Lambda refused the payload for its size. */
  | { readonly kind: 'too-large'; readonly problem: string };

/** What is needed to understand the answer to a batch. */
export interface AnsweredBatch {
  readonly topic: string;
  readonly slices: readonly BatchSlice[];
  /** True when the mapping has `FunctionResponseTypes: ["ReportBatchItemFailures"]`; otherwise what a function returns does not count. */
  readonly reportsItemFailures: boolean;
}

const success: BatchAnswer = { kind: 'success' };

/**
 * Reads Lambda's answer as an event source mapping does. With partial batch responses a null or empty answer or list is
 * a success; an identifier that is not `{partition: "<topic>-<n>", offset}` of a record in the batch fails the whole
 * batch, and so does an answer of another shape, because guessing could commit a record that failed.
 *
 * Source: AWS Lambda developer guide, "Configuring error handling controls for Kafka event sources". That throttles and
 * service errors do not use up retries is what the guide says of stream sources ("If Lambda throttles the function or
 * returns an error without invoking the function, Lambda retries until the records expire").
 */
export function parseBatchAnswer(result: InvocationResult, batch: AnsweredBatch): BatchAnswer {
  if (result.statusCode === 413) {
    return { kind: 'too-large', problem: 'PROBLEM: The event is larger than Lambda takes' };
  }
  if (result.statusCode < 200 || result.statusCode > 299) {
    const { statusCode } = result;
    return { kind: 'not-run', problem: describeRefusal(statusCode), isThrottled: statusCode === 429 };
  }
  if (result.functionError !== undefined) {
    return { kind: 'failed', problem: `PROBLEM: Function call failed${describeError(result.payload)}` };
  }
  return batch.reportsItemFailures ? parseItemFailures(result.payload, batch) : success;
}

function parseItemFailures(payload: Buffer, batch: AnsweredBatch): BatchAnswer {
  if (payload.length === 0) return success;
  const answer = parseJson(payload);
  if (answer === null) return success;
  if (!isObject(answer)) return malformed('the answer is not an object');
  const failures = answer.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return malformed('batchItemFailures is not a list');
  const slices = new Map(batch.slices.map((slice) => [partitionKey(batch.topic, slice.partition), slice]));
  const failed = new Map<number, Set<number>>();
  for (const failure of failures) {
    const identifier: unknown = isObject(failure) ? failure.itemIdentifier : undefined;
    if (!isObject(identifier)) return malformed('an itemIdentifier is not {partition, offset}');
    const { partition, offset } = identifier;
    const slice = typeof partition === 'string' ? slices.get(partition) : undefined;
    if (slice === undefined) return malformed('an itemIdentifier names a partition that the batch does not have');
    if (typeof offset !== 'number' || !hasOffset(slice, offset)) {
      return malformed('an itemIdentifier names an offset that the batch does not have');
    }
    const offsets = failed.get(slice.partition);
    if (offsets === undefined) failed.set(slice.partition, new Set([offset]));
    else offsets.add(offset);
  }
  return failed.size === 0 ? success : { kind: 'partial', failed };
}

function malformed(reason: string): BatchAnswer {
  return { kind: 'failed', problem: `PROBLEM: Function answered a malformed batch response: ${reason}` };
}

function describeRefusal(statusCode: number): string {
  if (statusCode === 429) return 'PROBLEM: Function call was throttled';
  if (statusCode === 404) return 'PROBLEM: Function not found';
  return `PROBLEM: Function call failed: Lambda answered HTTP ${statusCode}`;
}

/** The error's type; its message only for Sluice's own errors, whose messages never hold row data. */
function describeError(payload: Buffer): string {
  const error = parseJson(payload);
  if (!isObject(error) || typeof error.errorType !== 'string') return '';
  const type = error.errorType.slice(0, 100);
  const message = error.errorMessage;
  return type === 'SluiceError' && typeof message === 'string' ? `: ${message.slice(0, 300)}` : `: ${type}`;
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
