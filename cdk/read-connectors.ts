import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Findings } from '../shared/config/findings.ts';
import type { ConnectorJson } from '../shared/connector/connector-plan.ts';

const property = 'connectors';

/**
 * Reads the connectors that the parameter names, in its order, the files of a folder by name. What cannot be read, or is
 * no connector, or has the name of another one, is a finding.
 */
export function readConnectors(text: string | undefined, findings: Findings): readonly ConnectorJson[] {
  if (text === undefined) return [];
  const inline = /^\s*[[{]/.test(text);
  const documents = inline ? [{ from: 'connectors', text }] : readFiles(text.split(/\s*,\s*/), findings);
  const connectors = documents.flatMap(({ from, text }) => parseDocument(from, text, findings));
  const names = connectors.map(({ name }) => name);
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index))) {
    findings.error(property, `Two connectors are called ${name}; a name stands for one connector.`);
  }
  return connectors;
}

interface Document {
  readonly from: string;
  readonly text: string;
}

function readFiles(paths: readonly string[], findings: Findings): readonly Document[] {
  return paths.flatMap((path) => {
    if (!existsSync(path)) {
      findings.error(property, `There is no file or folder ${path}.`);
      return [];
    }
    if (!statSync(path).isDirectory()) return [{ from: path, text: readFileSync(path, 'utf8') }];
    const names = readdirSync(path).filter((name) => name.endsWith('.json'));
    if (names.length === 0) findings.error(property, `The folder ${path} has no .json file.`);
    return names.sort().map((name) => ({ from: join(path, name), text: readFileSync(join(path, name), 'utf8') }));
  });
}

/** One connector, or a list of them. */
function parseDocument(from: string, text: string, findings: Findings): readonly ConnectorJson[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's own message would quote the text, which may hold a password.
    findings.error(property, `${from} is no JSON.`);
    return [];
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).flatMap((value) => toConnector(from, value, findings));
}

function toConnector(from: string, value: unknown, findings: Findings): readonly ConnectorJson[] {
  const { name, config } = (value ?? {}) as { name?: unknown; config?: unknown };
  if (typeof name !== 'string' || name === '' || typeof config !== 'object' || config === null) {
    findings.error(property, `${from} holds no connector: {"name": "…", "config": {…}} is needed.`);
    return [];
  }
  const entries = Object.entries(config);
  const other = entries.find(([, text]) => !['string', 'number', 'boolean'].includes(typeof text));
  if (other !== undefined) {
    findings.error(property, `${from}: ${other[0]} must be a text, a number or a boolean.`);
    return [];
  }
  return [{ name, config: Object.fromEntries(entries.map(([key, text]) => [key, String(text)])) }];
}
