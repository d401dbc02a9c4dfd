import { isSluiceError } from '../../shared/errors/sluice-error.ts';

/** HTTP statuses that the topic REST API answers errors with. */
export type RestErrorStatus = 400 | 404 | 405 | 406 | 409 | 413 | 415 | 422 | 500 | 503;

/**
 * An error as the REST API answers it: `{"error_code", "message"}`. Codes are Confluent's: the status, or the status
 * times 100 plus a number.
 *
 * Source: Confluent REST Proxy API reference, "Errors".
 */
export class RestError extends Error {
  readonly status: RestErrorStatus;
  readonly errorCode: number;

  constructor(status: RestErrorStatus, errorCode: number, message: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}

/** Confluent's answer for a topic that does not exist. */
export function topicNotFound(): RestError {
  return new RestError(404, 40401, 'Topic not found.');
}

/** Confluent's answer for a partition that the topic does not have. */
export function partitionNotFound(): RestError {
  return new RestError(404, 40402, 'Partition not found.');
}

/** A request whose JSON does not say what it must. */
export function unprocessable(message: string): RestError {
  return new RestError(422, 422, message);
}

/** Any error as the REST API answers it. */
export function toRestError(error: unknown): RestError {
  if (error instanceof RestError) return error;
  if (!isSluiceError(error)) return new RestError(500, 500, `Internal error: ${(error as Error).message}`);
  switch (error.code) {
    case 'TOPIC_MISSING':
      return topicNotFound();
    case 'PARTITION_MISSING':
      return partitionNotFound();
    case 'TOPIC_INVALID':
      return new RestError(400, 40002, error.message);
    case 'TOPIC_EXISTS':
      return new RestError(400, 40002, error.message);
    case 'DATABASE_UNAVAILABLE':
      return new RestError(503, 50003, error.message);
    default:
      return new RestError(500, 50002, error.message);
  }
}
