import type { Log } from './log.ts';

/** What {@link logFailedInvocation} reads of a Middy request. */
interface FailedRequest {
  readonly error: unknown;
  readonly context: { readonly awsRequestId?: string };
}

/**
 * Middy middleware that logs why an invocation failed and leaves the failure as it is: it sets no response, because a
 * response would turn the failure into success and the event source mapping would commit the batch.
 */
export function logFailedInvocation(log: Log): { onError: (request: FailedRequest) => void } {
  return {
    onError: ({ error, context }) => log.error('The invocation failed.', error, { requestId: context.awsRequestId }),
  };
}
