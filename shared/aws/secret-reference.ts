/** Where a secret value lies. */
export type SecretReference =
  | {
      readonly provider: 'secretsmanager';
      /** ARN or name of the secret. */
      readonly id: string;
      /** Member of the secret's JSON object; absent: the whole text of the secret. */
      readonly key?: string;
    }
  | {
      readonly provider: 'ssm';
      /** ARN or name of the parameter, with `:version` or `:label` where one is meant. */
      readonly id: string;
    };

/** Where a secret value lies on the machine of the function itself. */
export type HostReference =
  | { readonly provider: 'env'; readonly name: string }
  | {
      readonly provider: 'file';
      /** Absolute. */
      readonly path: string;
      /** Property in the file; absent: all of its text. */
      readonly key?: string;
    };

/**
 * What {@link parseSecretReference} finds: a reference to a service or to the function's own host, or the sentence that
 * says what is wrong with it.
 */
export type ParsedSecretReference =
  | { readonly reference: SecretReference }
  | { readonly host: HostReference }
  | { readonly problem: string };

const secretArn = /^(arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[^:]+)(?::(.+))?$/;
const parameterName = /^(?:arn:[\w-]+:ssm:[\w-]+:\d{12}:parameter\/)?[\w./-]+(?::[\w.-]+)?$/;

/** Forms of references, for messages. */
const forms =
  `$` +
  `{secretsmanager:<name or ARN>[:<key>]}, $` +
  `{ssm:<name or ARN>}, $` +
  `{env:<name>} or $` +
  `{file:<path>[:<key>]}`;

/**
 * Reads a value of Kafka Connect's form for external secrets, `${provider:path:key}`: `${secretsmanager:<name or
 * ARN>[:<key>]}` and `${ssm:<name or ARN>}`. The colons of an ARN may be written as `%3A`, and the path of `ssm` may be
 * empty (`${ssm::<name>}`), as AWS's providers for Kafka Connect want it. Kafka's own `${env:<name>}` and
 * `${file:<path>[:<key>]}` mean the function's host. A value that is nothing but `${…:…}` is meant
 * as a reference; undefined for any other, which stands for itself.
 *
 * Source: Apache Kafka, `ConfigTransformer`; AWS, `msk-config-providers`.
 */
export function parseSecretReference(text: string): ParsedSecretReference | undefined {
  const match = /^\$\{([^:{}]*):([^{}]*)\}$/.exec(text.trim());
  if (match === null) {
    if (!holdsReference(text)) return undefined;
    return { problem: `a reference must be the whole value, in the form ${forms}` };
  }
  const [, provider = '', rest = ''] = match;
  const path = rest.replaceAll(/%3A/gi, ':');
  if (provider === 'secretsmanager') return parseSecret(path);
  if (provider === 'ssm') {
    const id = path.replace(/^:/, '');
    return parameterName.test(id) ? { reference: { provider, id } } : { problem: 'it names no parameter' };
  }
  if (provider === 'env') {
    const name = rest.replace(/^:/, '');
    return /^[A-Za-z_]\w*$/.test(name) ? { host: { provider, name } } : { problem: 'it names no environment variable' };
  }
  if (provider === 'file') {
    const [, path, key] = /^(\/[^:]+)(?::([^:]+))?$/.exec(rest) ?? [];
    if (path === undefined) return { problem: 'it names no file by its absolute path' };
    return { host: { provider, path, ...(key !== undefined && { key }) } };
  }
  return { problem: `there is no configuration provider "${provider}"; a reference has the form ${forms}` };
}

/** True for a value that is a well-formed reference, so that it may be shown and stored. */
export function isSecretReference(text: string): boolean {
  const parsed = parseSecretReference(text);
  return parsed !== undefined && !('problem' in parsed);
}

/** True for a text that holds what looks like a reference anywhere, so that somebody expects it to be replaced. */
export function holdsReference(text: string): boolean {
  return /\$\{(?:secretsmanager|ssm|env|file):/.test(text);
}

function parseSecret(path: string): ParsedSecretReference {
  const [, arn, arnKey] = secretArn.exec(path) ?? [];
  if (arn !== undefined) return toSecret(arn, arnKey);
  const [, name, key] = /^([A-Za-z0-9/_+=.@-]+)(?::(.+))?$/.exec(path) ?? [];
  return name === undefined ? { problem: 'it names no secret' } : toSecret(name, key);
}

function toSecret(id: string, key: string | undefined): ParsedSecretReference {
  return { reference: { provider: 'secretsmanager', id, ...(key !== undefined && { key }) } };
}
