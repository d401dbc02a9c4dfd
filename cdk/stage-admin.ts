import { Stack } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { stageFunctionName, tagName } from '../shared/contract/resource-name.ts';
import { databasePermissions } from './access-permissions.ts';
import { buildDatabaseEnvironment } from './function-environment.ts';
import type { DeploymentSettings } from './settings.ts';
import { type FunctionNetwork, SluiceFunction } from './sluice-function.ts';

/** The admin function that belongs to no connector: it checks configurations against the deployment's database. */
export function addStageAdmin(
  scope: Construct,
  settings: DeploymentSettings,
  options: {
    /** Bundle of the sink. */
    readonly code: Code;
    readonly timeoutSeconds: number;
    readonly network: FunctionNetwork | undefined;
  },
): SluiceFunction {
  const { stage, database, functions } = settings;
  const secrets =
    database.secretArn === undefined ? [] : [{ provider: 'secretsmanager', id: database.secretArn } as const];
  return new SluiceFunction(scope, 'Admin', {
    ...options,
    functionName: stageFunctionName(stage, 'admin'),
    description: `Checks connectors before they are made (stage ${stage})`,
    handler: 'admin.handler',
    memorySizeMb: functions.memorySizeMb,
    environment: buildDatabaseEnvironment(true, 'admin', settings),
    permissions: databasePermissions(Stack.of(scope), database, { secrets, iamUser: database.iamUser }),
    tags: { [tagName.stage]: stage },
    settings: functions,
  });
}
