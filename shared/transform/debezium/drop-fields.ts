import type { ConnectRecord } from '../../data/connect-record.ts';
import type { SchemaAndValue } from '../../data/schema.ts';
import { replaceField } from '../kafka/replace-field.ts';
import { fixedOptions } from '../options.ts';
import { type Part, requireStructSchema } from '../part.ts';
import type { Transform } from '../transform.ts';
import { TransformProblem } from '../transform-problem.ts';

/** Most lists of fields that are remembered; tables have few columns that are unavailable. */
const maxLists = 100;

/**
 * Leaves the fields out that a header of the record lists, if it has that header: of the value, and of the key if asked.
 * With `keepsCompatible` only those that are optional.
 */
export function createFieldDropper(
  headerName: string,
  fromKey: boolean,
  keepsCompatible: boolean,
): (record: ConnectRecord) => ConnectRecord {
  const known = new Map<string, Transform>();
  return (record) => {
    if (headerName.trim() === '') return record;
    const list = record.headers.find(({ name }) => name === headerName)?.value ?? null;
    if (list === null) return record;
    if (!Array.isArray(list)) throw new TransformProblem(`the header ${headerName} is no list of fields`);
    const names = list.filter((name) => typeof name === 'string');
    const fromOneKey = fromKey && record.key.value !== null;
    return dropFrom(fromOneKey ? dropFrom(record, 'key', names) : record, 'value', names);
  };

  function dropFrom(record: ConnectRecord, part: Part, names: readonly string[]): ConnectRecord {
    const dropped = keepsCompatible ? optionalOnly(record[part], names) : names;
    if (dropped.length === 0) return record;
    const key = `${part}\n${dropped.join('\n')}`;
    let transform = known.get(key);
    if (transform === undefined) {
      const options = fixedOptions(replaceField.options, { exclude: dropped.join(',') });
      transform = replaceField.build(options, part).apply;
      if (known.size >= maxLists) known.clear();
      known.set(key, transform);
    }
    return transform(record)!;
  }
}

function optionalOnly({ schema }: SchemaAndValue, names: readonly string[]): readonly string[] {
  if (schema === null) return [];
  const optional = requireStructSchema(schema).fields.filter((field) => field.schema.optional);
  return optional.map(({ name }) => name).filter((name) => names.includes(name));
}
