import { compileJavaPattern } from '../../config/java-pattern.ts';
import { fieldSchema, type Schema } from '../../data/schema.ts';
import type { Fields } from '../../data/value.ts';
import { getField, type NewFields, readField, setField } from '../fields.ts';
import { listOption, requiredText } from '../option.ts';
import { requireStruct, requireStructSchema, withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { isEnvelopeSchema, nestedStruct } from './envelope.ts';
import { findTimeZone, type TimeZone } from './time-zone.ts';
import { isZoned, toZone } from './zoned-value.ts';

const zoneName = requiredText('converted.timezone', 'A zone, as Europe/Berlin, or an offset, as +08:00.');
const include = listOption('include.list', 'What is converted: source:table[:field], topic:name[:field], name:field.');
const exclude = listOption('exclude.list', 'What is not converted, in the same form.');

/** Which fields a rule names; empty: all. */
type Rules = Map<string, Set<string>>;
type IsChosen = (field: string) => boolean;
const every: IsChosen = () => true;

/**
 * `io.debezium.transforms.TimezoneConverter`: timestamps of the images of a change event in another zone.
 *
 * Source: Debezium, `TimezoneConverter`.
 */
export const timezoneConverter: TransformDefinition = {
  options: [zoneName, include, exclude],
  build(options) {
    const zone = findTimeZone(options.get(zoneName) ?? '');
    if (zone === undefined) options.refuse(zoneName, 'It is neither a zone nor an offset of the form +hh:mm.');
    const included = options.get(include);
    const excluded = options.get(exclude);
    if (included.length > 0 && excluded.length > 0) {
      options.refuse(exclude, 'include.list and exclude.list exclude each other; keep one of them.');
    }
    const form = compileJavaPattern('\\[(source|topic|[".\\w\\s_]+):([".\\w\\s_]+(?::[".\\w\\s_]+)?(?:,|]$))+');
    for (const [option, list] of [[include, included] as const, [exclude, excluded] as const]) {
      if (list.length > 0 && !form.matches(`[${list.join(', ')}]`)) {
        options.refuse(option, 'Its rules have the forms source:table[:field], topic:name[:field] or name:field.');
      }
    }
    const find = createRules(excluded.length > 0 ? excluded : included);
    const chooses = included.length > 0 ? includes : excludes;
    return {
      apply(record) {
        const { schema, value } = record.value;
        if (value === null || !isEnvelopeSchema(schema) || zone === undefined) return record;
        const envelope = requireStruct(schema, value);
        const source = nestedStruct(schema, envelope, 'source');
        const table = source && getField(source.fields, 'table');
        const rule = find(record.topic, typeof table === 'string' ? table : undefined);
        const updated: NewFields = { ...envelope };
        for (const part of ['before', 'after', 'source'] as const) {
          const isChosen = chooses(rule, part);
          const image = nestedStruct(schema, envelope, part);
          if (isChosen === undefined || image === undefined) continue;
          setField(updated, part, convert(image.schema, image.fields, isChosen, zone, record.timestamp ?? 0));
        }
        return withPart(record, 'value', schema, updated);
      },
    };
  },
};

function includes(rule: ReadonlySet<string> | undefined, part: string): IsChosen | undefined {
  if (rule === undefined) return undefined;
  const named = namedIn(rule, part);
  if (part === 'source') return named.size > 0 ? (field) => named.has(field) : undefined;
  return rule.size === 0 ? every : (field) => named.has(field);
}

/** Without rules at all nothing is excluded. */
function excludes(rule: ReadonlySet<string> | undefined, part: string): IsChosen | undefined {
  if (rule === undefined) return part === 'source' ? undefined : every;
  if (rule.size === 0) return undefined;
  const named = namedIn(rule, part);
  if (part === 'source' && named.size === 0) return undefined;
  return (field) => !named.has(field);
}

/** The fields of a part that a rule names: `before.x` in one image, `x` in both, `source.x` in the source block. */
function namedIn(rule: ReadonlySet<string>, part: string): ReadonlySet<string> {
  return new Set(
    [...rule].flatMap((field) => {
      const prefix = /^(?:source|before|after)(?=\.)/.exec(field)?.[0];
      if (prefix === undefined) return part === 'source' ? [] : [field];
      return prefix === part ? [field.slice(prefix.length + 1)] : [];
    }),
  );
}

/** Finds the rule of a record; a prefix goes on to the rules behind it that have none. */
function createRules(list: readonly string[]): (topic: string, table: string | undefined) => Set<string> | undefined {
  const byTopic: Rules = new Map();
  const byTable: Rules = new Map();
  const byEither: Rules = new Map();
  let prefix: string | undefined;
  for (const item of list) {
    const parts = item.split(':');
    const hasPrefix = parts.length > 1 && /^(?:source|topic)$/i.test(parts[0]!);
    if (hasPrefix) prefix = parts[0];
    const [name = '', field] = hasPrefix ? parts.slice(1) : parts;
    const rules = prefix === 'topic' ? byTopic : prefix === 'source' ? byTable : byEither;
    const fields = rules.get(name) ?? new Set();
    if (field !== undefined) fields.add(field);
    rules.set(name, fields);
  }
  return (topic, table) =>
    byTopic.get(topic) ?? byTable.get(table ?? '') ?? byEither.get(topic) ?? byEither.get(table ?? '');
}

function convert(schema: Schema, given: Fields, isChosen: IsChosen, zone: TimeZone, nowMs: number): NewFields {
  const updated: NewFields = { ...given };
  for (const { name } of requireStructSchema(schema).fields) {
    const of = fieldSchema(schema, name)!;
    if (!isZoned(of.name) || !isChosen(name)) continue;
    const value = readField(given, name, of, true);
    if (value !== null) setField(updated, name, toZone(of.name, value, zone, nowMs));
  }
  return updated;
}
