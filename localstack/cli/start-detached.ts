import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode } from '../../shared/errors/error-table.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { logFolder, makeDataFolder } from '../stack/data-folder.ts';
import { printLine } from './print-line.ts';

/** What the process in the background tells the command that started it. */
export type DetachedMessage =
  | { readonly line: string }
  | { readonly failure: string; readonly code: ErrorCode }
  | { readonly up: true };

/**
 * Runs this same command again in a process of its own session, prints what it prints until everything is up, and
 * leaves it there.
 *
 * @throws SluiceError with the code and sentence of the process in the background when it ends before
 */
export async function startDetached(dataDir: string): Promise<void> {
  makeDataFolder(dataDir);
  const errors = openSync(join(logFolder(dataDir), 'stack.log'), 'a');
  const args = process.argv.slice(1).filter((arg) => arg !== '--detach');
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'ignore', errors, 'ipc'] });
  closeSync(errors);
  const up = Promise.withResolvers<void>();
  let failure: SluiceError | undefined;
  child.on('message', (message: DetachedMessage) => {
    if ('line' in message) printLine(message.line);
    else if ('failure' in message) failure = new SluiceError(message.code, message.failure);
    else up.resolve();
  });
  child.on('error', up.reject);
  child.on('exit', (code, signal) => {
    up.reject(failure ?? new SluiceError('SERVICE_FAILED', `The stack ended with ${signal ?? code}; see its logs.`));
  });
  await up.promise;
  child.disconnect();
  child.unref();
}
