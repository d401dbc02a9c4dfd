import { oneOf } from '../../config/validators.ts';
import type { ConnectRecord } from '../../data/connect-record.ts';
import { isFields, type Value } from '../../data/value.ts';
import { getField } from '../fields.ts';
import { evaluateJsonPath } from '../json-path/evaluate-json-path.ts';
import { parseJsonPath } from '../json-path/parse-json-path.ts';
import { flagOption, textOption } from '../option.ts';
import type { Options } from '../options.ts';
import { kindOf, type Part } from '../part.ts';
import type { BuiltTransform, TransformDefinition } from '../plugin-definition.ts';
import { TransformProblem } from '../transform-problem.ts';

const field = textOption('field', '', 'The field, or the name of the header; empty: the whole.');
const format = textOption('field.format', 'PLAIN', 'PLAIN or JSON_PATH.', (value) =>
  oneOf('PLAIN', 'JSON_PATH')(value.toUpperCase()),
);
const skip = flagOption('skip.missing.or.null', 'false', 'Whether a record without it keeps its topic.');

/** `io.confluent.connect.transforms.ExtractTopic$Key` and `$Value`: the topic is a text of the record. */
export const extractTopic: TransformDefinition = {
  options: [field, format, skip],
  build(options, part) {
    const name = options.get(field);
    if (options.get(format).toUpperCase() === 'JSON_PATH' && name !== '') {
      const path = options.compile(field, () => parseJsonPath(name));
      return routeBy(options, (record) => evaluateJsonPath(path!, record[part].value).values[0]);
    }
    return routeBy(options, (record) => readField(record, part, name));
  },
};

/** `io.confluent.connect.transforms.ExtractTopic$Header`: the topic is a header. */
export const extractTopicFromHeader: TransformDefinition = {
  options: [field, skip],
  build(options) {
    const name = options.get(field);
    if (name === '') options.refuse(field, 'It must name a header.');
    const read = ({ headers }: ConnectRecord) => headers.findLast((header) => header.name === name)?.value;
    return { ...routeBy(options, read), readsHeaders: true };
  },
};

function readField(record: ConnectRecord, part: Part, name: string): Value | undefined {
  const { value } = record[part];
  if (name === '' || value === null) return value;
  if (!isFields(value)) throw new TransformProblem(`it works on structs and maps only, and this is ${kindOf(value)}`);
  return getField(value, name);
}

function routeBy(options: Options, read: (record: ConnectRecord) => Value | undefined): BuiltTransform {
  const skips = options.get(skip);
  const what = options.get(field) === '' ? 'it' : `the field ${options.get(field)}`;
  return {
    mayChangeTopic: true,
    apply(record) {
      const topic = read(record) ?? null;
      if (typeof topic === 'string' && topic !== '') return { ...record, topic };
      if (skips && (topic === null || topic === '')) return record;
      throw new TransformProblem(
        topic === null ? `${what} is missing or null` : `${what} is no text that names a topic`,
      );
    },
  };
}
