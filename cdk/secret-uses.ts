import { parseSecretReference, type SecretReference } from '../shared/aws/secret-reference.ts';
import type { ConnectorPlan } from '../shared/connector/connector-plan.ts';

/** The secrets and parameters that a connector's functions read. */
export function secretUses(
  { target }: ConnectorPlan,
  config: Readonly<Record<string, string>>,
): readonly SecretReference[] {
  const { secret } = target.connection;
  const references = referencesOf(Object.values(config));
  return [...(secret === undefined ? [] : [{ provider: 'secretsmanager', id: secret } as const]), ...references];
}

/** Of them, those that the filter function reads: it decodes and transforms records, and knows no database. */
export function filterSecretUses(config: Readonly<Record<string, string>>): readonly SecretReference[] {
  const own = Object.entries(config).filter(([name]) => /^(?:(?:key|value|header)\.converter|transforms)\./.test(name));
  return referencesOf(own.map(([, value]) => value));
}

function referencesOf(values: readonly string[]): readonly SecretReference[] {
  return values.flatMap((value) => {
    const parsed = parseSecretReference(value);
    return parsed !== undefined && 'reference' in parsed ? [parsed.reference] : [];
  });
}
