import { honoured } from '../../config/property.ts';
import { nonEmpty } from '../../config/validators.ts';
import type { ConnectRecord } from '../../data/connect-record.ts';
import { fieldSchema, type Schema } from '../../data/schema.ts';
import { type Fields, isFields, type Value } from '../../data/value.ts';
import { type NewFields, putField, readField, setField } from '../fields.ts';
import { compileRoute } from '../kafka/regex-router.ts';
import { flagOption, optionalText, requiredText, textOption } from '../option.ts';
import { requireStruct, requireStructSchema } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { copyStruct, onceForSchema, toOptional } from '../schema-copy.ts';
import { TransformProblem } from '../transform-problem.ts';
import { isEnvelopeSchema } from './envelope.ts';

const topicRegex = requiredText('topic.regex', 'Regular expression of whole topic names.', nonEmpty);
const topicReplacement = requiredText(
  'topic.replacement',
  'The new topic; $1 is what the first group matched.',
  nonEmpty,
);
const uniqueness = flagOption('key.enforce.uniqueness', 'true', 'Whether the key gets a field that tells the source.');
const keyRegex = optionalText('key.field.regex', 'Regular expression of whole topic names, for that field.');
const keyReplacement = optionalText('key.field.replacement', 'What that field holds.');
const modes = ['none', 'avro'];
const adjustment = textOption(
  'schema.name.adjustment.mode',
  'none',
  'none, or avro: names of schemas become names of Avro.',
  (value) => (modes.includes(value.toLowerCase()) ? undefined : `String must be one of: ${modes.join(', ')}`),
);

/**
 * `io.debezium.transforms.ByLogicalTableRouter`, later called ToLogicalTopicRouter: several tables as one topic, and
 * where each record comes from in its key.
 *
 * Source: Debezium, `ByLogicalTableRouter`.
 */
export function logicalTopicRouter(defaultKeyField: string, cacheName: string): TransformDefinition {
  const keyField = textOption('key.field.name', defaultKeyField, 'Name of that field.');
  const cacheSize = honoured({
    name: cacheName,
    type: 'INT',
    defaultText: '16',
    group: 'Transforms',
    documentation: 'Nothing depends on it: what is derived from a schema is kept with it.',
  });
  return {
    options: [topicRegex, topicReplacement, uniqueness, keyField, keyRegex, keyReplacement, adjustment, cacheSize],
    build(options) {
      const route = compileRoute(options, topicRegex, topicReplacement);
      const hasKeyRegex = (options.get(keyRegex) ?? '') !== '';
      if (hasKeyRegex && (options.get(keyReplacement) ?? '') === '') {
        options.refuse(keyReplacement, 'key.field.replacement must be non-empty if key.field.regex is set.');
      }
      const toIdentifier = hasKeyRegex ? compileRoute(options, keyRegex, keyReplacement) : undefined;
      const addsField = options.get(uniqueness);
      const fieldName = options.get(keyField);
      const adjust = options.get(adjustment).toLowerCase() === 'avro' ? toAvroName : (name: string) => name;

      const toKeySchema = onceForSchema((schema) =>
        onceForTopic((topic) => {
          const fields = [...requireStructSchema(schema).fields];
          if (addsField) fields.push({ name: fieldName, schema: { type: 'string', optional: false } });
          return toOptional({ ...copyStruct(schema, fields), name: adjust(`${topic}.Key`) }, schema.optional);
        }),
      );
      const toEnvelopeSchema = onceForSchema((schema) =>
        onceForTopic((topic) => {
          const before = fieldSchema(schema, 'before');
          if (before === undefined) throw new TransformProblem('there is no field before');
          const copied = toOptional(copyStruct(before, requireStructSchema(before).fields), before.optional);
          const row: Schema = { ...copied, name: adjust(`${topic}.Value`) };
          const fields = requireStructSchema(schema).fields.map(({ name, schema: of }) => ({
            name,
            schema: isImage(name) ? row : of,
          }));
          return toOptional({ ...copyStruct(schema, fields), name: adjust(`${topic}.Envelope`) }, schema.optional);
        }),
      );

      function toKey(record: ConnectRecord, topic: string): ConnectRecord['key'] {
        const { schema, value } = record.key;
        if (value === null) return { schema: null, value: null };
        if (schema === null) throw new TransformProblem('the key is no struct');
        const key = copyFields(schema, requireStruct(schema, value));
        if (addsField) setField(key, fieldName, toIdentifier?.(record.topic) ?? record.topic);
        return { schema: toKeySchema(schema)(topic), value: key };
      }

      return {
        readsKey: true,
        mayChangeTopic: true,
        apply(record) {
          const topic = route(record.topic);
          if (topic === undefined || topic === '') return record;
          const key = toKey(record, topic);
          const { schema, value } = record.value;
          if (value === null || !isEnvelopeSchema(schema)) return { ...record, topic, key };
          const envelope: NewFields = {};
          for (const { name, schema: of } of requireStructSchema(schema).fields) {
            const member = readField(requireStruct(schema, value), name, of, true);
            putField(envelope, name, of, isImage(name) && isFields(member) ? copyFields(of, member) : member);
          }
          return { ...record, topic, key, value: { schema: toEnvelopeSchema(schema)(topic), value: envelope } };
        },
      };
    },
  };
}

function isImage(name: string): boolean {
  return name === 'before' || name === 'after';
}

/** The fields, nulls replaced by defaults. */
function copyFields(schema: Schema, fields: Fields): NewFields {
  const copy: NewFields = {};
  for (const { name, schema: of } of requireStructSchema(schema).fields) {
    const value: Value = readField(fields, name, of, true);
    putField(copy, name, of, value);
  }
  return copy;
}

/** Most topics for which schemas are kept. */
const maxTopics = 1_000;

function onceForTopic<Result>(make: (topic: string) => Result): (topic: string) => Result {
  const made = new Map<string, Result>();
  return (topic) => {
    let result = made.get(topic);
    if (result === undefined) {
      result = make(topic);
      if (made.size >= maxTopics) made.clear();
      made.set(topic, result);
    }
    return result;
  };
}

/** A name that Avro takes: other characters become underscores; a digit at the start is kept behind one. */
function toAvroName(name: string): string {
  const first = /^[A-Za-z_]/.test(name) ? name.slice(0, 1) : /^\d/.test(name) ? `_${name[0]}` : '_';
  return first + name.slice(1).replace(/[^A-Za-z0-9_.]/g, '_');
}
