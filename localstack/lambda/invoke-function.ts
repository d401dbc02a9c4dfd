import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';
import type { AsyncInvocations } from './async-invocations.ts';
import type { InvocationOutcome } from './invocation-outcome.ts';
import type { FunctionRecord } from './function-record.ts';
import type { FunctionRegistry } from './function-registry.ts';
import type { FunctionRuntimes } from './function-runtimes.ts';
import { LambdaApiError } from './lambda-api-error.ts';

/** Largest payload of an asynchronous invocation in bytes. Source: AWS Lambda quotas. */
const maxEventPayloadBytes = 1_048_576;

/** What an invocation works with. */
export interface InvocationParts {
  readonly functions: FunctionRegistry;
  readonly runtimes: FunctionRuntimes;
}

/**
 * Runs the function and answers what became of it. Throws the API's error when it was not run: missing, throttled, or
 * the payload is larger than Lambda takes.
 */
export async function invokeFunction(
  { functions, runtimes }: InvocationParts,
  nameOrArn: string,
  payload: Buffer,
  clientContext?: string,
): Promise<InvocationOutcome> {
  assertSize(payload.length, maxPayloadBytes);
  const record = functions.get(nameOrArn);
  const outcome = await runtimes.invoke(record, payload, clientContext);
  if (outcome === undefined) throw throttled(record);
  if (outcome.errorType !== 'Runtime.InvalidRequestContent') return outcome;
  const { errorMessage } = JSON.parse(outcome.payload.toString()) as { errorMessage: string };
  throw new LambdaApiError('InvalidRequestContentException', errorMessage);
}

/** Answers an Invoke request: synchronous (`RequestResponse`), asynchronous (`Event`) or only checked (`DryRun`). */
export async function answerInvocation(
  parts: InvocationParts & { readonly asyncInvocations: AsyncInvocations },
  nameOrArn: string,
  request: Request,
): Promise<Response> {
  const type = request.headers.get('x-amz-invocation-type') ?? 'RequestResponse';
  assertSize(Number(request.headers.get('content-length') ?? 0), maxPayloadBytes);
  const payload = Buffer.from(await request.arrayBuffer());
  const record = parts.functions.get(nameOrArn);
  if (type === 'DryRun') return new Response(null, { status: 204 });
  const encodedContext = request.headers.get('x-amz-client-context');
  const clientContext = encodedContext === null ? undefined : Buffer.from(encodedContext, 'base64').toString();
  const run = () => invokeFunction(parts, nameOrArn, payload, clientContext);
  if (type === 'Event') {
    assertSize(payload.length, maxEventPayloadBytes);
    parts.asyncInvocations.accept(run);
    return new Response(null, { status: 202 });
  }
  const outcome = await run();
  return new Response(outcome.payload as Buffer<ArrayBuffer>, {
    status: 200,
    headers: {
      'Content-Type': 'application/json',
      'X-Amz-Executed-Version': record.configuration.Version,
      ...(outcome.errorType === undefined ? {} : { 'X-Amz-Function-Error': 'Unhandled' }),
      ...(request.headers.get('x-amz-log-type') === 'Tail'
        ? { 'X-Amz-Log-Result': outcome.logTail.toString('base64') }
        : {}),
    },
  });
}

function assertSize(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  const message = `Request must be smaller than ${maxBytes} bytes for the InvokeFunction operation`;
  throw new LambdaApiError('RequestTooLargeException', message);
}

function throttled(record: FunctionRecord): LambdaApiError {
  const isReserved = record.reservedConcurrency !== undefined;
  const Reason = `${isReserved ? 'ReservedFunction' : ''}ConcurrentInvocationLimitExceeded`;
  return new LambdaApiError('TooManyRequestsException', 'Rate Exceeded.', { Reason });
}
