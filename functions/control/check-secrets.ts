import { isLocalStack } from '../../shared/aws/host-secret.ts';
import type { Finding } from '../../shared/config/findings.ts';
import { hiddenSecret } from '../../shared/connector/mask-config.ts';
import {
  hostReferenceProblems,
  namedSecrets,
  plainSecrets,
  secretName,
} from '../../shared/connector/secret-problems.ts';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';
import { secretPrefix } from '../../shared/contract/resource-name.ts';

/**
 * What of a configuration's secrets is refused on AWS: one in plain text, which whoever may see the function would see; a
 * reference to the function's host; and a secret that is neither the connector's own by its name nor the deployment's.
 * A local stack takes all of them.
 */
export function findSecretProblems(
  name: string,
  config: Readonly<Record<string, string>>,
  { stage, variables = {}, connectorDefaults }: DeploymentDefaults,
): readonly Finding[] {
  if (isLocalStack(variables)) return [];
  const prefix = secretPrefix(stage, name);
  const isAsked = (property: string) => !config[property]!.includes(hiddenSecret);
  const wayOut = `\${secretsmanager:${prefix}<name>:<key>}`;
  const shared = [variables[environmentVariable.databaseSecretArn], ...Object.values(connectorDefaults)];
  const isOfDeployment = (id: string) => shared.some((value) => value?.includes(id) === true);
  return [
    ...plainSecrets(config)
      .filter(isAsked)
      .map((property) => ({
        property,
        message:
          `Invalid value for configuration ${property}: it holds a secret in plain text, which would stand in the ` +
          `environment of a function. Put it into Secrets Manager and write ${wayOut}`,
      })),
    ...hostReferenceProblems(config),
    ...namedSecrets(config)
      .filter(({ secret }) => !secretName(secret).startsWith(prefix) && !isOfDeployment(secret.id))
      .map(({ property }) => ({
        property,
        message:
          `Invalid value for configuration ${property}: the secrets of this connector have names that begin with ` +
          `${prefix}, or are those of the deployment`,
      })),
  ];
}
