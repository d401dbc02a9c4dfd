import { honoured } from '../../config/property.ts';
import { type NewFields, putField, readField } from '../fields.ts';
import { optionalText, replaceNullWithDefault } from '../option.ts';
import { requireStruct, requireStructSchema, withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { onceForSchema } from '../schema-copy.ts';
import { TransformProblem } from '../transform-problem.ts';

const schemaName = optionalText('schema.name', 'Name of the schema.');
const schemaVersion = honoured({
  name: 'schema.version',
  type: 'INT',
  group: 'Transforms',
  documentation: 'Version of the schema.',
});

/** `org.apache.kafka.connect.transforms.SetSchemaMetadata`: another name or version of the schema. */
export const setSchemaMetadata: TransformDefinition = {
  options: [schemaName, schemaVersion, replaceNullWithDefault],
  build(options, part) {
    const name = options.get(schemaName);
    const version = options.get(schemaVersion);
    if (name === undefined && version === undefined) {
      options.refuse(schemaName, 'Neither schema name nor version configured.');
    }
    const withDefault = options.get(replaceNullWithDefault);
    const toSchema = onceForSchema((schema) => ({
      ...schema,
      ...(name !== undefined && { name }),
      ...(version !== undefined && { version }),
    }));
    return {
      apply(record) {
        const { schema, value } = record[part];
        if (schema === null) {
          if (value === null) return record;
          throw new TransformProblem('it needs a schema');
        }
        const { fields } = requireStructSchema(schema);
        if (value === null) return withPart(record, part, toSchema(schema), null);
        const given = requireStruct(schema, value);
        const updated: NewFields = {};
        for (const { name: field, schema: of } of fields) {
          putField(updated, field, of, readField(given, field, of, withDefault));
        }
        return withPart(record, part, toSchema(schema), updated);
      },
    };
  },
};
