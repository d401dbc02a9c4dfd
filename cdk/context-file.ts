import { readFileSync } from 'node:fs';
import type { Findings } from '../shared/config/findings.ts';
import type { Context } from './context.ts';
import { contextParameter, contextParameters } from './context-parameters.ts';

/**
 * The context with the parameters of the file that it names. `cdk.json` holds the defaults of all parameters, so that a
 * parameter counts as given only where it differs from its default.
 */
export function withContextFile(context: Context, findings: Findings): Context {
  const { name } = contextParameter.contextFile;
  const path = context[name];
  if (typeof path !== 'string') return context;
  const file = readContextFile(path);
  if (file === undefined) {
    findings.error(name, `${path} is no readable file with a JSON object.`);
    return context;
  }
  const defaults = new Map(contextParameters.map((parameter) => [parameter.name, parameter.defaultText]));
  const given = Object.entries(context).filter(([key, value]) => !(key in file) || String(value) !== defaults.get(key));
  return { ...file, ...Object.fromEntries(given) };
}

function readContextFile(path: string): Context | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Context) : undefined;
  } catch {
    return undefined;
  }
}
