import { parseSecretReference } from '../../shared/aws/secret-reference.ts';
import { decodeConnectorVariable } from '../../shared/connector/connector-variable.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';

/**
 * Variables of the host that a function's connector refers to as `${env:NAME}`. Nothing else of the host's environment
 * reaches a function.
 */
export function referencedVariables(
  variables: Readonly<Record<string, string>>,
  host: NodeJS.ProcessEnv,
): Record<string, string> {
  const text = variables[environmentVariable.connector];
  if (text === undefined || variables[environmentVariable.local] !== 'true') return {};
  const found: Record<string, string> = {};
  for (const value of configuredValues(text)) {
    const parsed = parseSecretReference(value);
    if (parsed === undefined || !('host' in parsed) || parsed.host.provider !== 'env') continue;
    const given = host[parsed.host.name];
    if (given !== undefined && !(parsed.host.name in variables)) found[parsed.host.name] = given;
  }
  return found;
}

function configuredValues(text: string): readonly string[] {
  try {
    return Object.values(decodeConnectorVariable(text).config).filter((value) => typeof value === 'string');
  } catch {
    // Somebody's own function; what its variable holds is not our business.
    return [];
  }
}
