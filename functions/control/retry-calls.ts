import { setTimeout as delay } from 'node:timers/promises';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { remainingMs } from './request-deadline.ts';

/** Longest wait for one answer of the Lambda API; admin functions are waited for by their own limits. */
const callTimeoutMs = 8_000;

const firstPauseMs = 100;
const longestPauseMs = 3_000;

const throttles = ['TooManyRequestsException', 'ThrottlingException', 'Throttling', 'RequestLimitExceeded'];

/** Failures after which nobody knows whether the call was carried out. */
const uncertain = ['TimeoutError', 'AbortError', 'ECONNRESET', 'EPIPE', 'ServiceException', 'InternalFailure'];

/** Calls that must not be sent again when they may have been carried out: the second would be refused or do it twice. */
const onceOnly = /^(Create|Invoke|Publish)/;

/**
 * Makes the client send calls again that are throttled, and those that get no answer in time or a passing failure, with
 * growing, random pauses and never beyond the time of the request. 15 control-plane calls a second are an account's
 * limit, which others use, too (AWS Lambda quotas).
 */
export function retryCalls(client: LambdaClient, random: () => number = Math.random): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
          try {
            return await (commandName === 'InvokeCommand' ? next(args) : inTime(next(args), commandName));
          } catch (error) {
            const waitMs = pauseMs * (0.5 + random());
            if (!mayRepeat(error, commandName) || remainingMs(longestPauseMs * 2) <= waitMs) throw error;
            await delay(waitMs);
          }
        }
      },
    { step: 'initialize', name: 'sluiceRetryCalls', override: true, priority: 'high' },
  );
}

async function inTime<Output>(answer: Promise<Output>, commandName: string): Promise<Output> {
  const timeoutMs = remainingMs(callTimeoutMs);
  const timer = new AbortController();
  const timeout = delay(timeoutMs, undefined, { signal: timer.signal, ref: false }).then(
    () => {
      throw Object.assign(new Error(`${commandName} got no answer within ${timeoutMs} ms`), { name: 'TimeoutError' });
    },
    () => undefined as never,
  );
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    timer.abort();
  }
}

function mayRepeat(error: unknown, commandName: string): boolean {
  const { name, code } = error as { readonly name?: string; readonly code?: string };
  if (throttles.includes(name ?? '')) return true;
  return !onceOnly.test(commandName) && (uncertain.includes(name ?? '') || uncertain.includes(code ?? ''));
}
