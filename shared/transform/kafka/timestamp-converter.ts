import { oneOf } from '../../config/validators.ts';
import type { Schema } from '../../data/schema.ts';
import { isFields, type Value } from '../../data/value.ts';
import { getField, type NewFields, putField, readField, setField } from '../fields.ts';
import { replaceNullWithDefault, requiredText, textOption } from '../option.ts';
import { requireMap, requireStruct, requireStructSchema, withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { copyStruct, onceForSchema } from '../schema-copy.ts';
import { createTimestampConversion, type TimeType, toTargetSchema } from '../timestamp-conversion.ts';
import { TransformProblem } from '../transform-problem.ts';

const field = textOption('field', '', 'The field with the timestamp; empty: the whole is one.');
const targetType = requiredText(
  'target.type',
  'string, unix, Date, Time or Timestamp.',
  oneOf('string', 'unix', 'Date', 'Time', 'Timestamp'),
);
const format = textOption('format', '', "Pattern of Java's SimpleDateFormat for text, in UTC.");
const precision = textOption(
  'unix.precision',
  'milliseconds',
  'Unit of unix times.',
  oneOf('nanoseconds', 'microseconds', 'milliseconds', 'seconds'),
);

/**
 * `org.apache.kafka.connect.transforms.TimestampConverter`: timestamps as text, unix time or Connect's types. Without a
 * schema Connect's types are ISO 8601 text, because there is nothing else to tell them by.
 */
export const timestampConverter: TransformDefinition = {
  options: [field, targetType, format, precision, replaceNullWithDefault],
  build(options, part) {
    const name = options.get(field);
    const target = (options.get(targetType) ?? 'string') as TimeType;
    const pattern = options.get(format).trim() === '' ? undefined : options.get(format);
    if (target === 'string' && pattern === undefined) {
      options.refuse(format, 'TimestampConverter requires format option to be specified when using string timestamps.');
    }
    const convert = options.compile(format, () => createTimestampConversion(target, pattern, options.get(precision)));
    const withDefault = options.get(replaceNullWithDefault);
    const convertStruct = (schema: Schema, value: Value, nowMs: number): NewFields => {
      const given = requireStruct(schema, value);
      const updated: NewFields = {};
      for (const { name: fieldName, schema: of } of requireStructSchema(schema).fields) {
        const original = readField(given, fieldName, of, withDefault);
        putField(updated, fieldName, of, fieldName === name ? convertField(of, original, nowMs) : original);
      }
      return updated;
    };
    const convertField = (schema: Schema | null, value: Value, nowMs: number): Value => {
      try {
        return convert!(schema, value, nowMs);
      } catch (error) {
        if (!(error instanceof TransformProblem) || name === '') throw error;
        throw new TransformProblem(`of the field ${name}, ${error.message}`);
      }
    };
    const toSchema = onceForSchema((schema) => {
      const copied = copyStruct(
        schema,
        requireStructSchema(schema).fields.map(({ name: fieldName, schema: of }) => ({
          name: fieldName,
          schema: fieldName === name ? toTargetSchema(target, of.optional) : of,
        })),
      );
      const hasDefault = isFields(schema.default);
      return {
        ...copied,
        optional: schema.optional,
        ...(hasDefault && { default: convertStruct(schema, schema.default!, 0) }),
      };
    });
    return {
      apply(record) {
        const { schema, value } = record[part];
        const nowMs = record.timestamp ?? 0;
        if (schema === null) {
          if (value === null || name === '') return withPart(record, part, null, convertField(null, value, nowMs));
          const given = requireMap(value);
          const updated: NewFields = { ...given };
          setField(updated, name, convertField(null, getField(given, name) ?? null, nowMs));
          return withPart(record, part, null, updated);
        }
        if (name === '') {
          return withPart(record, part, toTargetSchema(target, schema.optional), convertField(schema, value, nowMs));
        }
        return withPart(record, part, toSchema(schema), value === null ? null : convertStruct(schema, value, nowMs));
      },
    };
  },
};
