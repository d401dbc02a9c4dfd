import { cpSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { SluiceError } from '../shared/errors/sluice-error.ts';
import { caFileName } from './function-environment.ts';

/** Folders of the function bundles. */
export interface BundleFolders {
  readonly sink: string;
  readonly filter: string;
  readonly control: string;
}

/** The folders of finished bundles below one folder, as the build leaves them. */
export function toBundleFolders(folder: string): BundleFolders {
  return { sink: join(folder, 'sink'), filter: join(folder, 'filter'), control: join(folder, 'control') };
}

/** A bundle as it is deployed; see {@link bundleFolder}. */
export function toCode(folder: string, caBundle?: string): Code {
  return Code.fromAsset(bundleFolder(folder, caBundle));
}

/**
 * The folder that is deployed: exactly the files that the build made and the tests ran, and for the sink the certificates
 * of the deployment.
 *
 * @throws SluiceError `CONFIG_INVALID` when the folder holds no bundle
 */
export function bundleFolder(folder: string, caBundle?: string): string {
  if (!existsSync(join(folder, 'index.mjs'))) {
    throw new SluiceError('CONFIG_INVALID', `There is no bundle in ${folder}: run npm run build.`);
  }
  if (caBundle === undefined) return folder;
  const copy = mkdtempSync(join(tmpdir(), 'sluice-bundle-'));
  cpSync(folder, copy, { recursive: true });
  cpSync(caBundle, join(copy, caFileName));
  return copy;
}
