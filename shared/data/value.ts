// TypeScript's library does not know it yet; V8 has had it since Node 21.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * A number that its double may not give back, as text: a token of a JSON document as the producer wrote it
 * (9007199254740993, 12.340, 1e400), or the plain digits of a decimal.
 */
export class ExactNumber {
  /** As JSON writes numbers. */
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  /** Gives `JSON.stringify` the digits as they are. */
  toJSON(): unknown {
    return rawJSON(this.source);
  }
}

/** The members of a JSON object, the fields of a struct, or the entries of a map whose keys are strings. */
export type Fields = { readonly [name: string]: Value };

/**
 * A value of a record on its way through Sluice, whatever wrote it. What its JavaScript type does not say, the
 * `Schema` beside it does.
 *
 * - numbers: `number` where a double is what was written (int8 to int32, float32, float64, and integers within ±2^53);
 *   `bigint` for an int64 beyond; {@link ExactNumber} for decimals, and for numbers of schemaless JSON that a double would
 *   change
 * - bytes: `Buffer`; text, enums: `string`
 * - struct, JSON object, map with string keys: a plain object; map with other keys: `Map`
 * - dates, times, timestamps, durations: the number or text that the format carries, never a `Date`: the schema's name
 *   tells its unit
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | ExactNumber
  | Buffer
  | readonly Value[]
  | ReadonlyMap<Value, Value>
  | Fields;

/** True for a JSON object, a struct or a map with string keys: not null, an array, bytes, a number or another map. */
export function isFields(value: Value | undefined): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !(value instanceof ExactNumber || Buffer.isBuffer(value) || value instanceof Map);
}
