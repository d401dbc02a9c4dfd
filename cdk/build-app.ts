import { existsSync } from 'node:fs';
import { Annotations, type App, CfnResource } from 'aws-cdk-lib';
import { Findings } from '../shared/config/findings.ts';
import { checkFilterSql } from '../shared/connector/check-filter-sql.ts';
import { checkTransformOptions } from '../shared/connector/check-transform-options.ts';
import { SluiceError } from '../shared/errors/sluice-error.ts';
import { type BundleFolders, toBundleFolders } from './bundle-code.ts';
import type { ConnectorDeployment } from './connector-deployment.ts';
import { type Context, readContext } from './context.ts';
import { withContextFile } from './context-file.ts';
import { contextParameter } from './context-parameters.ts';
import { fixedCostLine } from './fixed-cost.ts';
import { buildNotices } from './notices.ts';
import { planDeployment } from './plan-deployment.ts';
import { readConnectors } from './read-connectors.ts';
import { SluiceStack } from './sluice-stack.ts';

/** Resources that a stack may have (AWS CloudFormation). */
const maxResources = 500;

/**
 * Adds the stack that the app's context asks for. `buildBundles` is called when no finished ones are named.
 *
 * @throws SluiceError `CONFIG_INVALID`; its message lists every problem of the context and of the connectors
 */
export async function buildApp(app: App, buildBundles: () => Promise<BundleFolders>): Promise<SluiceStack> {
  const findings = new Findings();
  const context = withContextFile(app.node.getAllContext() as Context, findings);
  const settings = readContext(context, findings);
  const given = context[contextParameter.connectors.name];
  const text = typeof given === 'object' ? JSON.stringify(given) : given === undefined ? undefined : String(given);
  const jsons = readConnectors(text, findings);
  const connectors = settings === undefined ? [] : planDeployment(jsons, settings, findings);
  await checkFilters(connectors, findings);
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
  const resources = stack.node.findAll().filter((one) => CfnResource.isCfnResource(one)).length;
  if (resources > maxResources) {
    throw new SluiceError(
      'CONFIG_INVALID',
      `The deployment makes ${resources} resources, and CloudFormation takes ${maxResources} of a stack: deploy some of the ` +
        'connectors as another stage.',
    );
  }
  const annotations = Annotations.of(stack);
  for (const { property, message } of findings.warnings) annotations.addWarningV2(`sluice:${property}`, message);
  for (const { level, id, text } of buildNotices(settings, connectors)) {
    if (level === 'warning') annotations.addWarningV2(`sluice:${id}`, text);
    else annotations.addInfo(text);
  }
  annotations.addInfo(fixedCostLine(stack, connectors));
  return stack;
}

async function checkFilters(connectors: readonly ConnectorDeployment[], findings: Findings): Promise<void> {
  for (const { name, plan } of connectors) {
    const found = new Findings();
    await checkFilterSql(plan, found);
    await checkTransformOptions(plan, found);
    for (const { message } of found.errors) findings.error(name, `${name}: ${message}`);
    for (const { message } of found.warnings) findings.warn(name, `${name}: ${message}`);
  }
}
