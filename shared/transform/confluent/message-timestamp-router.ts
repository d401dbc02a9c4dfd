import { createDateFormat } from '../date-format.ts';
import { getField } from '../fields.ts';
import { placeholders } from '../kafka/timestamp-router.ts';
import { requiredList, textOption } from '../option.ts';
import { requireMap } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { TransformProblem } from '../transform-problem.ts';

const topicFormat = textOption(
  'topic.format',
  `${placeholders.topic}-${placeholders.timestamp}`,
  'The new name, with placeholders for the topic and the timestamp.',
);
const keys = requiredList('message.timestamp.keys', 'Fields of the value, of which the first that is there counts.');
const messageFormat = textOption(
  'message.timestamp.format',
  'yyyy-MM-dd',
  "Their pattern, of Java's SimpleDateFormat.",
);
const timestampFormat = textOption('topic.timestamp.format', 'yyyyMMdd', 'The pattern of the timestamp in the topic.');

/** `io.confluent.connect.transforms.MessageTimestampRouter`: a timestamp of the value in the topic. */
export const messageTimestampRouter: TransformDefinition = {
  options: [topicFormat, keys, messageFormat, timestampFormat],
  build(options) {
    const names = options.get(keys) ?? [];
    const pattern = options.get(topicFormat);
    const from = options.compile(messageFormat, () => createDateFormat(options.get(messageFormat)));
    const to = options.compile(timestampFormat, () => createDateFormat(options.get(timestampFormat)));
    return {
      mayChangeTopic: true,
      apply(record) {
        const { schema, value } = record.value;
        if (schema !== null) throw new TransformProblem('it works on maps only, and the value has a schema');
        const fields = requireMap(value);
        const name = names.find((key) => (getField(fields, key) ?? null) !== null);
        if (name === undefined) throw new TransformProblem(`there is none of the fields ${names.join(', ')}`);
        const text = getField(fields, name);
        const time = typeof text === 'string' ? from!.parse(text, record.timestamp ?? 0) : undefined;
        if (time === undefined) throw new TransformProblem(`the field ${name} does not fit message.timestamp.format`);
        const topic = pattern.replaceAll(placeholders.topic, () => record.topic);
        return { ...record, topic: topic.replaceAll(placeholders.timestamp, () => to!.format(time)) };
      },
    };
  },
};
