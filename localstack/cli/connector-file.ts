import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** A connector as a file holds it. */
export interface ConnectorFile {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/**
 * Reads Kafka Connect's JSON of a connector; also takes a bare configuration that holds its own name, as a properties file
 * does.
 *
 * @throws SluiceError `CONFIG_INVALID`, whose message holds nothing of the file
 */
export async function readConnectorFile(file: string): Promise<ConnectorFile> {
  const text = await readFile(file, 'utf8');
  let json: { name?: unknown; config?: unknown };
  try {
    json = JSON.parse(text) as { name?: unknown; config?: unknown };
  } catch {
    // JSON.parse quotes the text in its message, which may hold a password.
    throw new SluiceError('CONFIG_INVALID', `${file} is not JSON.`);
  }
  const config = (json?.config ?? json) as Record<string, string>;
  const name = json?.name ?? config?.name;
  if (typeof name !== 'string' || typeof config !== 'object') {
    throw new SluiceError('CONFIG_INVALID', `${file} must hold {"name": …, "config": {…}}.`);
  }
  return { name, config };
}

/** Collects `property=value` of an option that may be repeated. */
export function addProperty(value: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = value.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must look like property=value.');
  return { ...before, [value.slice(0, at)]: value.slice(at + 1) };
}
