import { parseSecretReference, type SecretReference } from '../shared/aws/secret-reference.ts';
import type { ConnectorPlan } from '../shared/connector/connector-plan.ts';

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
