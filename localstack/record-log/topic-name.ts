import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** Most partitions of one topic; each has its own place in memory. */
export const maxPartitions = 1024;

/**
 * True when Kafka would take the name for a topic: 1 to 249 of `a-z A-Z 0-9 . _ -`, not `.` or `..`.
 *
 * Source: Apache Kafka `org.apache.kafka.common.internals.Topic.validate`.
 */
export function isTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';
}

/** Asserts a name that {@link isTopicName} takes. @throws SluiceError `TOPIC_INVALID` */
export function assertTopicName(name: string): void {
  if (!isTopicName(name)) {
    const shown = JSON.stringify(name.slice(0, 80));
    throw new SluiceError(
      'TOPIC_INVALID',
      `${shown} is no topic name: use 1 to 249 letters, digits, ".", "_" and "-".`,
    );
  }
}

/**
 * Asserts a number of partitions between 1 and {@link maxPartitions}.
 *
 * @throws SluiceError `TOPIC_INVALID`
 */
export function assertPartitionCount(topic: string, partitions: number): void {
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > maxPartitions) {
    throw new SluiceError(
      'TOPIC_INVALID',
      `Topic ${topic} cannot have ${partitions} partitions: use 1 to ${maxPartitions}.`,
    );
  }
}
