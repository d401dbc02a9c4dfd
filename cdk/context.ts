import { Findings } from '../shared/config/findings.ts';
import { nearestName } from '../shared/config/nearest-name.ts';
import { parseConfig } from '../shared/config/parse-config.ts';
import { checkContext } from './check-context.ts';
import { contextParameters, contextParameter as parameter } from './context-parameters.ts';
import type { DeploymentSettings } from './settings.ts';
import { toSettings } from './to-settings.ts';

/** A CDK context as its own keys and the parameters of Sluice; values from `-c` are texts, those of `cdk.json` any JSON. */
export type Context = Readonly<Record<string, unknown>>;

/**
 * Reads the context parameters of a deployment; the connectors are read by themselves. Keys with `:`, `@` or `/` are the
 * CDK's own; every other key must be a parameter. Undefined when there is a problem; `findings` then name all of them.
 */
export function readContext(context: Context, findings: Findings): DeploymentSettings | undefined {
  const own = Object.entries(context).filter(([name, value]) => !/[:@/]/.test(name) && value !== undefined);
  const names = own.map(([name]) => name);
  checkNames(names, findings);
  const texts = Object.fromEntries(own.map(([name, value]) => [name, toText(name, value)]));
  const parsed = new Findings();
  const values = parseConfig(contextParameters, texts, 'sluice', parsed);
  // An unknown name is no mere warning here, and a problem of one already.
  findings.errors.push(...parsed.errors);
  const settings = toSettings(values);
  checkContext(values, settings, findings);
  return findings.errors.length === 0 ? settings : undefined;
}

function checkNames(names: readonly string[], findings: Findings): void {
  const known = contextParameters.map(({ name }) => name);
  for (const name of names.filter((name) => !known.includes(name))) {
    const nearest = nearestName(name.replaceAll(/[-_]/g, ''), known);
    const hint = nearest === undefined ? 'docs/configuration.md lists them all.' : `Did you mean ${nearest}?`;
    findings.error(name, `${name} is no context parameter. ${hint}`);
  }
}

/** A value as `-c` would give it; `connectors` may also be JSON, which stays what it is. */
function toText(name: string, value: unknown): string {
  if (Array.isArray(value) && value.every((element) => typeof element !== 'object')) return value.join(',');
  if (typeof value !== 'object' || value === null) return String(value);
  if (name !== parameter.tags.name) return JSON.stringify(value);
  return Object.entries(value)
    .map(([key, tag]) => `${key}=${tag}`)
    .join(',');
}
