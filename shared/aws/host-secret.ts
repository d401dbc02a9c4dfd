import { readFile } from 'node:fs/promises';
import { environmentVariable } from '../contract/environment-variable.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { HostReference } from './secret-reference.ts';

/** Begins the names of environment variables that references may read on AWS. */
export const secretVariablePrefix = 'SLUICE_SECRET_';

/** True in the functions of a local stack, which are on the user's own machine. */
export function isLocalStack(variables: Readonly<Record<string, string | undefined>>): boolean {
  return variables[environmentVariable.local] === 'true';
}

/** Why a reference to the function's own host cannot be used; undefined when it can. */
export function hostReferenceProblem(reference: HostReference, isLocal: boolean): string | undefined {
  if (isLocal) return undefined;
  if (reference.provider === 'file')
    return 'files are read by the local stack only; put the secret into Secrets Manager';
  if (reference.name.startsWith(secretVariablePrefix)) return undefined;
  return `on AWS only environment variables whose names begin with ${secretVariablePrefix} are read`;
}

/**
 * Reads what a reference to the function's own host stands for: an environment variable, a file, or a property of a file
 * in Java's format.
 *
 * @throws SluiceError `SECRET_UNREADABLE`, whose message holds no value
 */
export async function readHostSecret(reference: HostReference, environment: NodeJS.ProcessEnv): Promise<string> {
  const problem = hostReferenceProblem(reference, isLocalStack(environment));
  if (problem !== undefined) throw unreadable(`A reference cannot be used: ${problem}.`);
  if (reference.provider === 'env') {
    const value = environment[reference.name];
    if (value !== undefined) return value;
    throw unreadable(`The environment variable ${reference.name} is not set.`);
  }
  const { path, key } = reference;
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(`The file ${path} cannot be read (${cause.code ?? 'unknown error'}).`);
  });
  if (key === undefined) return text.replace(/\r?\n$/, '');
  const value = readProperty(text, key);
  if (value !== undefined) return value;
  throw unreadable(`The file ${path} has no property ${key}.`);
}

/** One property of a file with lines like `key=value` or `key: value`; the last one counts. */
function readProperty(text: string, key: string): string | undefined {
  const lines = text.split(/\r?\n/).map((line) => /^\s*([^\s#!:=][^:=\s]*)\s*[:=]\s*(.*)$/.exec(line));
  return lines.findLast((line) => line?.[1] === key)?.[2];
}

function unreadable(message: string): SluiceError {
  return new SluiceError('SECRET_UNREADABLE', message);
}
