import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'node_modules/aws-cdk/bin/cdk');
const timeoutMs = 150_000;

/** What {@link runCdk} needs besides the arguments. */
export interface CdkOptions {
  /** URL of the emulator. */
  readonly endpoint: string;
  /** Folder for what the command line writes, its home included. */
  readonly folder: string;
}

/**
 * Runs the pinned command line of the CDK in this checkout as `npx cdk` does, plain, with the environment that
 * docs/harness.md tells users to set, and answers what it printed.
 *
 * Rejects with what it printed when it fails.
 */
export async function runCdk(args: readonly string[], { endpoint, folder }: CdkOptions): Promise<string> {
  const { PATH } = process.env;
  const env = {
    PATH,
    HOME: folder,
    CI: '1',
    NO_COLOR: '1',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const command = [cli, ...args, '--output', join(folder, 'cdk.out')];
  try {
    const options = { cwd: root, env, timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, options);
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`cdk ${args[0]} failed: ${message}\n${stdout ?? ''}${stderr ?? ''}`);
  }
}
