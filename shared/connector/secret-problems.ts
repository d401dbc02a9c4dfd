import { hostReferenceProblem } from '../aws/host-secret.ts';
import { holdsReference, parseSecretReference, type SecretReference } from '../aws/secret-reference.ts';
import type { Finding } from '../config/findings.ts';
import { findProperty } from '../config/parse-config.ts';
import { targetProperty } from '../postgres/properties.ts';
import { isTransformSecret } from '../transform/properties.ts';
import { hiddenSecret, maskValue } from './mask-config.ts';
import { propertyTable } from './property-table.ts';

type Config = Readonly<Record<string, string>>;

/** Names of the properties whose value is a secret in plain text, or has one in it. */
export function plainSecrets(config: Config): readonly string[] {
  return Object.entries(config)
    .filter(([name, value]) => maskValue(name, value).includes(hiddenSecret))
    .map(([name]) => name);
}

/**
 * References where they would be shown or logged: they are resolved in properties for secrets and in the user's name, and
 * refused in every other property that means something.
 */
export function misplacedReferences(config: Config): readonly Finding[] {
  return Object.entries(config).flatMap(([name, value]) => {
    const property = findProperty(propertyTable, name);
    if (!holdsReference(value) || property === undefined || property.handling.kind !== 'honoured') return [];
    // The URL says so by itself.
    if (property.type === 'PASSWORD' || isTransformSecret(name) || placesWithReference.includes(property.name))
      return [];
    const message = `Invalid value for configuration ${name}: references to secrets are resolved in properties for secrets and in ${targetProperty.user.name} only`;
    return [{ property: name, message }];
  });
}

const placesWithReference: readonly string[] = [targetProperty.user.name, targetProperty.connectionUrl.name];

/** References to the function's host that are refused on AWS. */
export function hostReferenceProblems(config: Config): readonly Finding[] {
  return Object.entries(config).flatMap(([name, value]) => {
    const parsed = parseSecretReference(value);
    if (parsed === undefined || !('host' in parsed)) return [];
    const problem = hostReferenceProblem(parsed.host, false);
    return problem === undefined
      ? []
      : [{ property: name, message: `Invalid value for configuration ${name}: ${problem}` }];
  });
}

/** Every secret and parameter that a configuration names, by property. */
export function namedSecrets(
  config: Config,
): readonly { readonly property: string; readonly secret: SecretReference }[] {
  return Object.entries(config).flatMap(([property, value]) => {
    if (findProperty(propertyTable, property)?.name === targetProperty.secret.name && value.trim() !== '') {
      return [{ property, secret: { provider: 'secretsmanager' as const, id: value.trim() } }];
    }
    const parsed = parseSecretReference(value);
    return parsed !== undefined && 'reference' in parsed ? [{ property, secret: parsed.reference }] : [];
  });
}

/** Name of a secret or parameter, without the ARN around it and without a slash at its beginning. */
export function secretName({ provider, id }: SecretReference): string {
  const resource = id.startsWith('arn:') ? id.split(':').slice(5).join(':') : id;
  return resource.replace(provider === 'ssm' ? /^parameter(?=\/)/ : /^secret:/, '').replace(/^\//, '');
}
