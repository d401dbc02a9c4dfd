import { parseSecretReference } from '../aws/secret-reference.ts';
import type { Findings } from '../config/findings.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import { isHostAllowed } from '../config/allowed-hosts.ts';
import { type ConnectionUrl, parseConnectionUrl } from './connection-url.ts';
import { targetProperty } from './properties.ts';
import type { ConnectionSettings } from './target-settings.ts';

/** What a deployment says of every connection: which hosts are allowed, and whose certificates are trusted. */
export type ConnectionContext = Pick<ConnectionSettings, 'allowedHosts' | 'caFile'>;

/** Where to connect; undefined when that cannot be known, which `findings` then explain without the URL or password. */
export function toConnectionSettings(
  values: PropertyValues,
  { allowedHosts, caFile }: ConnectionContext,
  findings: Findings,
): ConnectionSettings | undefined {
  const secret = values.get(targetProperty.secret);
  const iamAuth = values.get(targetProperty.iamAuth);
  const url = toUrl(values, secret !== undefined, findings);
  if (url === undefined && (secret === undefined || values.get(targetProperty.connectionUrl) !== undefined)) {
    return undefined;
  }
  const { user: urlUser, password: urlPassword, ignoredParameters, ...address } = url ?? { sslMode: 'verify-full' };
  const urlName = values.writtenAs(targetProperty.connectionUrl) ?? targetProperty.connectionUrl.name;
  const userName = values.writtenAs(targetProperty.user) ?? targetProperty.user.name;
  for (const parameter of ignoredParameters ?? []) {
    findings.warn(urlName, `The parameter ${parameter} of ${urlName} has no effect.`);
  }
  if (url !== undefined && !isHostAllowed(url.host, allowedHosts)) {
    findings.error(urlName, `${urlName} names the host ${url.host}, which is not one of allowedHosts.`);
  }
  const user = values.get(targetProperty.user) || undefined;
  const password = values.get(targetProperty.password) || undefined;
  if (user && urlUser && user !== urlUser) {
    findings.error(userName, `${urlName} and ${userName} name different users; keep one of them.`);
  }
  if (password && urlPassword && password !== urlPassword) {
    findings.error(
      'connection.password',
      `${urlName} and connection.password differ in the password; keep one of them.`,
    );
  }
  for (const [name, text] of [
    [userName, user],
    ['connection.password', password],
  ] as const) {
    const parsed = text === undefined ? undefined : parseSecretReference(text);
    if (parsed && 'problem' in parsed)
      findings.error(name, `Invalid value for configuration ${name}: ${parsed.problem}`);
  }
  if ((user ?? urlUser) === undefined && (secret === undefined || iamAuth)) {
    findings.error(userName, `Missing required configuration "${userName}" which has no default value.`);
  }
  if (iamAuth) checkIam(password ?? urlPassword, address.sslMode, findings);
  const login = { user: user ?? urlUser, password: password ?? urlPassword };
  return {
    ...address,
    ...(login.user !== undefined && { user: login.user }),
    ...(login.password !== undefined && { password: login.password }),
    ...(secret !== undefined && { secret }),
    ...(iamAuth && { iamAuth }),
    ...(caFile !== undefined && { caFile }),
    ...(allowedHosts !== undefined && { allowedHosts }),
    ...(values.get(targetProperty.statementNames) === 'never' && { namesStatements: false }),
  };
}

function toUrl(values: PropertyValues, hasSecret: boolean, findings: Findings): ConnectionUrl | undefined {
  const text = values.get(targetProperty.connectionUrl);
  const name = values.writtenAs(targetProperty.connectionUrl) ?? targetProperty.connectionUrl.name;
  if (text === undefined) {
    const alreadyFound = findings.errors.some(({ property }) => property === name);
    if (!hasSecret && !alreadyFound) {
      findings.error(name, `Missing required configuration "${name}" which has no default value.`);
    }
    return undefined;
  }
  const parsed = parseConnectionUrl(text);
  const problem = 'problem' in parsed ? parsed.problem : urlProblem(text, parsed.url, hasSecret);
  if (problem !== undefined) findings.error(name, `${name} cannot be used: ${problem}.`);
  return problem === undefined && 'url' in parsed ? parsed.url : undefined;
}

function urlProblem(text: string, url: ConnectionUrl, hasSecret: boolean): string | undefined {
  if (/\$\{[^}]*:/.test(text) || /\$\{[^}]*:/.test(`${url.user ?? ''} ${url.password ?? ''}`)) {
    return 'references are resolved in connection.user and connection.password only';
  }
  if (url.database !== undefined || hasSecret) return undefined;
  return 'it names no database; it must have the form jdbc:postgresql://host:port/database';
}

function checkIam(password: string | undefined, sslMode: ConnectionSettings['sslMode'], findings: Findings): void {
  const name = targetProperty.iamAuth.name;
  if (password !== undefined) {
    findings.error(name, `${name} makes a token for each login; leave the password out.`);
  }
  if (sslMode === 'disable') findings.error(name, `${name} needs TLS; take sslmode=disable out of the URL.`);
}
