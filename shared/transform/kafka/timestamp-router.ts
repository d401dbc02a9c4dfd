import type { TransformDefinition } from '../plugin-definition.ts';
import { createDateFormat } from '../date-format.ts';
import { textOption } from '../option.ts';
import { TransformProblem } from '../transform-problem.ts';

/** Placeholders in the format of a topic. */
export const placeholders = { topic: '$' + '{topic}', timestamp: '$' + '{timestamp}' };
const topicFormat = textOption(
  'topic.format',
  `${placeholders.topic}-${placeholders.timestamp}`,
  'The new name, with placeholders for the topic and the timestamp.',
);
const timestampFormat = textOption('timestamp.format', 'yyyyMMdd', "Pattern of Java's SimpleDateFormat, in UTC.");

/** `org.apache.kafka.connect.transforms.TimestampRouter`: the record's timestamp in its topic. */
export const timestampRouter: TransformDefinition = {
  options: [topicFormat, timestampFormat],
  build(options) {
    const pattern = options.get(topicFormat);
    const format = options.compile(timestampFormat, () => createDateFormat(options.get(timestampFormat)));
    return {
      mayChangeTopic: true,
      apply(record) {
        if (record.timestamp === null) throw new TransformProblem('the record has no timestamp');
        const time = format?.format(record.timestamp) ?? '';
        const topic = pattern.replaceAll(placeholders.topic, () => record.topic);
        return { ...record, topic: topic.replaceAll(placeholders.timestamp, () => time) };
      },
    };
  },
};
