import { SluiceError } from '../../errors/sluice-error.ts';
import type { ConverterPorts } from '../converter-ports.ts';
import type { TlsOptions } from './exchange.ts';
import type { CloudScope, RegistryAuth, RegistryTls } from './registry-settings.ts';

/** Answers headers by which a registry knows the function. */
export interface RegistryLogin {
  /** @throws SluiceError `REGISTRY_REFUSED`, `REGISTRY_UNAVAILABLE` (OAuth), and what reading secrets throws */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** Forgets credentials that were refused; true when asking anew may give others at once. */
  forget(): boolean;
}

/** A token of an issuer, as {@link RegistryLogin} asks for it. */
export interface TokenReader {
  read(): Promise<string>;
  forget(): void;
}

/** The login that the settings describe. `openTokens` is called for OAuth alone. */
export function createRegistryLogin(
  auth: RegistryAuth,
  { resolveSecret, forgetSecrets }: Pick<ConverterPorts, 'resolveSecret' | 'forgetSecrets'>,
  openTokens: (auth: Extract<RegistryAuth, { kind: 'oauth' }>) => TokenReader,
): RegistryLogin {
  switch (auth.kind) {
    case 'none':
      return { headers: async () => ({}), forget: () => false };
    case 'basic':
      return {
        headers: async () => ({ authorization: `Basic ${encodeUserInfo(await resolveSecret(auth.userInfo))}` }),
        forget: () => {
          forgetSecrets();
          return false;
        },
      };
    case 'bearer':
      return {
        headers: async () => toBearer((await resolveSecret(auth.token)).trim(), auth),
        forget: () => {
          forgetSecrets();
          return false;
        },
      };
    case 'oauth': {
      const tokens = openTokens(auth);
      return {
        headers: async () => toBearer(await tokens.read(), auth),
        forget: () => {
          tokens.forget();
          forgetSecrets();
          return true;
        },
      };
    }
  }
}

/** The TLS options that the settings describe, references resolved. */
export async function readTlsOptions(
  { ca, certificate, key, keyPassword, verifyHost }: RegistryTls,
  resolveSecret: ConverterPorts['resolveSecret'],
): Promise<TlsOptions> {
  return {
    ...(ca && { ca: await resolveSecret(ca) }),
    ...(certificate && { cert: await resolveSecret(certificate) }),
    ...(key && { key: await resolveSecret(key) }),
    ...(keyPassword && { passphrase: await resolveSecret(keyPassword) }),
    ...(!verifyHost && { checkServerIdentity: () => undefined }),
  };
}

function toBearer(token: string, { logicalCluster, identityPoolId }: CloudScope): Readonly<Record<string, string>> {
  // What is no token character would end the header, or be quoted in an error.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new SluiceError('REGISTRY_REFUSED', 'The bearer token of the schema registry is no token.');
  }
  return {
    authorization: `Bearer ${token}`,
    ...(logicalCluster && { 'target-sr-cluster': logicalCluster }),
    ...(identityPoolId && { 'confluent-identity-pool-id': identityPoolId }),
  };
}

/** `user:password`, or a JSON object with these, as Secrets Manager keeps logins. */
function encodeUserInfo(text: string): string {
  let userInfo = text.trim();
  if (userInfo.startsWith('{')) {
    try {
      const { username, password } = JSON.parse(userInfo) as { username?: unknown; password?: unknown };
      if (typeof username === 'string' && typeof password === 'string') userInfo = `${username}:${password}`;
    } catch {
      // A user name may begin with a brace.
    }
  }
  return Buffer.from(userInfo).toString('base64');
}
