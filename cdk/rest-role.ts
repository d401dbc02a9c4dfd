import { Arn, ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ILogGroup, LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { liveAlias } from '../shared/contract/resource-name.ts';
import { databasePermissions, gluePermission, kafkaPermissions, networkPermission } from './access-permissions.ts';
import { allow, grant } from './permission.ts';
import type { DeploymentSettings } from './settings.ts';

/** Where connectors made by REST log, so that what they leave is kept no longer than any other log. */
export function addRestLog(scope: Construct, { stage, functions }: DeploymentSettings): LogGroup {
  const { logRetentionDays, retainsLogs, encryptionKeyArn } = functions;
  return new LogGroup(scope, 'RestLog', {
    logGroupName: `/aws/lambda/sluice-${stage}-rest`,
    retention: logRetentionDays as RetentionDays,
    removalPolicy: retainsLogs ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    ...(encryptionKeyArn !== undefined && { encryptionKey: Key.fromKeyArn(scope, 'RestLogKey', encryptionKeyArn) }),
  });
}

/**
 * The role of all functions that the Connect REST API makes, which log to one group: the stage's, by name, and the topics
 * of the pattern.
 */
export function addRestRole(scope: Construct, settings: DeploymentSettings, logGroup: ILogGroup): Role {
  const { stage, kafka, database, registry, control } = settings;
  const secrets = [database.secretArn, registry.secretArn].filter((arn) => arn !== undefined);
  const stack = Stack.of(scope);
  const role = new Role(scope, 'RestRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const named = (service: string, resource: string, resourceName: string) =>
    Arn.format({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME }, stack);
  logGroup.grantWrite(role);
  const because = 'Connectors come and go by REST: their functions, topics and groups are known by pattern only.';
  grant(role, [
    {
      actions: ['lambda:InvokeFunction'],
      resources: [named('lambda', 'function', `sluice-${stage}-*-sink:${liveAlias}`)],
      because,
    },
    ...kafkaPermissions(kafka, [control.restTopicPattern], [`sluice-${stage}-*`], { because }),
    ...databasePermissions(stack, database, {
      secrets: secrets.map((id) => ({ provider: 'secretsmanager', id }) as const),
      iamUser: database.iamUser,
    }),
    {
      actions: ['secretsmanager:GetSecretValue'],
      resources: [named('secretsmanager', 'secret', `sluice/${stage}/*`)],
      because: 'The secrets of connectors made by REST are known by the beginning of their names only.',
    },
    {
      actions: ['ssm:GetParameter'],
      resources: [Arn.format({ service: 'ssm', resource: 'parameter', resourceName: `sluice/${stage}/*` }, stack)],
      because: 'So are their parameters.',
    },
    ...(registry.glueArn === undefined ? [] : [gluePermission()]),
    // Of the login to the brokers, where no other secret needs the keys.
    ...(secrets.length === 0 && kafka.secretArn !== undefined && database.secretKeyArns.length > 0
      ? [allow(['kms:Decrypt'], database.secretKeyArns)]
      : []),
    // Of the pollers, and of the functions in a VPC.
    ...(kafka.clusterArn !== undefined || settings.network !== undefined ? [networkPermission()] : []),
  ]);
  return role;
}
