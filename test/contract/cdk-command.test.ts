import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeBundles } from '../support/synthesize.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'node_modules/aws-cdk/bin/cdk');

/** Runs the pinned command line as `npx cdk` does, without credentials, and with a proxy that reaches nothing. */
async function cdk(
  t: TestContext,
  ...args: readonly string[]
): Promise<{ readonly out: string; readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-cdk-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { PATH, TMPDIR } = process.env;
  const nowhere = 'http://127.0.0.1:9';
  const env = {
    PATH,
    TMPDIR,
    HOME: folder,
    HTTPS_PROXY: nowhere,
    HTTP_PROXY: nowhere,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const options = { cwd: root, env, timeout: 60_000 };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [cli, ...args, '--output', join(folder, 'out')],
    options,
  );
  return { out: stdout + stderr, folder };
}

test('cdk synth works without network and credentials in less than 30 seconds, and says what it costs', async (t) => {
  const startedAt = performance.now();
  const bundles = ['-c', `bundles=${makeBundles(t)}`];
  const { out, folder } = await cdk(
    t,
    'synth',
    '-q',
    '-c',
    'contextFile=cdk/examples/self-managed-scram.json',
    ...bundles,
  );
  assert.ok(performance.now() - startedAt < 30_000);
  assert.match(out, /Fixed cost a month/);
  const template = JSON.parse(readFileSync(join(folder, 'out/sluice-prod.template.json'), 'utf8'));
  const types = Object.values(template.Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
  assert.equal(types.filter((type) => type === 'AWS::Lambda::EventSourceMapping').length, 3);
});

test('a mistake is a list of what to correct, without a stack of ours', async (t) => {
  const failure = await cdk(t, 'synth', '-q', '-c', 'clusterarn=x', '-c', 'timeout=900').then(
    () => assert.fail('it was accepted'),
    (error: { stderr: string }) => error.stderr,
  );
  assert.match(
    failure,
    /The deployment has \d+ problem\(s\):\n- clusterarn is no context parameter\. Did you mean clusterArn\?/,
  );
  assert.doesNotMatch(failure, /at .*\.ts:\d+/);
});

test('the command line is the pinned one, which reads the assemblies of the pinned library', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/aws-cdk/package.json'), 'utf8'));
  const { devDependencies, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.equal(version, devDependencies['aws-cdk']);
  assert.match(version, /^2\.\d+\.\d+$/);
  assert.match(scripts.deploy, /^cdk deploy/);
});
