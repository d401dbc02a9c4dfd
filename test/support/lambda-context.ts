import { randomUUID } from 'node:crypto';

/** The members of Lambda's context object that a handler of Sluice may read. */
export interface LambdaContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly callbackWaitsForEmptyEventLoop: boolean;
  getRemainingTimeInMillis(): number;
}

/** A context as the runtime hands it to a handler, with `timeoutMs` left from now on. */
export function buildLambdaContext(timeoutMs = 30_000): LambdaContext {
  const deadline = performance.now() + timeoutMs;
  return {
    awsRequestId: randomUUID(),
    functionName: 'sluice-test-sink',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:sluice-test-sink',
    memoryLimitInMB: '1024',
    logGroupName: '/aws/lambda/sluice-test-sink',
    logStreamName: 'test',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - performance.now()),
  };
}
