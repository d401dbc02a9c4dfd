import { Arn, ArnFormat, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { allow } from './access-statements.ts';

/** What the control function needs: Lambda's calls for the functions and mappings of its own stage. */
export function controlStatements(
  stack: Stack,
  stage: string,
  uses: { readonly roleArn: string; readonly codeArns: readonly string[]; readonly network: boolean },
): readonly PolicyStatement[] {
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
  return [
    allow(
      [
        'lambda:CreateFunction',
        'lambda:DeleteFunction',
        'lambda:GetFunction',
        'lambda:ListTags',
        'lambda:TagResource',
        'lambda:UpdateFunctionConfiguration',
      ],
      [functions],
    ),
    new PolicyStatement({
      actions: ['lambda:DeleteEventSourceMapping', 'lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
      resources: [mappings],
      conditions: ofStage,
    }),
    allow(['lambda:TagResource'], [mappings]),
    // These three know no resource.
    new PolicyStatement({ actions: ['lambda:CreateEventSourceMapping'], resources: ['*'], conditions: ofStage }),
    allow(['lambda:ListEventSourceMappings', 'lambda:ListFunctions'], ['*']),
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [uses.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    }),
    allow(['s3:GetObject'], uses.codeArns),
    // Lambda checks them in the name of who creates a function in a VPC.
    ...(uses.network ? [allow(['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'], ['*'])] : []),
  ];
}
