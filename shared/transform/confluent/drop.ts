import { oneOf } from '../../config/validators.ts';
import type { Schema } from '../../data/schema.ts';
import { textOption } from '../option.ts';
import { withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { onceForSchema, toOptional } from '../schema-copy.ts';
import { TransformProblem } from '../transform-problem.ts';

const behavior = textOption(
  'schema.behavior',
  'nullify',
  'What becomes of the schema: nullify, retain (an error if it takes no null), force_optional.',
  oneOf('nullify', 'retain', 'force_optional'),
);

/** `io.confluent.connect.transforms.Drop`: null in place of the key or value. */
export const drop: TransformDefinition = {
  options: [behavior],
  build(options, part) {
    const chosen = options.get(behavior);
    const toNullable = onceForSchema((schema): Schema => {
      if (chosen === 'retain' && !schema.optional) throw new TransformProblem('the schema takes no null');
      return toOptional(schema, true);
    });
    return {
      apply(record) {
        const { schema } = record[part];
        return withPart(record, part, chosen === 'nullify' || schema === null ? null : toNullable(schema), null);
      },
    };
  },
};
