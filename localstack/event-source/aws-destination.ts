import { type AwsAccount, sendToAws } from '../../shared/aws/aws-request.ts';
import { buildFailureDocument, isBucket } from './failure-document.ts';
import type { DiscardedBatch, OnFailureDestination } from './on-failure-destination.ts';

/**
 * The queue, topic of SNS or bucket that an ARN names; undefined for an ARN of another kind, and for FIFO queues and
 * topics, which Lambda does not take either.
 */
export function findAwsDestination(account: AwsAccount, destination: string): OnFailureDestination | undefined {
  const [, , service, region = '', owner = '', name = ''] = destination.split(':');
  const write = (discarded: DiscardedBatch) => JSON.stringify(buildFailureDocument(discarded, destination));
  if (isBucket(destination)) {
    return { deliver: (discarded) => putObject(account, name, discarded, write(discarded)) };
  }
  if (!/^arn:aws[\w-]*:(sqs|sns):[\w-]+:\d{12}:[\w-]+$/.test(destination)) return undefined;
  const queue = { region, url: `${account.endpoint}/${owner}/${name}` };
  return service === 'sqs'
    ? { deliver: (discarded) => sendMessage(account, queue, write(discarded)) }
    : { deliver: (discarded) => publish(account, { region, arn: destination }, write(discarded)) };
}

async function sendMessage(
  account: AwsAccount,
  queue: { readonly region: string; readonly url: string },
  document: string,
): Promise<void> {
  await sendToAws(account, {
    service: 'sqs',
    region: queue.region,
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
    body: JSON.stringify({ QueueUrl: queue.url, MessageBody: document }),
  });
}

async function publish(
  account: AwsAccount,
  topic: { readonly region: string; readonly arn: string },
  document: string,
): Promise<void> {
  const call = { Action: 'Publish', Version: '2010-03-31', TopicArn: topic.arn, Message: document };
  await sendToAws(account, {
    service: 'sns',
    region: topic.region,
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(call).toString(),
  });
}

/**
 * The object's name is as Lambda's: `aws/lambda/<mapping>/<year>/<month>/<day>/<time>-<UUID>`. The same failure has the
 * same name, so that a delivery that is tried again makes no second object.
 */
async function putObject(
  account: AwsAccount,
  bucket: string,
  { record, mappingUuid }: DiscardedBatch,
  document: string,
): Promise<void> {
  const { requestId, functionArn } = record.requestContext;
  const [date = '', time = ''] = record.timestamp.slice(0, 19).split('T');
  const name = `${date}T${time.replaceAll(':', '.')}-${requestId}`;
  await sendToAws(account, {
    service: 's3',
    region: functionArn.split(':')[3] || 'us-east-1',
    method: 'PUT',
    path: `/${bucket}/aws/lambda/${mappingUuid}/${date.replaceAll('-', '/')}/${name}`,
    headers: { 'content-type': 'application/json' },
    body: document,
  });
}
