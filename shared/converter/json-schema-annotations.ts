import type { Schema } from '../data/schema.ts';
import type { Fields, Value } from '../data/value.ts';
import { Misfit, type ReadValue } from './connect-value.ts';
import { anyJson, describe, type Reading } from './json-schema-scalars.ts';

/** A schema of Connect and what reads its values. */
export interface Compiled {
  readonly schema: Schema;
  readonly read: ReadValue;
}

/** Adds what annotates the schema, null and its default to how its other values are read. */
export function complete(reading: Reading, node: Fields, isOptional: boolean): Compiled {
  const { schema: bare, read } = reading;
  const optional = isOptional || reading === anyJson;
  const { name, ...annotations } = describe(node);
  const schema: Schema = {
    ...bare,
    ...annotations,
    ...(bare.parameters && { parameters: { ...bare.parameters, ...annotations.parameters } }),
    ...(name !== undefined && bare.name === undefined && { name }),
    optional,
  };
  return withDefault({ schema, read: orNull(read, optional) }, node);
}

/** A property that is not there is null whatever the schema says, as in Connect; one that is null must be allowed to be. */
function orNull(read: Reading['read'], optional: boolean): ReadValue {
  return (json, hasMarks) => {
    if (json === undefined) return null;
    if (json !== null) return read(json, hasMarks);
    return optional ? null : refuseNull();
  };
}

export function withDefault({ schema, read }: Compiled, { default: written = null }: Fields): Compiled {
  if (written === null || schema.type === undefined) return { schema, read };
  let value: Value;
  try {
    value = read(written, false);
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    // A default that is not of its schema is none.
    return { schema, read };
  }
  return {
    schema: { ...schema, default: value },
    read: (json, hasMarks) => (json === null || json === undefined ? value : read(json, hasMarks)),
  };
}

function refuseNull(): never {
  throw new Misfit('Invalid null value for a required field');
}
