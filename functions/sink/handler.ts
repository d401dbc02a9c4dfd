import middy from '@middy/core';
import { createConverterPorts } from '../../shared/converter/converter-ports.ts';
import { isSluiceError, SluiceError } from '../../shared/errors/sluice-error.ts';
import { decompressBatch } from '../../shared/forward/compressed-batch.ts';
import { type ForwardReply, isForwardedBatch } from '../../shared/forward/forwarded-batch.ts';
import { type BatchResponse, type PartitionFailure, toBatchResponse } from '../../shared/kafka/batch-response.ts';
import type { KafkaEvent } from '../../shared/kafka/event.ts';
import { logFailedInvocation } from '../../shared/observability/invocation-log.ts';
import { createLog, writeLine } from '../../shared/observability/log.ts';
import { parseLogLevel } from '../../shared/observability/log-level.ts';
import { createMetricWindow, metricWindowMs } from '../../shared/observability/metric-window.ts';
import { createMetrics } from '../../shared/observability/metrics.ts';
import { createLoginReader } from '../../shared/postgres/login-reader.ts';
import type { Evaluation, RangeOutcome } from '../../shared/postgres/prepared-range.ts';
import { TargetWriter } from '../../shared/postgres/target-writer.ts';
import { createEvaluation } from './evaluate-record.ts';
import { createOutcomeReport } from './outcome-report.ts';
import { readSinkEnvironment } from './read-sink-environment.ts';
import { sinkBatch } from './sink-batch.ts';
import { toForwardReply } from './to-forward-reply.ts';

/** The members of Lambda's context that the function reads. */
export interface SinkLambdaContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** The sink function: answers the mapping, or the filter function for a forwarded batch. */
export interface SinkHandler {
  (event: unknown, context: SinkLambdaContext): Promise<BatchResponse | ForwardReply>;
  /** Ends the database connection. */
  close(): Promise<void>;
}

/** What the sink function reaches outside itself besides the database. */
export interface SinkPorts {
  /** Takes one log or metric line. */
  readonly sink: (line: string) => void;
  readonly now: () => number;
}

/** The sink function for this environment. Throws `CONFIG_INVALID` when the environment is incomplete. */
export function createSinkHandler(
  environment: NodeJS.ProcessEnv,
  { sink, now }: SinkPorts = { sink: writeLine, now: Date.now },
): SinkHandler {
  const { plan, generation, stage, sourceId, reportsBatchItemFailures } = readSinkEnvironment(environment);
  const level = parseLogLevel(environment.AWS_LAMBDA_LOG_LEVEL);
  const log = createLog({ sink, now, level, fields: { connector: plan.name } });
  const metrics = createMetrics({ stage, connector: plan.name, sink, now });
  const report = createOutcomeReport(createMetricWindow(metrics, { windowMs: metricWindowMs, now }), now);
  const logins = createLoginReader(environment, now);
  // What remains after the last evaluation is the transaction.
  let evaluatedAt: number | undefined;
  const openEvaluation = async (): Promise<Evaluation> => {
    const created = await createEvaluation(plan, createConverterPorts(environment, logins, now));
    const evaluate: Evaluation['evaluate'] = (record, lossless) => {
      const evaluated = created.evaluate(record, lossless);
      evaluatedAt = now();
      return evaluated;
    };
    return { ...created, evaluate };
  };
  let evaluation: Evaluation | undefined;
  let current: { readonly source: string; readonly writer: TargetWriter } | undefined;
  const writerFor = (event: KafkaEvent): TargetWriter => {
    const source = plan.eventSource.sourceId ?? toSource(event, sourceId);
    if (current?.source !== source) {
      // Another cluster's records meet the ledger, which refuses them, not what this instance remembers of it.
      void current?.writer.close();
      const identity = { connector: plan.name, source };
      current = { source, writer: new TargetWriter(plan.target, identity, logins, now) };
    }
    return current.writer;
  };
  // The writer keeps its own deadline, so that no statement is in flight when the answer goes out.
  const run = middy({ timeoutEarlyInMillis: 0 })
    .use(logFailedInvocation(log))
    .handler(async (sent: unknown, context: SinkLambdaContext): Promise<BatchResponse | ForwardReply> => {
      const event = decompressBatch(sent);
      const startedAt = now();
      const remainingMs = () => context.getRemainingTimeInMillis();
      evaluatedAt = undefined;
      let outcomes: RangeOutcome[];
      try {
        evaluation ??= await openEvaluation();
        outcomes = await sinkBatch(event, { evaluation, generation, writerFor }, remainingMs);
        report(
          event as KafkaEvent,
          outcomes,
          { startedAt, evaluatedAt },
          log.with({ requestId: context.awsRequestId }),
        );
      } catch (error) {
        // Records of an event that is none of Kafka's cannot be counted.
        if (!isSluiceError(error) || error.code !== 'EVENT_UNKNOWN') report.failed(event as KafkaEvent, { startedAt });
        throw error;
      }
      if (isForwardedBatch(event as KafkaEvent)) return toForwardReply(outcomes);
      return toBatchResponse(event as KafkaEvent, outcomes.flatMap(toFailure), reportsBatchItemFailures);
    }) as (event: unknown, context: SinkLambdaContext) => Promise<BatchResponse | ForwardReply>;
  return Object.assign(run, { close: async () => current?.writer.close() });
}

function toSource(event: KafkaEvent, sourceId: string | undefined): string {
  const source = event.eventSourceArn ?? sourceId ?? event.bootstrapServers;
  if (source !== undefined) return source;
  throw new SluiceError('CONFIG_INVALID', 'The event names no cluster; set source.id in the connector.');
}

function toFailure({ topic, partition, failure }: RangeOutcome): PartitionFailure[] {
  if (failure === undefined) return [];
  const { failedAt, error } = failure;
  return [{ topic, partition, failedAt, code: error.code, message: error.message }];
}

let created: SinkHandler | undefined;

/** Lambda's entry. The environment is read at the first event, so that a wrong one is an error with a sentence. */
export const handler = (event: unknown, context: SinkLambdaContext): Promise<BatchResponse | ForwardReply> => {
  created ??= createSinkHandler(process.env);
  return created(event, context);
};
