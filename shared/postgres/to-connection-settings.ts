import type { Findings } from '../config/findings.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import { parseConnectionUrl } from './connection-url.ts';
import { targetProperty } from './properties.ts';
import type { ConnectionSettings } from './target-settings.ts';

/** Where to connect; undefined when that cannot be known, which `findings` then explain without the URL or password. */
export function toConnectionSettings(values: PropertyValues, findings: Findings): ConnectionSettings | undefined {
  const text = values.get(targetProperty.connectionUrl);
  if (text === undefined) return undefined;
  const urlName = values.writtenAs(targetProperty.connectionUrl)!;
  const parsed = parseConnectionUrl(text);
  if ('problem' in parsed) {
    findings.error(urlName, `${urlName} cannot be used: ${parsed.problem}.`);
    return undefined;
  }
  const { ignoredParameters, user: urlUser, password: urlPassword, ...address } = parsed.url;
  for (const parameter of ignoredParameters) {
    findings.warn(urlName, `The parameter ${parameter} of ${urlName} has no effect.`);
  }
  const userName = values.writtenAs(targetProperty.user) ?? targetProperty.user.name;
  const givenUser = values.get(targetProperty.user) || undefined;
  const givenPassword = values.get(targetProperty.password) || undefined;
  if (givenUser && urlUser && givenUser !== urlUser) {
    findings.error(userName, `${urlName} and ${userName} name different users; keep one of them.`);
  }
  if (givenPassword && urlPassword && givenPassword !== urlPassword) {
    findings.error(
      'connection.password',
      `${urlName} and connection.password differ in the password; keep one of them.`,
    );
  }
  const user = givenUser ?? urlUser;
  if (user === undefined)
    findings.error(userName, `Missing required configuration "${userName}" which has no default value.`);
  const password = givenPassword ?? urlPassword;
  return { ...address, user: user ?? '', ...(password !== undefined && { password }) };
}
