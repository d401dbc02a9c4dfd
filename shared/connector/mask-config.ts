import { isSecretReference } from '../aws/secret-reference.ts';
import { findProperty } from '../config/parse-config.ts';
import { isTransformSecret } from '../transform/properties.ts';
import { propertyTable } from './property-table.ts';

/** What a secret reads as wherever it would be shown. */
export const hiddenSecret = '[hidden]';

/** Names that hold a secret in other products, so that a property which is moot or unknown here is masked too. */
const secretName = /password|secret|credential|token|passphrase|private[._-]?key|user\.info|jaas|api[._-]?key/i;

/** A name that sounds so, and says where the credentials are: `USER_INFO`, `URL`, `SASL_INHERIT`. */
const sourceOfSecret = /\.auth\.credentials\.source$/i;

/**
 * A value as it may be shown: a secret as `[hidden]`, a URL with its password replaced, anything else unchanged, also a
 * reference to a secret.
 */
export function maskValue(name: string, value: string): string {
  if (value === '' || isSecretReference(value)) return value;
  const property = findProperty(propertyTable, name);
  const isNamedSecret = property?.handling.kind !== 'honoured' && secretName.test(name) && !sourceOfSecret.test(name);
  if (property?.type === 'PASSWORD' || isNamedSecret || isTransformSecret(name)) return hiddenSecret;
  return value
    .replace(/([?&](?:password|sslpassword)=)[^&#\s]*/gi, `$1${hiddenSecret}`)
    .replace(/(\/\/[^/?#@\s:]*:)[^/?#\s]*(?=@)/g, `$1${hiddenSecret}`);
}

/** A configuration as it may be shown. */
export function maskConfig(config: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, maskValue(name, value)]));
}

/**
 * The configuration that a user means who read a masked one, changed it and sent it back: a value that equals the masked
 * form of the stored value is the stored value.
 */
export function unmaskConfig(
  config: Readonly<Record<string, string>>,
  stored: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      const before = stored[name];
      const unchanged = before !== undefined && value.includes(hiddenSecret) && maskValue(name, before) === value;
      return [name, unchanged ? before : value];
    }),
  );
}
