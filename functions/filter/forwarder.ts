import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { parseForwardReply } from '../../shared/forward/forward-reply.ts';
import type { ForwardReply } from '../../shared/forward/forwarded-batch.ts';

/** Brings one forwarded batch to the sink. */
export interface Forwarder {
  /**
   * Invokes the sink once, never again by itself, and gives its reply. When it fails, nobody knows what the sink
   * did: the batch has to come again.
   *
   * @throws SluiceError `FORWARD_FAILED` (function error, throttle, transport, no reply), `FORWARD_DENIED` (no such
   *   function, no permission), `TIME_SHORT` (the signal ended the wait)
   */
  forward(payload: Uint8Array, signal: AbortSignal): Promise<ForwardReply>;
}

/**
 * The client for {@link createForwarder}. It does not retry: a repeated invocation could run beside one that it gave up,
 * and the mapping retries anyway. It waits as long as the signal lets it. `AWS_ENDPOINT_URL` and the region come from
 * the environment, as the SDK reads it.
 */
export function createLambdaClient(): LambdaClient {
  return new LambdaClient({ maxAttempts: 1, requestHandler: { connectionTimeout: 3_000, requestTimeout: 0 } });
}

/** Forwards to the function with this name or ARN. */
export function createForwarder(client: LambdaClient, functionName: string): Forwarder {
  return {
    async forward(payload, signal) {
      const command = new InvokeCommand({ FunctionName: functionName, Payload: payload });
      let answer: InvokeCommandOutput;
      try {
        answer = await client.send(command, { abortSignal: signal });
      } catch (cause) {
        throw toForwardError(functionName, cause, signal);
      }
      const body = answer.Payload ?? new Uint8Array();
      if (answer.FunctionError !== undefined) {
        const text = `The sink function ${functionName} failed: ${describeFunctionError(body)}.`;
        throw new SluiceError('FORWARD_FAILED', text, { stage: 'forward' });
      }
      return parseForwardReply(body);
    },
  };
}

function toForwardError(functionName: string, cause: unknown, signal: AbortSignal): SluiceError {
  const details = { stage: 'forward', cause } as const;
  if (signal.aborted) {
    const text = `The sink function ${functionName} did not answer before the time of the filter function ran out.`;
    return new SluiceError('TIME_SHORT', text, details);
  }
  const { name, $metadata } = cause as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  const reason = status === undefined ? `${name}` : `${name}, HTTP status ${status}`;
  const code = status === 403 || status === 404 ? 'FORWARD_DENIED' : 'FORWARD_FAILED';
  return new SluiceError(code, `The sink function ${functionName} could not be invoked (${reason}).`, details);
}

/** The error's type; its message only if it is one of Sluice's own, which hold no payloads. */
function describeFunctionError(body: Uint8Array): string {
  try {
    const { errorType, errorMessage } = JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>;
    const message = errorType === 'SluiceError' ? `: ${String(errorMessage).slice(0, 500)}` : '';
    return `${String(errorType).slice(0, 100)}${message}`;
  } catch {
    return 'it gave no error object';
  }
}
