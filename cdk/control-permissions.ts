import { Arn, ArnFormat, type Stack } from 'aws-cdk-lib';
import { allow, type Permission } from './permission.ts';

/** What the control function needs: Lambda's calls for the functions and mappings of its own stage. */
export function controlPermissions(
  stack: Stack,
  stage: string,
  uses: { readonly roleArn: string; readonly codeArns: readonly string[]; readonly network: boolean },
): readonly Permission[] {
  const functions = Arn.format(
    {
      service: 'lambda',
      resource: 'function',
      resourceName: `sluice-${stage}-*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    },
    stack,
  );
  const mappings = Arn.format(
    {
      service: 'lambda',
      resource: 'event-source-mapping',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    },
    stack,
  );
  const ofStage = { ArnLike: { 'lambda:FunctionArn': functions } };
  const because =
    'Connectors come and go by REST: their functions are known by the prefix of the stage, mappings not at all.';
  return [
    {
      actions: [
        'lambda:CreateFunction',
        'lambda:DeleteFunction',
        'lambda:GetFunction',
        'lambda:ListTags',
        'lambda:TagResource',
        'lambda:UpdateFunctionConfiguration',
      ],
      resources: [functions],
      because,
    },
    { actions: ['lambda:InvokeFunction'], resources: [`${functions}-admin`], because },
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
      resources: [uses.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
    allow(['s3:GetObject'], uses.codeArns),
    ...(uses.network ? [describesNetwork] : []),
  ];
}

/** Lambda checks it in the name of who creates a function in a VPC. */
const describesNetwork: Permission = {
  actions: ['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'],
  resources: ['*'],
  because: 'EC2 knows no resource for its descriptions.',
};
