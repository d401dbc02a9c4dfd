import { compileJavaPattern } from '../../config/java-pattern.ts';
import { nonEmpty } from '../../config/validators.ts';
import { requiredText } from '../option.ts';
import type { PredicateDefinition } from '../plugin-definition.ts';

const pattern = requiredText('pattern', 'Regular expression of whole topic names.', nonEmpty);
const name = requiredText('name', 'Name of the header.', nonEmpty);

/** `TopicNameMatches`: the expression matches the whole topic. */
export const topicNameMatches: PredicateDefinition = {
  options: [pattern],
  build(options) {
    const compiled = options.compile(pattern, () => compileJavaPattern(options.get(pattern) ?? ''));
    let last: { readonly topic: string; readonly matches: boolean } | undefined;
    return ({ topic }) => {
      if (last?.topic !== topic) last = { topic, matches: compiled?.matches(topic) ?? false };
      return last.matches;
    };
  },
};

/** `HasHeaderKey`: there is a header of that name. */
export const hasHeaderKey: PredicateDefinition = {
  options: [name],
  readsHeaders: true,
  build(options) {
    const wanted = options.get(name);
    return ({ headers }) => headers.some((header) => header.name === wanted);
  },
};

/** `RecordIsTombstone`: the value is null. */
export const recordIsTombstone: PredicateDefinition = {
  options: [],
  build:
    () =>
    ({ value }) =>
      value.value === null,
};
