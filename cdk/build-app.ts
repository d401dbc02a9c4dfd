import { existsSync } from 'node:fs';
import { Annotations, type App } from 'aws-cdk-lib';
import { SluiceError } from '../shared/errors/sluice-error.ts';
import { type BundleFolders, toBundleFolders } from './bundle-code.ts';
import { readContext } from './context.ts';
import { contextParameter } from './context-parameters.ts';
import { planDeployment } from './plan-deployment.ts';
import { readConnectors } from './read-connectors.ts';
import { SluiceStack } from './sluice-stack.ts';

/**
 * Adds the stack that the app's context asks for. `buildBundles` is called when no finished ones are named.
 *
 * @throws SluiceError `CONFIG_INVALID`; its message lists every problem of the context and of the connectors
 */
export async function buildApp(app: App, buildBundles: () => Promise<BundleFolders>): Promise<SluiceStack> {
  const context = app.node.getAllContext() as Record<string, unknown>;
  const { settings, findings } = readContext(context);
  const given = context[contextParameter.connectors.name];
  const text = typeof given === 'object' ? JSON.stringify(given) : given === undefined ? undefined : String(given);
  const jsons = readConnectors(text, findings);
  const connectors = settings === undefined ? [] : planDeployment(jsons, settings, findings);
  if (text === undefined && (settings === undefined || settings.control.auth === 'off')) {
    findings.error('connectors', 'Nothing is to be deployed: give connectors, or controlApi.');
  }
  const caBundle = settings?.database.caBundle;
  if (caBundle !== undefined && !existsSync(caBundle)) {
    findings.error('databaseCaBundle', `There is no file ${caBundle}.`);
  }
  if (settings === undefined || findings.errors.length > 0) {
    const problems = findings.errors.map(({ message }) => `- ${message}`).join('\n');
    throw new SluiceError('CONFIG_INVALID', `The deployment has ${findings.errors.length} problem(s):\n${problems}`);
  }
  const bundles = settings.bundles === undefined ? await buildBundles() : toBundleFolders(settings.bundles);
  const stack = new SluiceStack(app, { settings, connectors, bundles });
  for (const { property, message } of findings.warnings) {
    Annotations.of(stack).addWarningV2(`sluice:${property}`, message);
  }
  return stack;
}
