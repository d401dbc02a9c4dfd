import type { ConnectHeader, ConnectRecord } from '../../data/connect-record.ts';
import { fieldSchema, type Schema } from '../../data/schema.ts';
import type { Fields } from '../../data/value.ts';
import { getField, type NewFields, setField } from '../fields.ts';
import { insertField } from '../kafka/insert-field.ts';
import { flagOption, listOption, optionalText, replaceNullWithDefault, textOption } from '../option.ts';
import { fixedOptions } from '../options.ts';
import { requireStruct, requireStructSchema, withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { copyStruct, onceForSchema } from '../schema-copy.ts';
import type { Transform } from '../transform.ts';
import { TransformProblem } from '../transform-problem.ts';
import { createFieldDropper } from './drop-fields.ts';
import { isEnvelopeSchema, nestedStruct, requireText } from './envelope.ts';
import { parseFieldReferences, referredSchema, referredValue } from './field-reference.ts';

const modes = ['drop', 'tombstone', 'rewrite', 'rewrite-with-tombstone', 'delete-to-tombstone'];
const deleteMode = textOption(
  'delete.tombstone.handling.mode',
  'tombstone',
  `What becomes of deletes and tombstones: ${modes.join(', ')}.`,
  (value) => (modes.includes(value.toLowerCase()) ? undefined : `String must be one of: ${modes.join(', ')}`),
);
const routeByField = textOption('route.by.field', '', 'A column whose value is the new topic.');
const addFields = listOption('add.fields', 'Fields of the envelope to add to the row, as source.ts_ms or op:newname.');
const addFieldsPrefix = textOption('add.fields.prefix', '__', 'What their names begin with.');
const addHeaders = listOption('add.headers', 'Fields of the envelope to add as headers.');
const addHeadersPrefix = textOption('add.headers.prefix', '__', 'What their names begin with.');
const dropHeader = optionalText('drop.fields.header.name', 'A header that lists fields to leave out.');
const dropFromKey = flagOption('drop.fields.from.key', 'false', 'Whether they are left out of the key too.');
const keepCompatible = flagOption(
  'drop.fields.keep.schema.compatible',
  'true',
  'Whether only optional fields may be left out.',
);

/**
 * `io.debezium.transforms.ExtractNewRecordState`: the row of a change event. Whatever has not the schema of an envelope
 * stays as it is, plain JSON too.
 *
 * Source: Debezium, `ExtractNewRecordState`, `DefaultDeleteHandlingStrategy`.
 */
export const extractNewRecordState: TransformDefinition = {
  options: [
    deleteMode,
    routeByField,
    addFields,
    addFieldsPrefix,
    addHeaders,
    addHeadersPrefix,
    dropHeader,
    dropFromKey,
    keepCompatible,
    replaceNullWithDefault,
  ],
  build(options) {
    const mode = options.get(deleteMode).toLowerCase();
    const rewrites = mode.startsWith('rewrite');
    const route = options.get(routeByField);
    const references = (list: typeof addFields, prefix: typeof addFieldsPrefix) =>
      options.compile(list, () => parseFieldReferences(options.get(list), options.get(prefix))) ?? [];
    const newFields = references(addFields, addFieldsPrefix);
    const newHeaders = references(addHeaders, addHeadersPrefix);
    const headerName = options.get(dropHeader) ?? '';
    const dropFields = createFieldDropper(headerName, options.get(dropFromKey), options.get(keepCompatible));
    const markDeleted = markBy('true', options.get(replaceNullWithDefault));
    const markPresent = markBy('false', options.get(replaceNullWithDefault));

    const toRowSchema = onceForSchema((envelope) =>
      onceForSchema((row) =>
        copyStruct(row, [
          ...requireStructSchema(row).fields,
          ...newFields.flatMap((reference) => {
            const schema = referredSchema(envelope, reference);
            return schema === undefined ? [] : [{ name: reference.newName, schema }];
          }),
        ]),
      ),
    );

    function withFields(record: ConnectRecord, envelopeSchema: Schema, envelope: Fields): ConnectRecord {
      const { schema, value } = record.value;
      if (schema === null) throw new TransformProblem('the row has no schema');
      const row = requireStruct(schema, value);
      const rowSchema = toRowSchema(envelopeSchema)(schema);
      const updated: NewFields = {};
      for (const { name } of requireStructSchema(schema).fields) setField(updated, name, getField(row, name) ?? null);
      for (const reference of newFields) {
        if (referredSchema(envelopeSchema, reference) === undefined) continue;
        setField(updated, reference.newName, referredValue(envelopeSchema, envelope, reference));
      }
      return withPart(record, 'value', rowSchema, updated);
    }

    function withRoute(record: ConnectRecord, row: Fields): ConnectRecord {
      const topic = route === '' ? null : requireText(row, route);
      return topic === null || topic.trim() === '' ? record : { ...record, topic };
    }

    function toHeaders(envelope: { readonly schema: Schema; readonly fields: Fields } | undefined): ConnectHeader[] {
      return newHeaders.flatMap((reference): ConnectHeader[] => {
        const name = reference.newName;
        if (envelope === undefined) {
          return reference.field === 'op' ? [{ name, schema: { type: 'string', optional: false }, value: 'd' }] : [];
        }
        const schema = referredSchema(envelope.schema, reference);
        return schema ? [{ name, schema, value: referredValue(envelope.schema, envelope.fields, reference) }] : [];
      });
    }

    function extractDeleted(record: ConnectRecord, rowSchema: Schema, before: Fields): ConnectRecord | null {
      if (mode === 'drop') return null;
      if (mode === 'tombstone') return withPart(record, 'value', rowSchema, null);
      if (mode === 'delete-to-tombstone') return withPart(record, 'value', null, null);
      const beforeSchema = fieldSchema(record.value.schema, 'before')!;
      return markDeleted(withPart(record, 'value', beforeSchema, before));
    }

    return {
      readsHeaders: headerName !== '',
      readsKey: options.get(dropFromKey),
      mayChangeTopic: route !== '',
      apply(given) {
        const { schema, value } = given.value;
        const isEnvelope = isEnvelopeSchema(schema);
        if (!isEnvelope && value !== null) return given;
        const envelope = value === null ? undefined : { schema: schema!, fields: requireStruct(schema!, value) };
        const added = toHeaders(envelope);
        const record = added.length === 0 ? given : { ...given, headers: [...given.headers, ...added] };
        if (envelope === undefined) return mode === 'rewrite-with-tombstone' ? record : null;

        const rowSchema = fieldSchema(envelope.schema, 'after');
        if (rowSchema === undefined) throw new TransformProblem('there is no field after');
        const after = nestedStruct(envelope.schema, envelope.fields, 'after');
        const before = nestedStruct(envelope.schema, envelope.fields, 'before');
        if (after !== undefined) {
          const row = withPart(record, 'value', rowSchema, after.fields);
          const routed = withRoute(rewrites ? markPresent(row)! : row, after.fields);
          return dropFields(withFields(routed, envelope.schema, envelope.fields));
        }
        // Without either image it is a truncate.
        if (before === undefined) return null;
        const row = extractDeleted(record, rowSchema, before.fields);
        if (row === null) return null;
        const dropped = dropFields(withRoute(row, before.fields));
        return dropped.value.value === null ? dropped : withFields(dropped, envelope.schema, envelope.fields);
      },
    };
  },
};

/** Adds `__deleted`. */
function markBy(text: string, withDefault: boolean): Transform {
  const texts = {
    'static.field': '__deleted',
    'static.value': text,
    'replace.null.with.default': String(withDefault),
  };
  return insertField.build(fixedOptions(insertField.options, texts), 'value').apply;
}
