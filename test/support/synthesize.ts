import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { buildApp } from '../../cdk/build-app.ts';
import type { SluiceStack } from '../../cdk/sluice-stack.ts';

/** The context that `cdk.json` gives to every command. */
export const committedContext: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
).context;

/** An MSK cluster, and a secret of a database on it, as ARNs. */
export const clusterArn = 'arn:aws:kafka:eu-central-1:111122223333:cluster/demo/0f0f0f0f-1111-2222-3333-444444444444-5';
export const secretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:database-AbCdEf';

/** A connector that reads and writes one table. */
export const ordersConnector = {
  name: 'orders',
  config: { 'connector.class': 'io.sluice.SluiceSinkConnector', topics: 'orders', 'tasks.max': '2' },
};

/** The smallest deployment. */
export const smallContext = { connectors: ordersConnector, clusterArn, databaseSecretArn: secretArn };

/** A stack and its template. */
export interface Synthesized {
  readonly app: App;
  readonly stack: SluiceStack;
  readonly template: Template;
}

/**
 * Synthesises a deployment as `cdk synth` does, with the context of `cdk.json` below the given one, and stand-ins for the
 * bundles. They always have the same content, so that templates can be compared.
 */
export async function synthesize(t: TestContext, context: Readonly<Record<string, unknown>>): Promise<Synthesized> {
  const bundles = makeBundles(t);
  const app = new App({
    context: { ...committedContext, bundles, ...context },
    outdir: join(bundles, 'cdk.out'),
  });
  const stack = await buildApp(app, () => Promise.reject(new Error('bundles are given')));
  return { app, stack, template: Template.fromStack(stack) };
}

/** A folder that is removed when the test ends, with a bundle for each function. */
export function makeBundles(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bundles-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['sink', 'filter', 'control']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'index.mjs'), `export const handler = async () => '${name}';\n`);
  }
  return folder;
}
