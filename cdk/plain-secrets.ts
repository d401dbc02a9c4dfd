import { parseSecretReference, type SecretReference } from '../shared/aws/secret-reference.ts';
import { hiddenSecret, maskValue } from '../shared/connector/mask-config.ts';

/** What a configuration holds of secrets. */
export interface ConfigSecrets {
  /** Names of properties whose value is a secret in plain text, or has one in it. */
  readonly plain: readonly string[];
  /** What the references of the others point to. */
  readonly references: readonly SecretReference[];
}

/** Finds the secrets of a connector's configuration. */
export function findSecrets(config: Readonly<Record<string, string>>): ConfigSecrets {
  const parsed = Object.entries(config).map(([name, value]) => ({ name, value, found: parseSecretReference(value) }));
  return {
    plain: parsed
      .filter(({ name, value, found }) => found === undefined && maskValue(name, value).includes(hiddenSecret))
      .map(({ name }) => name),
    references: parsed.flatMap(({ found }) => (found !== undefined && 'reference' in found ? [found.reference] : [])),
  };
}
