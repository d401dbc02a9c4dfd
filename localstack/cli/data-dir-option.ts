import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option } from 'commander';

/** The checkout that this command belongs to. */
export const checkoutDir = fileURLToPath(new URL('../..', import.meta.url));

/** Data folder of a command that is given none. */
export const defaultDataDir = join(checkoutDir, '.sluice');

/** `--data-dir`, which every command has: the folder decides which stack it speaks to. */
export function dataDirOption(): Option {
  return new Option('--data-dir <folder>', 'where the stack keeps its data')
    .env('SLUICE_DATA_DIR')
    .default(defaultDataDir, '.sluice in the checkout')
    .argParser((value) => resolve(value));
}
