import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import type { AdminAnswers, AdminCall, AdminReply } from '../../shared/connector/admin-call.ts';
import { functionName, stageFunctionName } from '../../shared/contract/resource-name.ts';
import { RestError } from './rest-error.ts';

/** Longest wait for an answer of the admin function, the start of its environment and of its connection included. */
const answerTimeoutMs = 5_000;

/** Longest wait for a dry run, which looks at the table of each topic; an API gateway gives up after 29 s. */
const checkTimeoutMs = 20_000;

/** An admin function answered that it could not do what it was asked; the message begins with the error's code. */
export class AdminError extends RestError {}

/**
 * Asks the admin function of a connector.
 *
 * @throws RestError 503 when it cannot be reached or does not answer in time
 * @throws AdminError with its own message: 503 when it cannot reach the target database, 400 for a call that is wrong,
 *   500 for any other error
 */
export async function askAdmin<Call extends AdminCall>(
  client: LambdaClient,
  { stage, name }: { readonly stage: string; readonly name: string },
  call: Call,
  timeoutMs = answerTimeoutMs,
): Promise<AdminAnswers[Call['call']]> {
  return invokeAdmin(client, functionName(stage, name, 'admin'), call, timeoutMs);
}

/**
 * Has the stage's own admin function, which belongs to no connector, check a configuration against its target database.
 *
 * @throws RestError 503 when it cannot be reached or does not answer in time
 */
export async function askStageAdmin<Call extends AdminCall & { readonly call: 'validate' | 'preview' }>(
  client: LambdaClient,
  stage: string,
  call: Call,
): Promise<AdminAnswers[Call['call']]> {
  return invokeAdmin(client, stageFunctionName(stage, 'admin'), call, checkTimeoutMs);
}

async function invokeAdmin<Call extends AdminCall>(
  client: LambdaClient,
  FunctionName: string,
  call: Call,
  timeoutMs: number,
): Promise<AdminAnswers[Call['call']]> {
  const unreachable = (why: string, cause?: unknown) =>
    new RestError(503, `The admin function ${FunctionName} ${why}.`, { retryAfterSeconds: 5, cause });
  let output: InvokeCommandOutput;
  try {
    const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(call)) });
    output = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    throw unreachable(`did not answer (${(error as Error).name})`, error);
  }
  if (output.FunctionError !== undefined) throw unreachable(`failed (${output.FunctionError})`);
  const reply = parseReply(output.Payload);
  if (reply === undefined) throw unreachable('gave no reply');
  if (reply.ok) return reply.answer as AdminAnswers[Call['call']];
  const { code, class: errorClass, message } = reply.error;
  const passes = errorClass === 'transient';
  throw new AdminError(
    passes ? 503 : errorClass === 'config' ? 400 : 500,
    `${code}: ${message}`,
    passes ? { retryAfterSeconds: 5 } : {},
  );
}

function parseReply(payload: Uint8Array | undefined): AdminReply | undefined {
  try {
    const reply = JSON.parse(Buffer.from(payload ?? []).toString()) as AdminReply | null;
    return typeof reply?.ok === 'boolean' ? reply : undefined;
  } catch {
    return undefined;
  }
}
