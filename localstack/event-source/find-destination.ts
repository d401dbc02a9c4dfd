import { join } from 'node:path';
import type { TopicLog } from '../services/topic-log.ts';
import { findAwsDestination } from './aws-destination.ts';
import type { AwsAccount } from '../../shared/aws/aws-request.ts';
import { openFileDestinations } from './file-destination.ts';
import type { FindDestination } from './on-failure-destination.ts';
import { createTopicDestination, toTopicName } from './topic-destination.ts';

/** What {@link createFindDestination} needs. */
export interface DestinationPlaces {
  /** The broker's topics, for `kafka://<topic>`. */
  readonly log: Pick<TopicLog, 'append'>;
  /** Data folder of the stack; without an account the documents go to files in its `on-failure/`. */
  readonly dataDir: string;
  /** The emulator, or AWS, that has the queues, topics and buckets; absent: nobody has. */
  readonly account?: AwsAccount | undefined;
}

/** Serves the destinations that Lambda has: topics of the broker, and ARNs of queues, topics of SNS and buckets. */
export function createFindDestination({ log, dataDir, account }: DestinationPlaces): FindDestination {
  const toFile = openFileDestinations(join(dataDir, 'on-failure'));
  return (destination) => {
    const topic = toTopicName(destination);
    if (topic !== undefined) return createTopicDestination(log, topic);
    if (account !== undefined) return findAwsDestination(account, destination);
    return destination.startsWith('arn:') ? toFile(destination) : undefined;
  };
}
