import { Arn, ArnFormat, type Stack } from 'aws-cdk-lib';
import { managedByCdk, stageFunctionName, tagName } from '../shared/contract/resource-name.ts';
import { allow, type Permission } from './permission.ts';

/** What the control function needs: Lambda's calls for the functions and mappings of its own stage. */
export function controlPermissions(
  stack: Stack,
  stage: string,
  uses: {
    /** Roles that connectors made by REST may have. */
    readonly roleArns: readonly string[];
    readonly codeArns: readonly string[];
    readonly network: boolean;
    readonly encryptionKeyArn: string | undefined;
  },
): readonly Permission[] {
  const named = (resource: string, resourceName: string) =>
    Arn.format({ service: 'lambda', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME }, stack);
  const functions = named('function', `sluice-${stage}-*`);
  const mappings = named('event-source-mapping', '*');
  const ofStage = { ArnLike: { 'lambda:FunctionArn': functions } };
  const because =
    'Connectors come and go by REST: their functions are known by the prefix of the stage, mappings not at all.';
  return [
    {
      actions: [
        'lambda:CreateFunction',
        'lambda:GetFunction',
        'lambda:ListTags',
        'lambda:ListVersionsByFunction',
        'lambda:TagResource',
      ],
      resources: [functions],
      because,
    },
    {
      actions: [
        'lambda:CreateAlias',
        'lambda:DeleteFunction',
        'lambda:PublishVersion',
        'lambda:UpdateAlias',
        'lambda:UpdateFunctionCode',
        'lambda:UpdateFunctionConfiguration',
      ],
      resources: [functions],
      // What the stack holds changes by a deploy alone.
      conditions: { StringNotEquals: { [`aws:ResourceTag/${tagName.managedBy}`]: managedByCdk } },
      because,
    },
    { actions: ['lambda:InvokeFunction'], resources: [`${functions}-admin`], because },
    allow(['lambda:InvokeFunction'], [named('function', stageFunctionName(stage, 'admin'))]),
    {
      actions: ['lambda:DeleteEventSourceMapping', 'lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
      resources: [mappings],
      conditions: ofStage,
      because,
    },
    { actions: ['lambda:TagResource'], resources: [mappings], because },
    { actions: ['lambda:CreateEventSourceMapping'], resources: ['*'], conditions: ofStage, because },
    {
      actions: ['lambda:ListEventSourceMappings', 'lambda:ListFunctions'],
      resources: ['*'],
      because: 'Lambda knows no resource for its lists.',
    },
    {
      actions: ['iam:PassRole'],
      resources: uses.roleArns,
      conditions: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
    allow(['s3:GetObject'], uses.codeArns),
    // Connectors are read from the environment of their functions, which the key encrypts.
    ...(uses.encryptionKeyArn === undefined
      ? []
      : [allow(['kms:CreateGrant', 'kms:Decrypt', 'kms:Encrypt'], [uses.encryptionKeyArn])]),
    ...(uses.network ? [describesNetwork] : []),
  ];
}

/** Lambda checks it in the name of who creates a function in a VPC. */
const describesNetwork: Permission = {
  actions: ['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'],
  resources: ['*'],
  because: 'EC2 knows no resource for its descriptions.',
};
