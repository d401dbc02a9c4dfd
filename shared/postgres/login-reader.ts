import type { SecretReader } from '../aws/secret-reader.ts';
import { parseSecretReference } from '../aws/secret-reference.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { ConnectionSettings } from './target-settings.ts';

/** Everything that opening a connection needs. */
export interface ConnectionLogin {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
}

/** Completes connection settings by what they refer to. */
export interface LoginReader {
  /**
   * @throws SluiceError `SECRET_UNREADABLE`, `SECRET_UNAVAILABLE`, or `CONFIG_INVALID` when something is still missing
   */
  read(settings: ConnectionSettings): Promise<ConnectionLogin>;
  /**
   * What a text refers to; a text that is no reference stands for itself.
   *
   * @throws SluiceError `SECRET_UNREADABLE`, `SECRET_UNAVAILABLE`, `CONFIG_INVALID`
   */
  resolve(text: string): Promise<string>;
  /** Forgets what was read, so that the next {@link LoginReader.read} sees credentials that were rotated. */
  forget(): void;
}

/**
 * Reads references, the secret of `connection.secret` and IAM tokens with the AWS credentials of the environment. What
 * needs none of them needs no AWS either: its code is loaded on first use. `now` answers milliseconds since the epoch.
 */
export function createLoginReader(environment: NodeJS.ProcessEnv, now: () => number): LoginReader {
  let secrets: SecretReader | undefined;
  const openSecrets = async (): Promise<SecretReader> => {
    const { createSecretReader } = await import('../aws/secret-reader.ts');
    const { readAwsEnvironment } = await import('../aws/aws-environment.ts');
    secrets ??= createSecretReader(readAwsEnvironment(environment));
    return secrets;
  };
  const resolve = async (text: string): Promise<string> => {
    const parsed = parseSecretReference(text);
    if (parsed === undefined) return text;
    if ('problem' in parsed) throw new SluiceError('CONFIG_INVALID', `A reference cannot be used: ${parsed.problem}.`);
    if ('host' in parsed) {
      const { readHostSecret } = await import('../aws/host-secret.ts');
      return readHostSecret(parsed.host, environment);
    }
    return (await openSecrets()).resolve(parsed.reference);
  };
  const signToken = async (host: string, port: number, user: string): Promise<string> => {
    const { signRdsToken } = await import('../aws/rds-token.ts');
    const { readAwsEnvironment } = await import('../aws/aws-environment.ts');
    return signRdsToken(readAwsEnvironment(environment), { host, port, user }, now());
  };
  return {
    async read(settings) {
      const { secret } = settings;
      const members = secret === undefined ? {} : await (await openSecrets()).readObject(secret);
      const host = settings.host ?? members.host;
      const database = settings.database ?? members.dbname;
      const user = settings.user === undefined ? members.username : await resolve(settings.user);
      const port = settings.port ?? toPort(members.port);
      const missing = Object.entries({ host, dbname: database, username: user, port }).filter(([, value]) => !value);
      if (!host || !database || !user || !port) {
        const names = missing.map(([name]) => name).join(', ');
        const text = `The secret ${secret} has no usable ${names}; add it, or say it in connection.url.`;
        throw new SluiceError('CONFIG_INVALID', text);
      }
      const password = settings.iamAuth
        ? await signToken(host, port, user)
        : settings.password === undefined
          ? members.password
          : await resolve(settings.password);
      return { host, port, database, user, ...(password !== undefined && { password }) };
    },
    resolve,
    forget: () => secrets?.forget(),
  };
}

/** Absent: PostgreSQL's own port. Undefined for what is no port. */
function toPort(text = '5432'): number | undefined {
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined;
}
