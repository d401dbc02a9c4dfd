import type { ConnectRecord } from '../../data/connect-record.ts';
import type { Schema } from '../../data/schema.ts';
import type { Value } from '../../data/value.ts';
import { type NewFields, putField, readField, setField } from '../fields.ts';
import { timestampSchema } from '../logical-name.ts';
import { optionalText, replaceNullWithDefault } from '../option.ts';
import { requireMap, requireStruct, requireStructSchema, withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { copyStruct, onceForSchema, toOptional } from '../schema-copy.ts';

const suffixes = 'With ! behind the name it is required, with ? optional (the default).';
const topicField = optionalText('topic.field', `Field for the topic. ${suffixes}`);
const partitionField = optionalText('partition.field', `Field for the partition. ${suffixes}`);
const offsetField = optionalText('offset.field', `Field for the offset. ${suffixes}`);
const timestampField = optionalText('timestamp.field', `Field for the record's timestamp. ${suffixes}`);
const staticField = optionalText('static.field', `Field for static.value. ${suffixes}`);
const staticValue = optionalText('static.value', 'Text of static.field.');

interface Insertion {
  readonly name: string;
  readonly schema: Schema;
  readonly read: (record: ConnectRecord) => Value;
}

/** `org.apache.kafka.connect.transforms.InsertField`: what is known of the record, and a constant, as fields. */
export const insertField: TransformDefinition = {
  options: [topicField, partitionField, offsetField, timestampField, staticField, staticValue, replaceNullWithDefault],
  build(options, part) {
    const constant = options.get(staticValue);
    const wanted = [
      [topicField, { type: 'string', optional: false }, ({ topic }) => topic],
      [partitionField, { type: 'int32', optional: false }, ({ partition }) => partition],
      [offsetField, { type: 'int64', optional: false }, ({ offset }) => offset],
      [timestampField, timestampSchema, ({ timestamp }) => timestamp],
      [staticField, { type: 'string', optional: false }, () => constant ?? null],
    ] satisfies [typeof topicField, Schema, Insertion['read']][];
    const insertions = wanted.flatMap(([option, schema, read]): Insertion[] => {
      const written = options.get(option);
      if (written === undefined) return [];
      const name = /[?!]$/.test(written) ? written.slice(0, -1) : written;
      return [{ name, schema: toOptional(schema, !written.endsWith('!')), read }];
    });
    if (insertions.length === 0) options.refuse(topicField, 'No field insertion configured.');
    if (options.get(staticField) !== undefined && constant === undefined) {
      options.refuse(staticValue, 'No value specified for static.field.');
    }
    const withDefault = options.get(replaceNullWithDefault);
    const toSchema = onceForSchema((schema) =>
      copyStruct(schema, [
        ...requireStructSchema(schema).fields,
        ...insertions.map(({ name, schema: of }) => ({ name, schema: of })),
      ]),
    );
    return {
      apply(record) {
        const { schema, value } = record[part];
        if (value === null) return record;
        if (schema === null) {
          const updated: NewFields = { ...requireMap(value) };
          for (const { name, read } of insertions) {
            const inserted = read(record);
            if (inserted !== null) setField(updated, name, inserted);
          }
          return withPart(record, part, null, updated);
        }
        const given = requireStruct(schema, value);
        const updated: NewFields = {};
        for (const { name, schema: of } of requireStructSchema(schema).fields) {
          putField(updated, name, of, readField(given, name, of, withDefault));
        }
        for (const { name, read } of insertions) setField(updated, name, read(record));
        return withPart(record, part, toSchema(schema), updated);
      },
    };
  },
};
