import type { AnyProperty } from '../../config/property.ts';
import { parseFieldPath, pathSchema, readMapPath, readStructPath } from '../field-path.ts';
import { replaceNullWithDefault, requiredText, textOption } from '../option.ts';
import { requireMap, requireStruct, withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { onceForSchema } from '../schema-copy.ts';
import { TransformProblem } from '../transform-problem.ts';

const field = requiredText('field', 'The field that replaces the key or value.');
const version = textOption(
  'field.syntax.version',
  'V1',
  'V1: a field at the root. V2: dots lead into nested fields.',
  (value) => (/^v[12]$/i.test(value) ? undefined : 'String must be one of (case insensitive): V1, V2'),
);
const options: readonly AnyProperty[] = [field, version, replaceNullWithDefault];

/** `org.apache.kafka.connect.transforms.ExtractField`: one field in place of the whole. */
export const extractField: TransformDefinition = {
  options,
  build(given, part) {
    const name = given.get(field) ?? '';
    const syntax = given.get(version).toUpperCase() === 'V2' ? 'V2' : 'V1';
    const path = given.compile(field, () => parseFieldPath(name, syntax)) ?? [name];
    const withDefault = given.get(replaceNullWithDefault);
    const toSchema = onceForSchema((schema) => {
      const found = pathSchema(schema, path);
      if (found === undefined) throw new TransformProblem(`there is no field ${name}`);
      return found;
    });
    return {
      apply(record) {
        const { schema, value } = record[part];
        if (schema === null) {
          return withPart(record, part, null, value === null ? null : readMapPath(requireMap(value), path));
        }
        const fields = value === null ? null : requireStruct(schema, value);
        const updated = fields === null ? null : readStructPath(schema, fields, path, withDefault);
        return withPart(record, part, toSchema(schema), updated);
      },
    };
  },
};
