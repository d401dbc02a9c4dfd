import { toConnectorGeneration } from '../../shared/connector/connector-generation.ts';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import { decodeConnectorVariable } from '../../shared/connector/connector-variable.ts';
import { readConnectorPlan } from '../../shared/connector/read-connector-environment.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** What the filter function runs by. */
export interface FilterEnvironment {
  readonly plan: ConnectorPlan;
  /** Of the configuration; the sink has to run by the same. */
  readonly generation: number;
  readonly stage: string;
  /** Name or ARN of the sink function. */
  readonly sinkFunction: string;
  readonly reportsBatchItemFailures: boolean;
}

/**
 * Reads the filter function's environment variables.
 *
 * @throws SluiceError `CONFIG_INVALID`, naming every variable that is missing or the problems of the connector
 */
export function readFilterEnvironment(environment: NodeJS.ProcessEnv): FilterEnvironment {
  const required = [environmentVariable.connector, environmentVariable.stage, environmentVariable.sinkFunction];
  const missing = required.filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new SluiceError('CONFIG_INVALID', `The filter function lacks environment variables: ${missing.join(', ')}.`);
  }
  return {
    plan: readConnectorPlan(environment),
    generation: toConnectorGeneration(decodeConnectorVariable(environment[environmentVariable.connector])),
    stage: environment[environmentVariable.stage]!,
    sinkFunction: environment[environmentVariable.sinkFunction]!,
    reportsBatchItemFailures: environment[environmentVariable.reportsBatchItemFailures] === 'true',
  };
}
