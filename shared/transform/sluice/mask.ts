import { isSecretReference } from '../../aws/secret-reference.ts';
import { honoured } from '../../config/property.ts';
import { between, nonEmpty, oneOf } from '../../config/validators.ts';
import { fieldSchema, type Schema } from '../../data/schema.ts';
import { type Fields, isFields, type Value } from '../../data/value.ts';
import { getField, type NewFields, setField } from '../fields.ts';
import { optionalText, requiredList, requiredText, textOption } from '../option.ts';
import type { Options } from '../options.ts';
import { requireMap, requireStruct, requireStructSchema, withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { copyStruct, onceForSchema, toOptional } from '../schema-copy.ts';
import { TransformProblem } from '../transform-problem.ts';
import { fixedMask, hashMask, type Masking, nullMask, partialMask } from './masking.ts';

const modes = ['null', 'fixed', 'hash', 'partial'];
const fields = requiredList('fields', 'Columns to mask, in a row as in both images of a change event.');
const mode = requiredText('mode', 'null, fixed, hash or partial.', oneOf(...modes));
const replacement = optionalText('replacement', 'What stands in place of every value, for fixed.', nonEmpty);
const hashKey = honoured({
  name: 'hash.key',
  type: 'PASSWORD',
  group: 'Transforms',
  documentation: 'The key of hash, 16 characters or more: a reference to a secret.',
});
const keepFirst = keepOption('keep.first');
const keepLast = keepOption('keep.last');
const character = textOption('mask.character', '*', 'What hides a character, for partial.', (value) =>
  [...value].length === 1 ? undefined : 'It must be one character',
);

/** Shortest key of a hash; what hashes hide could be tried out otherwise. */
const minKeyLength = 16;

/** Members of a change event that hold no columns, whatever columns are called. */
const envelopeMembers = ['before', 'after', 'op', 'source', 'transaction', 'schema', 'ts_ms', 'ts_us', 'ts_ns'];

/**
 * `io.sluice.transforms.Mask`: columns as null, a constant, a keyed hash, or a text of which the ends are left. A value
 * that is null stays null; a column that is not there is none. In a change event the columns of both images are masked.
 */
export const mask: TransformDefinition = {
  options: [fields, mode, replacement, hashKey, keepFirst, keepLast, character],
  build(options, part) {
    const masking = toMasking(options);
    const inRow = new Set(options.get(fields) ?? []);
    const inEnvelope = new Set([...inRow].filter((name) => !envelopeMembers.includes(name)));

    function maskSchema(schema: Schema, names: ReadonlySet<string>, toImage = (of: Schema) => of): Schema {
      const masked = requireStructSchema(schema).fields.map(({ name, schema: of }) => {
        if (names.has(name)) return { name, schema: masking.toSchema(of) };
        const isImage = (name === 'before' || name === 'after') && of.type === 'struct';
        return { name, schema: isImage ? toImage(of) : of };
      });
      return toOptional(copyStruct(schema, masked), schema.optional);
    }
    const toRowSchema = onceForSchema((schema) => maskSchema(schema, inRow));
    const toEnvelopeSchema = onceForSchema((schema) => maskSchema(schema, inEnvelope, toRowSchema));

    function maskFields(schema: Schema | null, given: Fields, names: ReadonlySet<string>): NewFields {
      const updated: NewFields = { ...given };
      for (const name of names) {
        const value = getField(given, name) ?? null;
        if (value !== null) setField(updated, name, maskValue(name, fieldSchema(schema, name) ?? null, value));
      }
      return updated;
    }
    function maskValue(name: string, schema: Schema | null, value: Value): Value {
      try {
        return masking.mask(schema, value);
      } catch (error) {
        if (!(error instanceof TransformProblem)) throw error;
        throw new TransformProblem(`of the field ${name}, ${error.message}`);
      }
    }

    return {
      apply(record) {
        const { schema, value } = record[part];
        if (value === null) {
          return schema?.type === 'struct' ? withPart(record, part, toRowSchema(schema), null) : record;
        }
        const given = schema === null ? requireMap(value) : requireStruct(schema, value);
        if (!isEnvelope(given)) {
          return withPart(record, part, schema && toRowSchema(schema), maskFields(schema, given, inRow));
        }
        const updated = maskFields(schema, given, inEnvelope);
        for (const member of ['before', 'after']) {
          const image = getField(given, member);
          const of = fieldSchema(schema, member) ?? null;
          if (isFields(image)) setField(updated, member, maskFields(of, image, inRow));
        }
        return withPart(record, part, schema && toEnvelopeSchema(schema), updated);
      },
    };
  },
};

/** As `parseChange` tells a change event from a row. */
function isEnvelope(value: Fields): boolean {
  return Object.hasOwn(value, 'op') && ['before', 'after', 'source'].some((member) => Object.hasOwn(value, member));
}

function toMasking(options: Options): Masking {
  switch (options.get(mode)) {
    case 'fixed':
      if (options.get(replacement) === undefined) options.refuse(replacement, 'mode=fixed needs a replacement.');
      return fixedMask(options.get(replacement) ?? '');
    case 'hash':
      return hashMask(requireKey(options));
    case 'partial':
      return partialMask(options.get(keepFirst), options.get(keepLast), options.get(character));
    default:
      return nullMask;
  }
}

function requireKey(options: Options): string {
  const key = options.get(hashKey);
  if (key === undefined) options.refuse(hashKey, 'mode=hash needs a key.');
  else if (key.length < minKeyLength && !isSecretReference(key)) {
    options.refuse(hashKey, `The key must have ${minKeyLength} characters or more.`);
  }
  return key ?? '';
}

function keepOption(name: string) {
  return honoured({
    name,
    type: 'INT',
    defaultText: '0',
    group: 'Transforms',
    documentation: 'How many characters are left at that end, for partial.',
    validate: between(0, 1_000),
  });
}
