import { planWithFilterSql } from '../../shared/connector/check-filter-sql.ts';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import {
  decodeConnectorVariable,
  encodeConnectorVariable,
  type StoredConnector,
} from '../../shared/connector/connector-variable.ts';
import { readDatabaseDefaults, toConnectionProperties } from '../../shared/connector/database-defaults.ts';
import { inheritDefaults } from '../../shared/connector/inherit-defaults.ts';
import { hiddenSecret, maskConfig } from '../../shared/connector/mask-config.ts';
import { type PlanOptions, planConnector } from '../../shared/connector/plan-connector.ts';
import { readPlanOptions } from '../../shared/connector/read-connector-environment.ts';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { consumerGroupId, isDeployableName, maxConsumerGroupIdLength } from '../../shared/contract/resource-name.ts';
import { findSecretProblems } from './check-secrets.ts';
import type { RequestedConfig } from './request-body.ts';
import { RestError } from './rest-error.ts';

/** A connector that may be deployed. */
export interface CheckedConnector {
  readonly stored: StoredConnector;
  readonly plan: ConnectorPlan;
  /** Value of the connector variable. */
  readonly variable: string;
}

/** Part of a function's 4 KB of environment that a connector may take; the rest is for the other variables. */
const maxVariableBytes = 3_584;

/**
 * Checks what a request wants deployed.
 *
 * @throws RestError 400 with Kafka Connect's text, which lists every problem and shows no password
 */
export async function checkConnector(
  name: string,
  requested: RequestedConfig,
  defaults: DeploymentDefaults,
): Promise<CheckedConnector> {
  const config = toNamedConfig(name, requested);
  const nulls = Object.keys(requested).filter((key) => requested[key] === null);
  if ((config['connector.class'] ?? '').trim() === '') {
    throw new RestError(400, `Connector config ${toJavaMap(maskConfig(config))} contains no connector type`);
  }
  const stored = inheritDefaults({ name, config }, defaults.connectorDefaults);
  const { plan, findings } = await planWithFilterSql(...toDeployed(stored, defaults));
  const variable = encodeConnectorVariable(stored);
  const problems = [
    ...hiddenProblems(config),
    ...nulls.map(() => 'Null value can not be supplied as the configuration value.'),
    ...findings.errors.map(({ message }) => message),
    ...findSecretProblems(name, config, defaults).map(({ message }) => message),
    ...resourceProblems(defaults, name, plan, variable),
  ];
  if (plan === undefined || problems.length > 0) throw invalidConfig(problems);
  return { stored, plan, variable };
}

/** A connector that is deployed already, by its variable; undefined when its configuration is not valid any more. */
export function toCheckedConnector(variable: string, defaults: DeploymentDefaults): CheckedConnector | undefined {
  const stored = decodeConnectorVariable(variable);
  const { plan } = planConnector(...toDeployed(stored, defaults));
  return plan && { stored, plan, variable };
}

/** A connector with the database of the deployment, and its limits. */
function toDeployed(stored: StoredConnector, { variables = {} }: DeploymentDefaults): [StoredConnector, PlanOptions] {
  const inherited = inheritDefaults(stored, toConnectionProperties(readDatabaseDefaults(variables)));
  return [inherited, readPlanOptions(variables)];
}

function toNamedConfig(name: string, requested: RequestedConfig): Readonly<Record<string, string>> {
  const included = requested.name;
  if (included !== undefined && included !== null && included !== name) {
    throw new RestError(
      400,
      `Connector name configuration (${included}) doesn't match connector name in the URL (${name})`,
    );
  }
  const given = Object.entries(requested).filter((entry): entry is [string, string] => entry[1] !== null);
  return { ...Object.fromEntries(given), name };
}

/** A hidden secret that stands for none: the connector is new, or the property was not set before. */
function hiddenProblems(config: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(config)
    .filter(([, value]) => value.includes(hiddenSecret))
    .map(([name]) => `Invalid value ${hiddenSecret} for configuration ${name}: give the secret itself`);
}

function resourceProblems(
  { stage, variables = {}, roleArn, roleArns = [] }: DeploymentDefaults,
  name: string,
  plan: ConnectorPlan | undefined,
  variable: string,
): readonly string[] {
  const problems: string[] = [];
  if (name !== '' && !isDeployableName(name)) {
    problems.push(
      `Invalid value ${name} for configuration name: it stands in tags of functions, so it must consist of letters, ` +
        'digits, blanks and any of _ . : = + @ -, at most 128 of them',
    );
  }
  const role = plan?.deployment.roleArn;
  if (role !== undefined && role !== roleArn && !roleArns.includes(role)) {
    problems.push(
      `Invalid value ${role} for configuration aws.role.arn: String must be one of: ${[roleArn, ...roleArns].join(', ')}`,
    );
  }
  const long = plan?.topics.find((topic) => consumerGroupId(stage, name, topic).length > maxConsumerGroupIdLength);
  if (long !== undefined) {
    problems.push(
      `Invalid value ${long} for configuration topics: the consumer group of this topic, ` +
        `${consumerGroupId(stage, name, long)}, would have more than ${maxConsumerGroupIdLength} characters`,
    );
  }
  const room = maxVariableBytes - Buffer.byteLength(Object.entries(variables).flat().join(''));
  if (Buffer.byteLength(variable) > room) {
    problems.push(
      `The configuration is too long for a function's environment: ${Buffer.byteLength(variable)} bytes compressed, ` +
        `of ${room}. Make several connectors of it`,
    );
  }
  return problems;
}

function invalidConfig(problems: readonly string[]): RestError {
  return new RestError(
    400,
    `Connector configuration is invalid and contains the following ${problems.length} error(s):\n` +
      `${problems.join('\n')}\nYou can also find the above list of errors at the endpoint ` +
      '`/connector-plugins/{connectorType}/config/validate`',
  );
}

/** A map as Java prints it, because Kafka Connect's message does. */
function toJavaMap(config: Readonly<Record<string, string>>): string {
  const entries = Object.entries(config).map(([name, value]) => `${name}=${value}`);
  return `{${entries.join(', ')}}`;
}
