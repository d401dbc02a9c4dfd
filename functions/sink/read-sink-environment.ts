import { toConnectorGeneration } from '../../shared/connector/connector-generation.ts';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import { decodeConnectorVariable } from '../../shared/connector/connector-variable.ts';
import { readConnectorPlan } from '../../shared/connector/read-connector-environment.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';

/** What the sink function runs by. */
export interface SinkEnvironment {
  readonly plan: ConnectorPlan;
  /** Of the configuration; a filter function has to run by the same. */
  readonly generation: number;
  readonly stage: string;
  /** Cluster of the records when neither `source.id` nor the event names one. */
  readonly sourceId: string | undefined;
  readonly reportsBatchItemFailures: boolean;
}

/**
 * Reads the sink function's environment variables.
 *
 * @throws SluiceError `CONFIG_INVALID` with every problem of the connector
 */
export function readSinkEnvironment(environment: NodeJS.ProcessEnv): SinkEnvironment {
  const plan = readConnectorPlan(environment);
  return {
    plan,
    generation: toConnectorGeneration(decodeConnectorVariable(environment[environmentVariable.connector])),
    stage: environment[environmentVariable.stage] ?? 'default',
    sourceId: environment[environmentVariable.sourceId],
    reportsBatchItemFailures: environment[environmentVariable.reportsBatchItemFailures] === 'true',
  };
}
