import type { Field, Schema } from '../data/schema.ts';
import { TransformProblem } from './transform-problem.ts';

/**
 * A struct with the name, version, documentation and parameters of another: Connect's `SchemaUtil.copySchemaBasics`,
 * which leaves out whether it is optional, and its default.
 */
export function copyStruct(source: Schema, fields: readonly Field[]): Schema & { readonly fields: readonly Field[] } {
  return { ...copyBasics(source), type: 'struct', fields: checkFields(fields) };
}

/** What Connect's `SchemaUtil.copySchemaBasics` takes over. */
export function copyBasics(source: Schema): Pick<Schema, 'optional' | 'name' | 'version' | 'doc' | 'parameters'> {
  const { name, version, doc, parameters } = source;
  return {
    optional: false,
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    ...(doc !== undefined && { doc }),
    ...(parameters !== undefined && { parameters }),
  };
}

/** A schema of that kind which takes null, or not. */
export function toOptional(schema: Schema, optional: boolean): Schema {
  return schema.optional === optional ? schema : { ...schema, optional };
}

/** Fields, none of which has the name of another. */
export function checkFields(fields: readonly Field[]): readonly Field[] {
  const names = new Set<string>();
  for (const { name } of fields) {
    if (names.has(name)) throw new TransformProblem(`it would make two fields called ${name}`);
    names.add(name);
  }
  return fields;
}

/** What a schema becomes, made once for each: converters give the same object for the same written schema. */
export function onceForSchema<Result>(make: (schema: Schema) => Result): (schema: Schema) => Result {
  const made = new WeakMap<Schema, Result>();
  return (schema) => {
    let result = made.get(schema);
    if (result === undefined) {
      result = make(schema);
      made.set(schema, result);
    }
    return result;
  };
}
