import { LambdaClient } from '@aws-sdk/client-lambda';
import middy from '@middy/core';
import { handle } from 'hono/aws-lambda';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { createApp } from './app.ts';

/** The control function: Kafka Connect's REST API behind a function URL or an HTTP API. */
export const handler = middy(
  handle(
    createApp({
      // The SDK finds region, credentials and AWS_ENDPOINT_URL in the environment.
      client: new LambdaClient({}),
      defaults: parseDeploymentDefaults(process.env[environmentVariable.deploymentDefaults]),
      now: Date.now,
    }),
  ),
);

function parseDeploymentDefaults(text: string | undefined): DeploymentDefaults {
  try {
    return JSON.parse(text ?? '') as DeploymentDefaults;
  } catch (cause) {
    const name = environmentVariable.deploymentDefaults;
    throw new SluiceError('CONFIG_INVALID', `The environment variable ${name} holds no JSON.`, { cause });
  }
}
