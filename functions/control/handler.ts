import { LambdaClient } from '@aws-sdk/client-lambda';
import middy from '@middy/core';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { createLog, writeLine } from '../../shared/observability/log.ts';
import { createApp } from './app.ts';
import { identifyAwsCaller, type ScopePatterns } from './identify-caller.ts';

/** How long a reconcile run takes at most; what is left then is finished by the next one. */
const reconcileTimeoutMs = 27_000;

const { [environmentVariable.scopePrefix]: scopePrefix, [environmentVariable.callers]: callers } = process.env;
const patterns = callers === undefined ? undefined : parseJson<ScopePatterns>(environmentVariable.callers, callers);

const app = createApp({
  // The SDK finds region, credentials and AWS_ENDPOINT_URL in the environment.
  client: new LambdaClient({}),
  defaults: parseJson<DeploymentDefaults>(
    environmentVariable.deploymentDefaults,
    process.env[environmentVariable.deploymentDefaults],
  ),
  now: Date.now,
  identify: ({ env }) => identifyAwsCaller((env as { readonly event?: unknown }).event, { scopePrefix, patterns }),
});

const log = createLog({ sink: writeLine, now: Date.now, level: 'INFO' });
const answer = handle(app);

/**
 * The control function: Kafka Connect's REST API behind a function URL or an HTTP API. A scheduled event makes it finish
 * what interrupted calls left.
 */
export const handler = middy(async (event: LambdaEvent, context: Parameters<typeof answer>[1]) => {
  if ((event as { readonly source?: string }).source !== 'aws.events') return answer(event, context);
  const report = await app.reconcile(reconcileTimeoutMs);
  const { finished, waiting, failed } = report;
  if (finished.length + waiting.length > 0) log.info('Interrupted changes were looked at.', { finished, waiting });
  for (const { name, reason } of failed) log.warn('A change could not be finished.', { connector: name, reason });
  return report;
});

function parseJson<Value>(name: string, text: string | undefined): Value {
  try {
    return JSON.parse(text ?? '') as Value;
  } catch (cause) {
    throw new SluiceError('CONFIG_INVALID', `The environment variable ${name} holds no JSON.`, { cause });
  }
}
