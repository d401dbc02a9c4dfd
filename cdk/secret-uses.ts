import { parseSecretReference, type SecretReference } from '../shared/aws/secret-reference.ts';
import type { ConnectorPlan } from '../shared/connector/connector-plan.ts';
import { hiddenSecret, maskValue } from '../shared/connector/mask-config.ts';

/** Names of the properties whose value is a secret in plain text, or has one in it. */
export function plainSecrets(config: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(config)
    .filter(([name, value]) => maskValue(name, value).includes(hiddenSecret))
    .map(([name]) => name);
}

/** The secrets and parameters that a connector's functions read. */
export function secretUses(
  { target }: ConnectorPlan,
  config: Readonly<Record<string, string>>,
): readonly SecretReference[] {
  const { secret } = target.connection;
  const references = Object.values(config).flatMap((value) => {
    const parsed = parseSecretReference(value);
    return parsed !== undefined && 'reference' in parsed ? [parsed.reference] : [];
  });
  return [...(secret === undefined ? [] : [{ provider: 'secretsmanager', id: secret } as const]), ...references];
}
