import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';

/** What became of an event. */
export interface InvocationOutcome {
  /** The answer, or the error object `{errorType, errorMessage, trace?}`. */
  readonly payload: Buffer;
  /** Type of the error; absent when the handler answered. */
  readonly errorType?: string;
  /** The last 4 KB that were logged meanwhile. */
  readonly logTail: Buffer;
}

/** An outcome before its log is complete. */
export type RawOutcome = Omit<InvocationOutcome, 'logTail'>;

/** The function took longer than it may. */
export function timedOut(requestId: string, timeoutMs: number): RawOutcome {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return failure('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`);
}

/** The process ended without an answer; `reason` completes the sentence. */
export function exited(requestId: string, reason: string): RawOutcome {
  return failure('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited ${reason}`);
}

/** The handler answered more than Lambda passes on. */
export function responseTooLarge(): RawOutcome {
  const limit = `maximum allowed payload size (${maxPayloadBytes} bytes)`;
  return failure('Function.ResponseSizeTooLarge', `Response payload size exceeded ${limit}.`);
}

function failure(errorType: string, errorMessage: string): RawOutcome {
  return { errorType, payload: Buffer.from(JSON.stringify({ errorType, errorMessage })) };
}
