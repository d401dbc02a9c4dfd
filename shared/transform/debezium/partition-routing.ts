import { optionalText, requiredList } from '../option.ts';
import type { TransformDefinition } from '../plugin-definition.ts';

const fields = requiredList('partition.payload.fields', 'Has no effect.');
const count = optionalText('partition.topic.num', 'Has no effect.');
const hash = optionalText('partition.hash.function', 'Has no effect.');

/**
 * `io.debezium.transforms.partitions.PartitionRouting`: does nothing, because it chooses the partition that a record is
 * written to, and nothing is written to Kafka here.
 */
export const partitionRouting: TransformDefinition = {
  options: [fields, count, hash],
  build(options) {
    options.warn(fields, 'it chooses the partition that a record is written to, and nothing is written to Kafka.');
    return { apply: (record) => record };
  },
};
