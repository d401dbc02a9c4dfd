import { compileJavaPattern, parseReplacement } from '../../config/java-pattern.ts';
import { requiredText } from '../option.ts';
import type { Options } from '../options.ts';
import type { TransformDefinition } from '../plugin-definition.ts';

const regex = requiredText('regex', 'Regular expression of whole topic names.');
const replacement = requiredText('replacement', 'The new name; $1 is what the first group matched.');

/** `org.apache.kafka.connect.transforms.RegexRouter`: another topic where the expression matches the topic. */
export const regexRouter: TransformDefinition = {
  options: [regex, replacement],
  build(options) {
    const route = compileRoute(options, regex, replacement);
    return {
      mayChangeTopic: true,
      apply: (record) => {
        const topic = route(record.topic);
        return topic === undefined || topic === record.topic ? record : { ...record, topic };
      },
    };
  },
};

/** Most topics whose new names are remembered; connectors have far fewer. */
const maxTopics = 1_000;

/**
 * The new name of a topic, undefined where the expression does not match all of the old one. A mistake in either option
 * is reported.
 */
export function compileRoute(
  options: Options,
  pattern: typeof regex,
  substitute: typeof replacement,
): (topic: string) => string | undefined {
  const compiled = options.compile(pattern, () => compileJavaPattern(options.get(pattern) ?? ''));
  const parts =
    compiled && options.compile(substitute, () => parseReplacement(options.get(substitute) ?? '', compiled));
  const known = new Map<string, string | undefined>();
  return (topic) => {
    if (known.has(topic)) return known.get(topic);
    const renamed = compiled?.matches(topic) ? compiled.replaceFirst(topic, parts ?? []) : undefined;
    if (known.size >= maxTopics) known.clear();
    known.set(topic, renamed);
    return renamed;
  };
}
