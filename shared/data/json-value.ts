// TypeScript's library does not know it yet; V8 has had it since Node 21.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * A JSON number whose text a double cannot give back: 9007199254740993, 12.340, 1e400. `source` is the token as the
 * producer wrote it.
 */
export class JsonNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  /** Gives `JSON.stringify` the producer's token. */
  toJSON(): unknown {
    return rawJSON(this.source);
  }
}

/** A value of a schemaless JSON document. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | JsonNumber
  | readonly JsonValue[]
  | { readonly [member: string]: JsonValue };

/** True for a JSON object (not null, an array or a number). */
export function isJsonObject(value: JsonValue | undefined): value is { readonly [member: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}
