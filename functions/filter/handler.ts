import middy from '@middy/core';
import { openRecordSelector } from '../../shared/connector/open-record-selector.ts';
import { createConverterPorts } from '../../shared/converter/converter-ports.ts';
import type { BatchResponse } from '../../shared/kafka/batch-response.ts';
import { logFailedInvocation } from '../../shared/observability/invocation-log.ts';
import { createLog, writeLine } from '../../shared/observability/log.ts';
import { parseLogLevel } from '../../shared/observability/log-level.ts';
import { createMetricWindow, metricWindowMs } from '../../shared/observability/metric-window.ts';
import { createMetrics } from '../../shared/observability/metrics.ts';
import { createLoginReader } from '../../shared/postgres/login-reader.ts';
import { type FilterContext, filterBatch } from './filter-batch.ts';
import { createForwarder, createLambdaClient } from './forwarder.ts';
import { readFilterEnvironment } from './read-filter-environment.ts';

/** Time kept back from Lambda's timeout to answer which partitions were not taken. */
const answerMarginMs = 500;

/** A batch cut into pieces is a rarity of a few pieces; more at once would only crowd the database. */
const maxInvocations = 4;

/** The members of Lambda's context that the function reads. */
export interface FilterLambdaContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

export type FilterHandler = (event: unknown, context: FilterLambdaContext) => Promise<BatchResponse>;

/** The filter function for this environment. Throws `CONFIG_INVALID` when the environment is incomplete. */
export function createFilterHandler(environment: NodeJS.ProcessEnv): FilterHandler {
  const { plan, generation, stage, sinkFunction, reportsBatchItemFailures } = readFilterEnvironment(environment);
  const output = { sink: writeLine, now: Date.now };
  const level = parseLogLevel(environment.AWS_LAMBDA_LOG_LEVEL);
  const log = createLog({ ...output, level, fields: { connector: plan.name } });
  const metrics = createMetrics({ ...output, stage, connector: plan.name });
  const secrets = createLoginReader(environment, Date.now);
  const ports = createConverterPorts(environment, secrets, Date.now);
  const settings: Omit<FilterContext, 'selector'> = {
    origin: { connector: plan.name, generation },
    forwarder: createForwarder(createLambdaClient(), sinkFunction),
    maxInvocations,
    reportsBatchItemFailures,
    metrics: createMetricWindow(metrics, { windowMs: metricWindowMs, now: Date.now }),
    now: Date.now,
  };
  let context: FilterContext | undefined;
  // Near the timeout Middy raises the signal; the answer is still the handler's own, so its promise must not win.
  return middy({ timeoutEarlyInMillis: answerMarginMs, timeoutEarlyResponse: () => new Promise(() => {}) })
    .use(logFailedInvocation(log))
    .handler(async (event: unknown, { awsRequestId }: FilterLambdaContext, { signal }: { signal: AbortSignal }) => {
      context ??= { ...settings, selector: await openRecordSelector(plan, ports) };
      return filterBatch(event, context, { log: log.with({ requestId: awsRequestId }), signal });
    }) as FilterHandler;
}

let created: FilterHandler | undefined;

/** Lambda's entry. The environment is read at the first event, so that a wrong one is an error with a sentence. */
export const handler: FilterHandler = (event, context) => {
  created ??= createFilterHandler(process.env);
  return created(event, context);
};
