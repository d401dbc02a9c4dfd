import { isSluiceError } from '../../shared/errors/sluice-error.ts';

/** An error as Kafka Connect's REST API answers it: `{"error_code": status, "message": text}`. */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  /** Seconds after which the same request may succeed; absent when repeating it is useless. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, message: string, options: { retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.status = status;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A change is under way that the request would cross; Connect's clients repeat a request that is answered so. */
export function conflictError(message: string, cause?: unknown): RestError {
  return new RestError(409, message, { retryAfterSeconds: 1, cause });
}

/** Lambda takes a consumer group once, and somebody has it; going on would not help. */
export class GroupTakenError extends RestError {
  constructor(cause: unknown) {
    const text = 'Another event source mapping still has the consumer group of this connector.';
    super(409, text, { retryAfterSeconds: 1, cause });
  }
}

/** True when a change that failed so can be gone on with later; otherwise Lambda refused it. */
export function mayContinue(error: unknown): boolean {
  return toRestError(error).status === 409 && !(error instanceof GroupTakenError);
}

/** Kafka Connect's answer for a connector that does not exist. */
export function notFoundError(message: string): RestError {
  return new RestError(404, message);
}

const conflictNames = [
  'ResourceConflictException',
  'ResourceInUseException',
  'PreconditionFailedException',
  'TooManyRequestsException',
  'ThrottlingException',
  'TimeoutError',
];

/** Lambda repeats variables, which may hold secrets, at the end of some messages. */
const maxShownLength = 300;

/** The answer to whatever a request failed with; never a stack trace. */
export function toRestError(error: unknown): RestError {
  if (error instanceof RestError) return error;
  if (isSluiceError(error, 'config')) return new RestError(400, error.message, { cause: error });
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (conflictNames.includes(name)) {
    return conflictError('Cannot complete request because of a conflicting operation (e.g. worker rebalance)', error);
  }
  const shown = message.replace(/\s*String measured:.*$/s, '').slice(0, maxShownLength);
  return new RestError(500, `AWS Lambda did not do what the request needs: ${name}: ${shown}`, { cause: error });
}

/** True for an SDK error that says that a function or mapping does not exist. */
export function isResourceMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'ResourceNotFoundException';
}
