import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { cacheFolder } from '../jvm/cache-folder.ts';
import { findPython } from './python-tools.ts';

/** Name of the program for people. */
export const localstackTitle = 'LocalStack 4.13.1';

/** What {@link prepareLocalStack} needs. */
export interface PrepareLocalStackOptions {
  /** Takes lines about the download. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const lockFile = fileURLToPath(new URL('./localstack-4.13.1.lock.txt', import.meta.url));
const markFile = 'sluice.lock-sha256';

/**
 * Path of a Python that has LocalStack, in a virtual environment that is made once. Every package is
 * compared with its hash in the lock file.
 *
 * @throws SluiceError `TOOL_MISSING` without Python, `SERVICE_FAILED` when the installation fails, or the signal's reason
 */
export async function prepareLocalStack({ say, signal }: PrepareLocalStackOptions): Promise<string> {
  const python = findPython(localstackTitle);
  const folder = venvFolder(python.version);
  if (isComplete(folder)) return pythonIn(folder);
  const partial = `${folder}.partial.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    say(`Installing ${localstackTitle} through pip, about 320 MB, once, to ${folder}`);
    await run(python.program, ['-m', 'venv', partial], signal);
    const options = ['--require-hashes', '--no-input', '--quiet', '--disable-pip-version-check'];
    await run(pythonIn(partial), ['-m', 'pip', 'install', ...options, '-r', lockFile], signal);
    writeFileSync(join(partial, markFile), lockDigest());
    // Another stack may have been faster; a folder that is not whole is in nobody's use.
    if (existsSync(folder) && !isComplete(folder)) rmSync(folder, { recursive: true, force: true });
    if (!existsSync(folder)) renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return pythonIn(folder);
}

/**
 * Proves that this machine can run LocalStack.
 *
 * @throws SluiceError `TOOL_MISSING`
 */
export function assertLocalStackTools(): void {
  findPython(localstackTitle);
}

function venvFolder(pythonVersion: string): string {
  return join(cacheFolder(), `localstack-4.13.1-python${pythonVersion}`);
}

function pythonIn(folder: string): string {
  return join(folder, 'bin', 'python');
}

/** A changed lock file, or a Python that was removed, makes the folder anew. */
function isComplete(folder: string): boolean {
  try {
    return existsSync(pythonIn(folder)) && readFileSync(join(folder, markFile), 'utf8') === lockDigest();
  } catch {
    return false;
  }
}

function lockDigest(): string {
  return createHash('sha256').update(readFileSync(lockFile)).digest('hex');
}

async function run(program: string, args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], ...(signal && { signal }) });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new SluiceError('SERVICE_FAILED', `${localstackTitle} could not be installed: ${String(cause)}`, { cause });
  });
  if (code === 0) return;
  const reason = said.trim().split('\n').slice(-3).join(' ').slice(0, 500);
  throw new SluiceError(
    'SERVICE_FAILED',
    `${localstackTitle} could not be installed (${program} ended with ${code}): ${reason}`,
  );
}
