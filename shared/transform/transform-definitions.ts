import { regexRouter } from './kafka/regex-router.ts';
import { replaceField } from './kafka/replace-field.ts';
import type { PredicateDefinition, TransformDefinition } from './plugin-definition.ts';

/** The transforms, by full name without `$Key` and `$Value`. */
export const transformDefinitions: Readonly<Record<string, TransformDefinition>> = {
  'org.apache.kafka.connect.transforms.RegexRouter': regexRouter,
  'org.apache.kafka.connect.transforms.ReplaceField': replaceField,
};

/** The predicates, by full name. */
export const predicateDefinitions: Readonly<Record<string, PredicateDefinition>> = {};
