import { isUtf8 } from 'node:buffer';
import type { Schema, SchemaAndValue } from '../data/schema.ts';
import { isFields, type Value } from '../data/value.ts';
import { parseConnectSchema } from './connect-schema.ts';
import { createValueReader, Misfit, type ReadValue } from './connect-value.ts';
import { decodeUtf8, type MarkedJson, parseJson, parseJsonLossless, parseJsonMarked } from './json-text.ts';
import { unreadable } from './unreadable.ts';

/** What is kept of a written schema. */
interface KnownSchema {
  readonly schema: Schema | null;
  readonly read: ReadValue;
  /** The document up to its payload; empty where that does not come last. */
  readonly head: Buffer;
}

/** Most bytes of written schemas that are kept, whatever their number. */
const maxKeptBytes = 8_388_608;

/** Schemas that came last are looked for first, by comparing bytes; more of them would take longer than a search. */
const maxRecent = 8;

const envelopeProblem =
  'JsonConverter with schemas.enable requires "schema" and "payload" fields and may not contain additional fields. If you ' +
  'are trying to deserialize plain JSON data, set schemas.enable=false in your converter configuration';

/**
 * Decodes `{"schema": …, "payload": …}`. The schemas that were written are remembered by their bytes, so that of a document
 * that begins with a known one the payload alone is parsed.
 */
export class EnvelopeDecoder {
  readonly #replaceNullWithDefault: boolean;
  readonly #maxSchemas: number;
  readonly #byText = new Map<string, KnownSchema>();
  readonly #recent: KnownSchema[] = [];
  #keptBytes = 0;

  constructor(settings: { readonly replaceNullWithDefault: boolean; readonly maxSchemas: number }) {
    this.#replaceNullWithDefault = settings.replaceNullWithDefault;
    this.#maxSchemas = Math.max(1, settings.maxSchemas);
  }

  /**
   * Numbers of a payload without schema (`"schema": null`) are exact where `lossless` says so, others always are.
   *
   * @throws SluiceError `VALUE_NOT_JSON`, `VALUE_UNREADABLE`
   */
  decode(bytes: Buffer, lossless: boolean): SchemaAndValue {
    const known = this.#find(bytes);
    const text = known && payloadText(bytes, known.head.length);
    if (known === undefined || text === undefined) return this.#decodeWhole(decodeUtf8(bytes));
    let payload: MarkedJson;
    try {
      if (known.schema === null) return { schema: null, value: lossless ? parseJsonLossless(text) : parseJson(text) };
      payload = parseJsonMarked(text);
    } catch {
      // Something follows the payload.
      return this.#decodeWhole(decodeUtf8(bytes));
    }
    return { schema: known.schema, value: readJson(known.read, payload) };
  }

  #find(bytes: Buffer): KnownSchema | undefined {
    const recent = this.#recent;
    for (let i = 0; i < recent.length; i++) {
      const known = recent[i]!;
      if (!startsWith(bytes, known.head)) continue;
      if (i > 0) this.#moveToFront(known, i);
      return known;
    }
    const length = headLength(bytes);
    if (length === 0) return undefined;
    const head = bytes.subarray(0, length);
    const key = head.toString('latin1');
    const known = this.#byText.get(key) ?? this.#learnHead(key, head);
    this.#moveToFront(known, recent.length);
    return known;
  }

  #moveToFront(known: KnownSchema, from: number): void {
    this.#recent.splice(from, 1);
    this.#recent.unshift(known);
    if (this.#recent.length > maxRecent) this.#recent.pop();
  }

  #learnHead(key: string, head: Buffer): KnownSchema {
    const document = parseJsonLossless(`${decodeUtf8(head)}null}`);
    return this.#learn(key, (document as { readonly schema: Value }).schema, Buffer.from(head));
  }

  #learn(key: string, written: Value, head: Buffer): KnownSchema {
    const schema = readAs(parseConnectSchema, written);
    const read: ReadValue =
      schema === null ? (json) => json ?? null : createValueReader(schema, this.#replaceNullWithDefault);
    const known = { schema, read, head };
    this.#byText.set(key, known);
    this.#keptBytes += key.length;
    for (const oldest of this.#byText.keys()) {
      if (oldest === key || (this.#byText.size <= this.#maxSchemas && this.#keptBytes <= maxKeptBytes)) break;
      const dropped = this.#byText.get(oldest)!;
      this.#byText.delete(oldest);
      this.#keptBytes -= oldest.length;
      const at = this.#recent.indexOf(dropped);
      if (at >= 0) this.#recent.splice(at, 1);
    }
    return known;
  }

  /** For documents whose payload does not come last, and for those that are none. */
  #decodeWhole(text: string): SchemaAndValue {
    const document = parseJsonLossless(text);
    const isEnvelope =
      isFields(document) &&
      Object.keys(document).length === 2 &&
      Object.hasOwn(document, 'schema') &&
      Object.hasOwn(document, 'payload');
    if (!isEnvelope) unreadable(envelopeProblem);
    const { schema: written = null, payload } = document as { readonly schema?: Value; readonly payload?: Value };
    const key = `parsed:${JSON.stringify(written)}`;
    const { schema, read } = this.#byText.get(key) ?? this.#learn(key, written, Buffer.alloc(0));
    return { schema, value: readJson(read, { json: payload ?? null, marks: 0 }) };
  }
}

/**
 * Reads a document under a schema.
 *
 * @throws SluiceError `VALUE_UNREADABLE` with the names of the fields that lead to what cannot be read
 */
export function readJson(read: ReadValue, { json, marks }: MarkedJson): Value {
  return readAs((document: Value) => read(document, marks > 0), json);
}

/** Reads, and tells where what cannot be read stands. */
export function readAs<Json, Result>(read: (json: Json) => Result, json: Json): Result {
  try {
    return read(json);
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    unreadable(error.path.length === 0 ? error.message : `${error.message} (${error.path.join('.')})`);
  }
}

function startsWith(bytes: Buffer, head: Buffer): boolean {
  const { length } = head;
  // A name or a number that differs is mostly found here.
  if (length === 0 || bytes.length <= length || bytes[length - 1] !== head[length - 1]) return false;
  return bytes.compare(head, 0, length, 0, length) === 0;
}

/** The text between the head of a document and its last brace; undefined when that is not there, or not UTF-8. */
function payloadText(bytes: Buffer, start: number): string | undefined {
  let end = bytes.length - 1;
  while (end > start && isSpace(bytes[end]!)) end--;
  if (bytes[end] !== 0x7d) return undefined;
  const payload = bytes.subarray(start, end);
  return isUtf8(payload) ? payload.toString('utf8') : undefined;
}

/** Bytes from the start of `{"schema": …, "payload":` to the colon; 0 for a document that does not begin so. */
function headLength(bytes: Buffer): number {
  const schemaAt = afterName(bytes, 0, 0x7b, '"schema"');
  if (schemaAt === 0) return 0;
  const schemaEnd = valueEnd(bytes, schemaAt);
  return schemaEnd === 0 ? 0 : afterName(bytes, schemaEnd, 0x2c, '"payload"');
}

/** Where the value of a member begins that stands behind a certain byte; 0 when it does not. */
function afterName(bytes: Buffer, from: number, before: number, name: string): number {
  let at = skipSpace(bytes, from);
  if (bytes[at] !== before) return 0;
  at = skipSpace(bytes, at + 1);
  if (bytes.toString('latin1', at, at + name.length) !== name) return 0;
  at = skipSpace(bytes, at + name.length);
  return bytes[at] === 0x3a ? at + 1 : 0;
}

/** Where an object, or `null`, ends; 0 when it does not. */
function valueEnd(bytes: Buffer, from: number): number {
  const start = skipSpace(bytes, from);
  if (bytes.toString('latin1', start, start + 4) === 'null') return start + 4;
  if (bytes[start] !== 0x7b) return 0;
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x22) {
      for (at++; at < bytes.length && bytes[at] !== 0x22; at++) if (bytes[at] === 0x5c) at++;
    } else if (byte === 0x7b) depth++;
    else if (byte === 0x7d && --depth === 0) return at + 1;
  }
  return 0;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && isSpace(bytes[at]!)) at++;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
