import type { NewRecord } from '../record-log/new-record.ts';
import { RestError, unprocessable } from './kafka-rest-error.ts';
import { parseLosslessJson } from './kafka-rest-json.ts';

/** How keys and values stand in a request. */
export type EmbeddedFormat = 'json' | 'binary';

const recordFields = new Set(['key', 'value', 'partition', 'timestamp', 'headers']);
/** Schemas are for formats that have one; Confluent's clients send these fields as null with every format. */
const requestFields = new Set(['records', 'key_schema', 'value_schema', 'key_schema_id', 'value_schema_id']);
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/**
 * The format that a media type stands for: `application/vnd.kafka.json.v2+json` or `…binary.v2+json`.
 *
 * @throws RestError 415 for another one
 */
export function toEmbeddedFormat(contentType: string | undefined): EmbeddedFormat {
  const found = /^application\/vnd\.kafka\.(json|binary)\.v2\+json\s*(?:;|$)/i.exec(contentType?.trim() ?? '');
  if (found !== null) return found[1]!.toLowerCase() as EmbeddedFormat;
  throw new RestError(
    415,
    415,
    'HTTP 415 Unsupported Media Type: send application/vnd.kafka.json.v2+json or application/vnd.kafka.binary.v2+json.',
  );
}

/**
 * The records of a produce request, `{"records": [{"key", "value", "partition"}]}`. A missing or null value is a
 * tombstone. JSON keys and values become compact JSON text with every digit kept, binary ones are base64. Beyond
 * Confluent's v2, a record may have `timestamp` (milliseconds) and `headers` (`[{"name", "value": base64}]`, as in v3).
 *
 * @throws RestError 400 for a body that is not JSON, 422 for one of another shape
 */
export function parseProduceRequest(body: Uint8Array, format: EmbeddedFormat): NewRecord[] {
  const request = parseLosslessJson(body);
  assertFields(request, requestFields, 'The body');
  if (!Array.isArray(request.records)) throw unprocessable('records may not be null');
  if (request.records.length === 0) throw unprocessable('records may not be empty');
  return request.records.map((record: unknown, index: number) => {
    const where = `records[${index}]`;
    assertFields(record, recordFields, where);
    const decode = format === 'json' ? toJsonBytes : decodeBase64;
    const partition = toInteger(record.partition, `${where}.partition`, 2 ** 31 - 1);
    const timestamp = toInteger(record.timestamp, `${where}.timestamp`, Number.MAX_SAFE_INTEGER);
    return {
      key: decode(record.key, `${where}.key`),
      value: decode(record.value, `${where}.value`),
      headers: parseHeaders(record.headers, `${where}.headers`),
      ...(partition === undefined ? {} : { partition }),
      ...(timestamp === undefined ? {} : { timestamp }),
    };
  });
}

function assertFields(
  value: unknown,
  known: ReadonlySet<string>,
  where: string,
): asserts value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unprocessable(`${where} must be an object.`);
  }
  const unknown = Object.keys(value).find((name) => !known.has(name));
  if (unknown !== undefined) throw unprocessable(`Unrecognized field: ${unknown.slice(0, 80)} (in ${where})`);
}

function toJsonBytes(value: unknown): Buffer | null {
  return value === undefined || value === null ? null : Buffer.from(JSON.stringify(value));
}

function decodeBase64(value: unknown, where: string): Buffer | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || !base64.test(value)) throw unprocessable(`${where} is not base64.`);
  return Buffer.from(value, 'base64');
}

function toInteger(value: unknown, where: string, max: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
    throw unprocessable(`${where} must be a whole number from 0.`);
  }
  return value;
}

function parseHeaders(headers: unknown, where: string): NewRecord['headers'] {
  if (headers === undefined || headers === null) return [];
  if (!Array.isArray(headers)) throw unprocessable(`${where} must be a list of {"name", "value"}.`);
  return headers.map((header: unknown, index) => {
    assertFields(header, new Set(['name', 'value']), `${where}[${index}]`);
    if (typeof header.name !== 'string') throw unprocessable(`${where}[${index}].name must be a string.`);
    return [header.name, decodeBase64(header.value, `${where}[${index}].value`) ?? Buffer.alloc(0)];
  });
}
