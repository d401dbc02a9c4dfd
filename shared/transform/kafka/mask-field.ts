import { nonEmpty } from '../../config/validators.ts';
import type { Schema } from '../../data/schema.ts';
import type { Value } from '../../data/value.ts';
import { getField, type NewFields, putField, readField, setField } from '../fields.ts';
import { replacementOf, zeroOf } from '../mask-value.ts';
import { optionalText, replaceNullWithDefault, requiredList } from '../option.ts';
import { requireMap, requireStruct, requireStructSchema, withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { TransformProblem } from '../transform-problem.ts';

const fields = requiredList('fields', 'Fields to mask.');
const replacement = optionalText('replacement', 'What stands in their place: a text or a number.', nonEmpty);

/** `org.apache.kafka.connect.transforms.MaskField`: fields as the nothing of their type, or a replacement. */
export const maskField: TransformDefinition = {
  options: [fields, replacement, replaceNullWithDefault],
  build(options, part) {
    const masked = new Set(options.get(fields) ?? []);
    const text = options.get(replacement);
    const withDefault = options.get(replaceNullWithDefault);
    const mask = (name: string, schema: Schema | null, value: Value): Value => {
      if (value === null) return null;
      try {
        return text === undefined ? zeroOf(schema, value) : replacementOf(schema, value, text);
      } catch (error) {
        if (!(error instanceof TransformProblem)) throw error;
        throw new TransformProblem(`of the field ${name}, ${error.message}`);
      }
    };
    return {
      apply(record) {
        const { schema, value } = record[part];
        if (schema === null) {
          const given = requireMap(value);
          const updated: NewFields = { ...given };
          for (const name of masked) setField(updated, name, mask(name, null, getField(given, name) ?? null));
          return withPart(record, part, null, updated);
        }
        const given = requireStruct(schema, value);
        const updated: NewFields = {};
        for (const { name, schema: of } of requireStructSchema(schema).fields) {
          const original = readField(given, name, of, withDefault);
          putField(updated, name, of, masked.has(name) ? mask(name, of, original) : original);
        }
        return withPart(record, part, schema, updated);
      },
    };
  },
};
