import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Findings of cdk-nag that hold for a function as it is meant to be, each with its reason. */
export function acknowledgeFunction(scope: Construct, isTraced: boolean): void {
  acknowledge(scope, {
    'Serverless-LambdaAsyncFailureDestination': 'Nothing invokes the function asynchronously.',
    'Serverless-LambdaDLQ': 'Nothing invokes the function asynchronously, so that nothing would reach a queue.',
    ...(isTraced
      ? { 'AwsSolutions-IAM5[Resource::*]': 'X-Ray knows no resource to narrow the permission to.' }
      : { 'Serverless-LambdaTracing': 'Tracing costs by request; the parameter tracing turns it on.' }),
  });
}

/** Acknowledges findings below a construct: rule (with its finding in brackets, where it has several) → reason. */
export function acknowledge(scope: Construct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(scope).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
}
