import { resolve } from 'node:path';
import { environmentVariable } from '../contract/environment-variable.ts';
import { parseAllowedHosts } from '../config/allowed-hosts.ts';
import type { ConnectorPlan } from './connector-plan.ts';
import { decodeConnectorVariable, type StoredConnector } from './connector-variable.ts';
import { readDatabaseDefaults, toConnectionProperties } from './database-defaults.ts';
import { inheritDefaults } from './inherit-defaults.ts';
import type { PlanOptions } from './plan-connector.ts';
import { toConnectorPlan } from './to-connector-plan.ts';

/**
 * The connector that a function serves, with the database of the deployment where it names none.
 *
 * @throws SluiceError `CONFIG_INVALID` with every problem of the connector
 */
export function readConnectorPlan(environment: NodeJS.ProcessEnv): ConnectorPlan {
  return toConnectorPlan(readStoredConnector(environment), readPlanOptions(environment));
}

/**
 * The connector in a function's environment, with the database of the deployment where it names none.
 *
 * @throws SluiceError `CONFIG_INVALID` when there is none
 */
export function readStoredConnector(environment: NodeJS.ProcessEnv): StoredConnector {
  const stored = decodeConnectorVariable(environment[environmentVariable.connector]);
  return inheritDefaults(stored, toConnectionProperties(readDatabaseDefaults(environment)));
}

/** Allowed hosts and the CA file, whose path becomes absolute by the function's folder. */
export function readPlanOptions(environment: NodeJS.ProcessEnv): PlanOptions {
  const allowedHosts = parseAllowedHosts(environment[environmentVariable.allowedHosts]);
  const caFile = environment[environmentVariable.databaseCaFile];
  return {
    ...(allowedHosts && { allowedHosts }),
    ...(caFile && { caFile: resolve(environment.LAMBDA_TASK_ROOT ?? '.', caFile) }),
  };
}
