import { oneOf } from '../../config/validators.ts';
import { textOption } from '../option.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { TransformProblem } from '../transform-problem.ts';

const behavior = textOption(
  'behavior',
  'warn',
  'What becomes of a tombstone. warn, ignore: it is dropped; fail: it is an error.',
  oneOf('warn', 'ignore', 'fail'),
);

/** `io.confluent.connect.transforms.TombstoneHandler`: drops or refuses records whose value is null. */
export const tombstoneHandler: TransformDefinition = {
  options: [behavior],
  build(options) {
    const fails = options.get(behavior) === 'fail';
    return {
      apply(record) {
        if (record.value.value !== null) return record;
        if (fails) throw new TransformProblem('it is a tombstone');
        return null;
      },
    };
  },
};
