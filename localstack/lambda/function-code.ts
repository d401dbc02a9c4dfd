import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join, relative } from 'node:path';
import type { FunctionCode } from './function-record.ts';
import type { RequestBody } from './function-request.ts';
import { invalidParameter } from './lambda-api-error.ts';
import { unzip } from './zip-file.ts';

/** Bucket name that stands for a folder of this machine; LocalStack's own convention. */
export const localFolderBucket = 'hot-reload';

/**
 * Finds the code that a request names: a folder of this machine as `{S3Bucket: "hot-reload", S3Key: "/folder"}`, or a
 * `ZipFile`, which is unpacked below `codeDir`. Throws the API's error when there is none.
 */
export async function readFunctionCode(
  code: RequestBody,
  functionName: string,
  codeDir: string,
): Promise<FunctionCode> {
  const { S3Bucket, S3Key, ZipFile } = code;
  if (typeof ZipFile === 'string') return unpack(Buffer.from(ZipFile, 'base64'), join(codeDir, functionName));
  if (S3Bucket !== localFolderBucket || typeof S3Key !== 'string') {
    throw invalidParameter(`Code must be a ZipFile, or a local folder with S3Bucket "${localFolderBucket}".`);
  }
  if (!isAbsolute(S3Key) || !existsSync(S3Key) || !statSync(S3Key).isDirectory()) {
    throw invalidParameter(`Error occurred while GetObject. S3Key ${S3Key} must be the absolute path of a folder.`);
  }
  const { sha256, bytes } = await digestFolder(S3Key);
  return { folder: S3Key, sha256, bytes };
}

/** Changes when the code of a folder was replaced, as a new build does; undefined while the folder is missing. */
export function codeStamp(folder: string): string | undefined {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino}-${stat.mtimeMs}`;
}

/** Removes unpacked code that none of the folders in use lies in. */
export async function removeUnusedCode(codeDir: string, foldersInUse: ReadonlySet<string>): Promise<void> {
  for (const functionName of existsSync(codeDir) ? await readdir(codeDir) : []) {
    for (const version of await readdir(join(codeDir, functionName))) {
      const folder = join(codeDir, functionName, version);
      if (version === shieldFile) continue;
      if (!foldersInUse.has(folder)) await rm(folder, { recursive: true, force: true });
    }
  }
}

/**
 * Node.js looks upwards for the type of a module. Without this file a function that brings no package.json would get the
 * type of whatever project its folder lies in; on Lambda nothing lies above it.
 */
const shieldFile = 'package.json';

async function unpack(archive: Buffer, dir: string): Promise<FunctionCode> {
  const digest = createHash('sha256').update(archive).digest();
  const folder = join(dir, digest.toString('hex'));
  const code = { folder, sha256: digest.toString('base64'), bytes: archive.length };
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, shieldFile), '{}');
  if (existsSync(folder)) return code;
  const fresh = join(dir, `.${basename(folder)}`);
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  try {
    await unzip(archive, fresh);
    await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return code;
}

async function digestFolder(folder: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    const contents = await readFile(file);
    bytes += contents.length;
    hash.update(relative(folder, file)).update('\0').update(contents);
  }
  return { sha256: hash.digest('base64'), bytes };
}
