import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from './acknowledge.ts';

/** What a role may do. */
export interface Permission {
  readonly actions: readonly string[];
  /** ARNs; one with `*` needs a reason. */
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Why a resource has `*`. */
  readonly because?: string;
}

/** A permission on resources that are known. */
export function allow(actions: readonly string[], resources: readonly string[]): Permission {
  return { actions, resources };
}

/** Adds permissions to a role. Those with `*` are acknowledged for cdk-nag with their reason, and refused without. */
export function grant(role: Role, permissions: readonly Permission[]): void {
  for (const { actions, resources, conditions, because } of permissions) {
    role.addToPolicy(
      new PolicyStatement({ actions: [...actions], resources: [...resources], ...(conditions && { conditions }) }),
    );
    for (const resource of resources.map((one) => toReadableArn(role, one)).filter((one) => one.includes('*'))) {
      if (because === undefined) throw new TypeError(`No reason is given for ${actions.join(', ')} on ${resource}.`);
      acknowledge(role, { [`AwsSolutions-IAM5[Resource::${resource}]`]: because });
    }
  }
}

/** The ARN as cdk-nag writes it: what CloudFormation puts in stands in angle brackets. */
function toReadableArn(role: Role, arn: string): string {
  const resolved: unknown = Stack.of(role).resolve(arn);
  const parts = (resolved as { 'Fn::Join'?: [string, unknown[]] })?.['Fn::Join']?.[1] ?? [resolved];
  return parts.map(toReadablePart).join('');
}

function toReadablePart(part: unknown): string {
  if (typeof part === 'string') return part;
  const { Ref: reference, 'Fn::GetAtt': attribute } = part as { Ref?: string; 'Fn::GetAtt'?: readonly string[] };
  if (reference !== undefined) return `<${reference}>`;
  return attribute === undefined ? '<token>' : `<${attribute.join('.')}>`;
}
