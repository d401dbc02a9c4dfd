import { Arn, ArnFormat, type Stack } from 'aws-cdk-lib';
import type { SecretReference } from '../shared/aws/secret-reference.ts';
import { allow, type Permission } from './permission.ts';
import type { DatabaseSettings, KafkaSettings } from './settings.ts';

/** What a mapping needs of the role of its function to read topics by groups; `reason` is for patterns among them. Source: developer guide, `msk-cluster-permissions`. */
export function kafkaPermissions(
  kafka: KafkaSettings,
  topics: readonly string[],
  groups: readonly string[],
  reason: { readonly because?: string } = {},
): readonly Permission[] {
  const secrets = [kafka.secretArn, kafka.caSecretArn].filter((arn) => arn !== undefined);
  const login = secrets.length === 0 ? [] : [allow(['secretsmanager:GetSecretValue'], secrets)];
  if (kafka.clusterArn === undefined) return login;
  const cluster = kafka.clusterArn;
  const describe = ['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'];
  if (kafka.auth === 'scram-512') describe.push('kafka:ListScramSecrets');
  if (kafka.auth !== 'iam') return [...login, allow(describe, [cluster])];
  return [
    allow([...describe, 'kafka-cluster:Connect', 'kafka-cluster:DescribeClusterDynamicConfiguration'], [cluster]),
    {
      actions: ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
      resources: topics.map((topic) => kafkaResource(cluster, 'topic', topic)),
      ...reason,
    },
    {
      actions: ['kafka-cluster:DescribeGroup', 'kafka-cluster:AlterGroup'],
      resources: groups.map((group) => kafkaResource(cluster, 'group', group)),
      ...reason,
    },
  ];
}

/** What a function or mapping with network interfaces in a VPC needs. None of these knows the interface beforehand. */
export function networkPermission(): Permission {
  return {
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
    because: 'Lambda makes and finds network interfaces whose ids nobody knows beforehand.',
  };
}

/** What reporting a skipped batch needs. */
export function onFailurePermissions(onFailure: string, kafka: KafkaSettings): readonly Permission[] {
  if (onFailure.startsWith('kafka://')) {
    if (kafka.auth !== 'iam' || kafka.clusterArn === undefined) return [];
    const topic = kafkaResource(kafka.clusterArn, 'topic', onFailure.slice('kafka://'.length));
    return [allow(['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'], [topic])];
  }
  const service = onFailure.split(':')[2];
  if (service === 'sqs') return [allow(['sqs:SendMessage'], [onFailure])];
  if (service === 'sns') return [allow(['sns:Publish'], [onFailure])];
  return [
    allow(['s3:ListBucket'], [onFailure]),
    {
      actions: ['s3:PutObject'],
      resources: [`${onFailure}/*`],
      because: 'Lambda chooses the keys of the objects.',
    },
  ];
}

/** What reaching the target database needs: the secrets that a connector refers to, its key, or a login by IAM. */
export function databasePermissions(
  stack: Stack,
  { iamResourceId, secretKeyArns }: DatabaseSettings,
  { secrets, iamUser }: { readonly secrets: readonly SecretReference[]; readonly iamUser?: string | undefined },
): readonly Permission[] {
  const arns = (provider: SecretReference['provider'], toArn: (stack: Stack, id: string) => string) => [
    ...new Set(secrets.filter((one) => one.provider === provider).map(({ id }) => toArn(stack, id))),
  ];
  const [secretArns, parameterArns] = [arns('secretsmanager', secretArnOf), arns('ssm', parameterArnOf)];
  const user = { service: 'rds-db', resource: 'dbuser', resourceName: `${iamResourceId}/${iamUser}` };
  return [
    ...(secretArns.length > 0 ? [allow(['secretsmanager:GetSecretValue'], secretArns)] : []),
    ...(parameterArns.length > 0 ? [allow(['ssm:GetParameter'], parameterArns)] : []),
    ...(secrets.length > 0 && secretKeyArns.length > 0 ? [allow(['kms:Decrypt'], secretKeyArns)] : []),
    ...(iamUser !== undefined
      ? [allow(['rds-db:connect'], [Arn.format({ ...user, arnFormat: ArnFormat.COLON_RESOURCE_NAME }, stack)])]
      : []),
  ];
}

/** What reading schemas of the Glue Schema Registry needs. */
export function gluePermission(): Permission {
  return {
    actions: ['glue:GetSchemaVersion'],
    resources: ['*'],
    because: 'A record names its schema by an id, which is of no registry that a policy could name.',
  };
}

/** ARN of a topic or group of an MSK cluster, whose own ARN ends in `cluster/name/uuid`. */
export function kafkaResource(clusterArn: string, kind: 'topic' | 'group', name: string): string {
  return `${clusterArn.replace(/:cluster\//, `:${kind}/`)}/${name}`;
}

/** Secrets Manager adds six characters to the name; an ARN may be given without them, too. */
function secretArnOf(stack: Stack, id: string): string {
  if (id.startsWith('arn:')) return id;
  const secret = { service: 'secretsmanager', resource: 'secret', resourceName: `${id}-??????` };
  return Arn.format({ ...secret, arnFormat: ArnFormat.COLON_RESOURCE_NAME }, stack);
}

/** A version or label (`:1`) is no part of a parameter's ARN. */
function parameterArnOf(stack: Stack, id: string): string {
  if (id.startsWith('arn:')) return id.split(':').slice(0, 6).join(':');
  const resourceName = id.split(':')[0]!.replace(/^\//, '');
  return Arn.format({ service: 'ssm', resource: 'parameter', resourceName }, stack);
}
