import type { Findings } from '../shared/config/findings.ts';
import type { ConnectorJson } from '../shared/connector/connector-plan.ts';
import { type PlanOptions, planConnector } from '../shared/connector/plan-connector.ts';
import { hostReferenceProblems, plainSecrets } from '../shared/connector/secret-problems.ts';
import { connectorId, type FunctionRole, isDeployableName } from '../shared/contract/resource-name.ts';
import { parseAllowedHosts } from '../shared/config/allowed-hosts.ts';
import { completeConnector } from './complete-connector.ts';
import type { ConnectorDeployment } from './connector-deployment.ts';
import { buildEnvironment, environmentBytes, maxEnvironmentBytes } from './function-environment.ts';
import { planMapping } from './plan-mapping.ts';
import { registriesOf } from './registry-uses.ts';
import { filterSecretUses, secretUses } from './secret-uses.ts';
import type { DeploymentSettings } from './settings.ts';

/**
 * Checks the connectors by the table that the functions run by, and works out what each needs. Problems are findings,
 * named by connector.
 */
export function planDeployment(
  connectors: readonly ConnectorJson[],
  settings: DeploymentSettings,
  findings: Findings,
): readonly ConnectorDeployment[] {
  const deployments = connectors.flatMap((json) => planOne(json, settings, findings));
  checkTogether(deployments, settings, findings);
  return deployments;
}

function planOne(
  json: ConnectorJson,
  settings: DeploymentSettings,
  findings: Findings,
): readonly ConnectorDeployment[] {
  const error = (message: string) => findings.error(json.name, `${json.name}: ${message}`);
  if (!isDeployableName(json.name)) {
    error('a name has letters, digits, blanks and any of _ . : = + @ -, at most 128 of them.');
  }
  const { checked, stored, usesDeploymentDatabase, replaced } = completeConnector(json, settings);
  if (replaced.length > 0) {
    findings.warn(json.name, `${json.name}: databaseSecretArn is its login; ${replaced.join(', ')} is not deployed.`);
  }
  for (const name of plainSecrets(stored.config)) {
    error(
      `${name} holds a secret in plain text, which would stand in the template. Put it into Secrets Manager and write ` +
        '$' +
        '{secretsmanager:<name or ARN>:<key>}, or give databaseSecretArn and remove the property.',
    );
  }
  for (const { message } of hostReferenceProblems(stored.config)) error(message);
  const { plan, findings: found } = planConnector(checked, toPlanOptions(settings));
  for (const { message } of found.errors) error(message);
  for (const { message } of found.warnings) findings.warn(json.name, `${json.name}: ${message}`);
  if (plan === undefined) return [];
  const { deployment: overrides } = plan;
  const { functions } = settings;
  const reserved = functions.reservedConcurrency === 'tasks' ? plan.tasksMax : functions.reservedConcurrency;
  if (overrides.timeoutSeconds !== undefined && overrides.timeoutSeconds < 5 && plan.topology === 'chained') {
    error('aws.timeout.seconds must leave the sink some time: at least 5 with topology=chained.');
  }
  if (plan.target.connection.iamAuth && settings.database.iamResourceId === undefined) {
    error('connection.iam.auth needs databaseResourceId or databaseProxyArn, which the role of the function names.');
  }
  const environmentOf = (role: FunctionRole) =>
    buildEnvironment(
      { stored, sourceId: plan.eventSource.sourceId, usesDatabase: usesDeploymentDatabase },
      role,
      settings,
    );
  const environment = { sink: environmentOf('sink'), filter: environmentOf('filter'), admin: environmentOf('admin') };
  const bytes = Math.max(...Object.values(environment).map(environmentBytes));
  if (bytes > maxEnvironmentBytes) {
    error(
      `its configuration takes ${bytes} bytes of a function's ${maxEnvironmentBytes}, compressed. Make several connectors of it.`,
    );
  }
  return [
    {
      name: json.name,
      id: connectorId(settings.stage, json.name),
      plan,
      environment,
      memorySizeMb: overrides.memorySizeMb ?? functions.memorySizeMb,
      timeoutSeconds: overrides.timeoutSeconds ?? functions.timeoutSeconds,
      ...(reserved !== 'off' && { reservedConcurrency: reserved }),
      mappings: plan.topics.map((topic) => planMapping(plan, topic, json.config, settings, error)),
      secrets: secretUses(plan, checked.config),
      filterSecrets: filterSecretUses(checked.config),
      registries: registriesOf(plan),
      iamUser: plan.target.connection.iamAuth ? plan.target.connection.user : undefined,
    },
  ];
}

/** What the functions' environment says of every connection. */
function toPlanOptions({ database }: DeploymentSettings): PlanOptions {
  const allowedHosts = parseAllowedHosts(database.allowedHosts.join(','));
  return { ...(allowedHosts && { allowedHosts }) };
}

function checkTogether(
  deployments: readonly ConnectorDeployment[],
  { kafka }: DeploymentSettings,
  findings: Findings,
): void {
  const mappings = deployments.flatMap(({ name, mappings }) => mappings.map((mapping) => ({ name, ...mapping })));
  for (const [group, sharing] of Map.groupBy(mappings, ({ consumerGroupId }) => consumerGroupId)) {
    if (sharing.length === 1) continue;
    const property = kafka.consumerGroupId === undefined && kafka.takeover ? 'takeover' : 'consumerGroupId';
    const readers = sharing.map(({ name, topic }) => `${topic} of ${name}`).join(', ');
    findings.error(
      property,
      `${readers} would share the consumer group ${group}; a group belongs to one mapping alone.`,
    );
  }
}
