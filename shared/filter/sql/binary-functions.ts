import { createHash } from 'node:crypto';
import { EvaluationError } from './evaluation-error.ts';
import type { SqlFunctions } from './sql-value.ts';

function hash(algorithm: string): (bytes: Buffer) => Buffer {
  return (bytes) => createHash(algorithm).update(bytes).digest();
}

/** `encode()`: hexadecimal, base64 in lines of 76 characters, or the escape format. */
function encode(bytes: Buffer, format: string): string {
  switch (format.toLowerCase()) {
    case 'hex':
      return bytes.toString('hex');
    case 'base64':
      return bytes.toString('base64').replace(/.{76}(?=.)/g, '$&\n');
    case 'escape':
      return toEscapes(bytes);
    default:
      throw new EvaluationError('invalid parameter value', 'encoding');
  }
}

function toEscapes(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) {
    if (byte === 0 || byte >= 128) text += `\\${byte.toString(8).padStart(3, '0')}`;
    else text += byte === 0x5c ? '\\\\' : String.fromCharCode(byte);
  }
  return text;
}

/** `decode()`, of hexadecimal and base64. */
function decode(text: string, format: string): Buffer {
  switch (format.toLowerCase()) {
    case 'hex': {
      const digits = text.replace(/[ \t\n\r]/g, '');
      if (!/^(?:[ \t\n\r]*[\da-f]{2})*[ \t\n\r]*$/i.test(text)) throw invalid();
      return Buffer.from(digits, 'hex');
    }
    case 'base64': {
      const digits = text.replace(/[ \t\n\r]/g, '');
      if (!/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(digits)) throw invalid();
      return Buffer.from(digits, 'base64');
    }
    default:
      throw new EvaluationError('feature not supported', 'encoding');
  }
}

function invalid(): EvaluationError {
  return new EvaluationError('invalid parameter value', 'encoded text');
}

function slice(bytes: Buffer, start: number, length?: number): Buffer {
  if (length !== undefined && length < 0) throw new EvaluationError('negative substring length');
  const end = length === undefined ? bytes.length : Math.max(0, start + length - 1);
  return bytes.subarray(Math.max(0, start - 1), end);
}

function trim(bytes: Buffer, taken: Buffer, atStart: boolean, atEnd: boolean): Buffer {
  let start = 0;
  let end = bytes.length;
  while (atStart && start < end && taken.includes(bytes[start]!)) start++;
  while (atEnd && end > start && taken.includes(bytes[end - 1]!)) end--;
  return bytes.subarray(start, end);
}

function at(bytes: Buffer, index: number): number {
  if (index < 0 || index >= bytes.length) throw new EvaluationError('array subscript error', 'index');
  return bytes[index]!;
}

/** Functions of `bytea`, and digests. */
export const binaryFunctions: SqlFunctions = {
  byteacat: (a: Buffer, b: Buffer) => Buffer.concat([a, b]),
  byteaoctetlen: (bytes: Buffer) => bytes.length,
  'bit_length(bytea)': (bytes: Buffer) => bytes.length * 8,
  bytea_substr: slice,
  bytea_substr_no_len: (bytes: Buffer, start: number) => slice(bytes, start),
  byteapos: (bytes: Buffer, wanted: Buffer) => bytes.indexOf(wanted) + 1,
  byteatrim: (bytes: Buffer, taken: Buffer) => trim(bytes, taken, true, true),
  bytealtrim: (bytes: Buffer, taken: Buffer) => trim(bytes, taken, true, false),
  byteartrim: (bytes: Buffer, taken: Buffer) => trim(bytes, taken, false, true),
  bytea_reverse: (bytes: Buffer) => Buffer.from(bytes).reverse(),
  byteaGetByte: at,
  md5_bytea: (bytes: Buffer) => createHash('md5').update(bytes).digest('hex'),
  sha224_bytea: hash('sha224'),
  sha256_bytea: hash('sha256'),
  sha384_bytea: hash('sha384'),
  sha512_bytea: hash('sha512'),
  binary_encode: encode,
  binary_decode: decode,
};
