import type { Log } from '../../shared/observability/log.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import type { Batch } from './batch.ts';
import { type BatchAnswer, parseBatchAnswer } from './batch-answer.ts';
import type { PollerSettings } from './poller-settings.ts';
import { untilAborted } from './until-aborted.ts';

/** What {@link invokeBatch} needs. */
export interface InvokeBatchOptions {
  readonly lambda: Pick<LambdaService, 'invoke'>;
  readonly settings: PollerSettings;
  readonly log: Log;
  /** Ends the wait for the function. */
  readonly signal: AbortSignal;
}

/** Invokes the mapping's function with the batch's event and reads the answer. Never rejects. */
export async function invokeBatch(batch: Batch, payload: Buffer, options: InvokeBatchOptions): Promise<BatchAnswer> {
  const { lambda, settings, log, signal } = options;
  try {
    const result = await untilAborted(lambda.invoke(settings.functionArn, payload, signal), signal);
    return parseBatchAnswer(result, {
      topic: settings.source.topic,
      slices: batch.slices,
      reportsItemFailures: settings.reportsItemFailures,
    });
  } catch (error) {
    log.error('The function could not be called.', error, { function: settings.functionArn });
    return { kind: 'not-run', problem: 'PROBLEM: Function call failed: Lambda could not be reached' };
  }
}
