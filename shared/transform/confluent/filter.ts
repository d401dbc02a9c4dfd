import { oneOf } from '../../config/validators.ts';
import { evaluateJsonPath, JsonPathLimit } from '../json-path/evaluate-json-path.ts';
import { parseJsonPath } from '../json-path/parse-json-path.ts';
import { requiredText, textOption } from '../option.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { TransformProblem } from '../transform-problem.ts';

const condition = requiredText('filter.condition', 'A JSONPath; a record matches for which it finds something.');
const type = requiredText(
  'filter.type',
  'include: others are dropped; exclude: matching ones are.',
  oneOf('include', 'exclude'),
);
const missing = textOption(
  'missing.or.null.behavior',
  'fail',
  'What becomes of a record that has not the field before a filter, or has null there.',
  oneOf('fail', 'include', 'exclude'),
);

/**
 * `io.confluent.connect.transforms.Filter`: keeps or drops records by a JSONPath. Within `[?(…)]` a field that is missing
 * or null is not `missing`; it fits no comparison.
 *
 * Source: Confluent, "Filter (Confluent)" transform.
 */
export const jsonPathFilter: TransformDefinition = {
  options: [condition, type, missing],
  build(options, part) {
    const path = options.compile(condition, () => parseJsonPath(options.get(condition) ?? ''));
    const includes = options.get(type) === 'include';
    const behavior = options.get(missing);
    return {
      apply(record) {
        const { values, isMissing } = evaluate(record[part].value);
        if (isMissing && behavior === 'fail')
          throw new TransformProblem('a field of filter.condition is missing or null');
        if (isMissing) return behavior === 'include' ? record : null;
        return values.length > 0 === includes ? record : null;
      },
    };

    function evaluate(value: Parameters<typeof evaluateJsonPath>[1]) {
      try {
        return evaluateJsonPath(path!, value);
      } catch (error) {
        if (!(error instanceof JsonPathLimit)) throw error;
        throw new TransformProblem('filter.condition looks at too many values of it');
      }
    }
  },
};
