import type { ConnectionSettings } from './target-settings.ts';

/** What a connection URL says; database, user and password only when it has them. */
export type ConnectionUrl = Pick<ConnectionSettings, 'database' | 'user' | 'password' | 'sslMode'> & {
  readonly host: string;
  readonly port: number;
  /** Parameters that have no effect here, `reWriteBatchedInserts` for instance. */
  readonly ignoredParameters: readonly string[];
};

/** A URL, or the sentence that says what is wrong with it; it never repeats the URL, which may hold a password. */
export type ParsedConnectionUrl = { readonly url: ConnectionUrl } | { readonly problem: string };

const form = 'jdbc:postgresql://host:port/database or postgresql://host:port/database';

/** Parameters that change what is written or how the server is trusted, so that ignoring them would be wrong. */
const refusedParameters = ['currentSchema', 'options', 'sslrootcert', 'sslcert', 'sslkey', 'socketFactory'];

/**
 * Parses `jdbc:postgresql://host:port/database?user=…&password=…&sslmode=…` and the same without `jdbc:`. The port is
 * 5432 when the URL has none. Without `sslmode` (or with `prefer`, `allow`) the connection is encrypted unless the host
 * is this machine.
 *
 * Source: pgjdbc documentation, "Connecting to the Database"; libpq, "Connection URIs".
 */
export function parseConnectionUrl(text: string): ParsedConnectionUrl {
  const match = /^(?:jdbc:)?postgres(?:ql)?:\/\/([^/?]*)\/?([^?]*)(?:\?(.*))?$/s.exec(text);
  if (!match) return { problem: `it must have the form ${form}` };
  const [, authority = '', path = '', query = ''] = match;
  const address = parseAuthority(authority);
  if ('problem' in address) return address;
  const parameters = new URLSearchParams(query);
  const refusedName = refusedParameters.find((name) => parameters.has(name));
  if (refusedName !== undefined) return { problem: `its parameter ${refusedName} is not supported yet` };
  const sslMode = toSslMode(parameters, address.host);
  if (sslMode === undefined) {
    return { problem: 'its sslmode must be disable, prefer, require or verify-full' };
  }
  const database = decode(path);
  if (database === undefined) return { problem: `its database is written wrongly; it must have the form ${form}` };
  const user = parameters.get('user') ?? address.user;
  const password = parameters.get('password') ?? address.password;
  return {
    url: {
      host: address.host,
      port: address.port,
      ...(database && { database }),
      sslMode,
      ...(user && { user }),
      ...(password && { password }),
      ignoredParameters: [...new Set(parameters.keys())].filter((name) => !honouredParameters.includes(name)),
    },
  };
}

const honouredParameters = ['user', 'password', 'sslmode', 'ssl'];

interface Authority {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
}

function parseAuthority(authority: string): Authority | { readonly problem: string } {
  const at = authority.lastIndexOf('@');
  const address = authority.slice(at + 1);
  if (address.includes(',')) return { problem: 'it names several hosts, which is not supported yet' };
  const match = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]*)(?::(.*))?$/s.exec(address);
  if (!match || match[1] === '') return { problem: `it names no host; it must have the form ${form}` };
  const port = match[2] === undefined || match[2] === '' ? '5432' : match[2];
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    return { problem: 'its port is not a number from 1 to 65535' };
  }
  const [user, password] = at < 0 ? [] : splitOnce(authority.slice(0, at)).map(decode);
  return {
    host: match[1]!.replace(/^\[|\]$/g, ''),
    port: Number(port),
    ...(user && { user }),
    ...(password && { password }),
  };
}

function toSslMode(parameters: URLSearchParams, host: string): ConnectionSettings['sslMode'] | undefined {
  // pgjdbc reads `ssl=true` and a bare `ssl` as verify-full.
  const ssl = parameters.get('ssl');
  const mode = parameters.get('sslmode') ?? (ssl === '' || ssl === 'true' ? 'verify-full' : 'prefer');
  if (mode === 'disable' || mode === 'require' || mode === 'verify-full') return mode;
  if (mode !== 'prefer' && mode !== 'allow') return undefined;
  return host === 'localhost' || host === '::1' || host.startsWith('127.') ? 'disable' : 'require';
}

function splitOnce(userInfo: string): readonly string[] {
  const colon = userInfo.indexOf(':');
  return colon < 0 ? [userInfo] : [userInfo.slice(0, colon), userInfo.slice(colon + 1)];
}

/** Undefined for a malformed percent escape. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
