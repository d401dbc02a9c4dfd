import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { databasePermissions, kafkaPermissions, networkPermission } from './access-permissions.ts';
import { grant } from './permission.ts';
import type { DeploymentSettings } from './settings.ts';

/** The role of all functions that the Connect REST API makes: the stage's, by name, and the topics of the pattern. */
export function addRestRole(scope: Construct, settings: DeploymentSettings): Role {
  const { stage, kafka, database, control } = settings;
  const stack = Stack.of(scope);
  const role = new Role(scope, 'RestRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const named = (service: string, resource: string, resourceName: string) =>
    Arn.format({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME }, stack);
  const because = 'Connectors come and go by REST: their functions, topics and groups are known by pattern only.';
  grant(role, [
    {
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [named('logs', 'log-group', `/aws/lambda/sluice-${stage}-*`)],
      because,
    },
    {
      actions: ['lambda:InvokeFunction'],
      resources: [named('lambda', 'function', `sluice-${stage}-*-sink`)],
      because,
    },
    ...kafkaPermissions(kafka, [control.restTopicPattern], [`sluice-${stage}-*`], { because }),
    ...databasePermissions(stack, database, {
      secrets: database.secretArn === undefined ? [] : [{ provider: 'secretsmanager', id: database.secretArn }],
      iamUser: database.iamUser,
    }),
    // Of the pollers, and of the functions in a VPC.
    ...(kafka.clusterArn !== undefined || settings.network !== undefined ? [networkPermission()] : []),
  ]);
  return role;
}
