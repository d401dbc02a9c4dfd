import { canonicalTime } from './canonical-time.ts';
import type { TargetColumn } from './target-table.ts';

/** Identity of a row: the text forms of its key columns, in the table's key order. */
export interface RowKey {
  readonly values: readonly string[];
  /**
   * Two keys are the same row for PostgreSQL exactly when their canonical forms are equal; absent when that cannot be
   * told from the text. Injective over the key columns.
   */
  readonly canonical?: string;
}

/** Longer texts of numbers are left to PostgreSQL: matching one takes time with the square of its zeros. */
const longestNumeric = 1_000;
/** As many characters of an integer are exact in a double. */
const safeDigits = 15;
const wholeNumber = /^-?\d{1,400}$/;
const plainNumeric = /^\s*([+-]?)0*(\d*)(?:\.(\d*?)0*)?\s*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII but NUL
const asciiWithoutCapitalI = /^[\x01-HJ-\x7f]*$/;
/** PostgreSQL takes hyphens behind any group of four digits, and braces around all. */
const uuidText = /^(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}$/;

/** Builds a row key; its canonical form follows the types of the key columns, not the spelling of the values. */
export function buildRowKey(columns: readonly TargetColumn[], values: readonly string[]): RowKey {
  if (columns.length === 1) {
    const canonical = canonicalForm(values[0]!, columns[0]!);
    return canonical === undefined ? { values } : { values, canonical };
  }
  const parts: string[] = [];
  for (let i = 0; i < columns.length; i++) {
    const part = canonicalForm(values[i]!, columns[i]!);
    if (part === undefined) return { values };
    parts.push(part);
  }
  return { values, canonical: JSON.stringify(parts) };
}

/** True when both keys name one row; undefined when only PostgreSQL can tell. */
export function isSameRow(a: RowKey, b: RowKey): boolean | undefined {
  if (a.canonical !== undefined && b.canonical !== undefined) return a.canonical === b.canonical;
  return a.values.every((value, i) => value === b.values[i]) ? true : undefined;
}

/** The one text for all spellings of a value that are equal as the column's type; undefined when that is not known. */
function canonicalForm(text: string, column: TargetColumn): string | undefined {
  if (column.isArray) return undefined;
  switch (column.baseType) {
    case 'int2':
    case 'int4':
    case 'int8':
      // Others are PostgreSQL's to refuse.
      if (!wholeNumber.test(text)) return undefined;
      return text.length <= safeDigits ? String(Number(text)) : String(BigInt(text));
    case 'text':
      return column.hasDeterministicCollation ? text : undefined;
    case 'varchar':
      return column.hasDeterministicCollation && fitsLength(text, column) ? text : undefined;
    case 'bpchar': {
      // char(n) compares without trailing blanks.
      const trimmed = withoutTrailingBlanks(text);
      return column.hasDeterministicCollation && fitsLength(trimmed, column) ? trimmed : undefined;
    }
    case 'uuid': {
      const lower = text.toLowerCase();
      const groups = lower.startsWith('{') && lower.endsWith('}') ? lower.slice(1, -1) : lower;
      return uuidText.test(groups) ? groups.replaceAll('-', '') : undefined;
    }
    case 'citext':
      // Compared in lower case by the database's locale; only a capital I is not the same in all of them.
      return asciiWithoutCapitalI.test(text) ? text.toLowerCase() : undefined;
    case 'numeric':
      return canonicalNumeric(text, column);
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return canonicalTime(text, column.baseType, column.typeModifier);
    default:
      return undefined;
  }
}

function fitsLength(text: string, column: TargetColumn): boolean {
  // varchar(n) and char(n) keep n + 4 in their type modifier (VARHDRSZ); a longer text is refused or cut.
  return column.typeModifier < 0 || text.length <= column.typeModifier - 4;
}

function canonicalNumeric(text: string, column: TargetColumn): string | undefined {
  const match = text.length > longestNumeric ? null : plainNumeric.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '' && !/\d/.test(text)) return undefined;
  // numeric(p, s) keeps (p << 16 | s) + 4 with s in 11 bits, signed; digits beyond the scale are rounded away on
  // assignment, those before the point too when it is negative.
  const scale = column.typeModifier < 0 ? Number.POSITIVE_INFINITY : ((column.typeModifier - 4) << 21) >> 21;
  const [integer, decimals] = fraction.length > scale ? roundTo(scale, whole, fraction) : [whole, fraction];
  const digits = `${integer === '' ? '0' : integer}${decimals === '' ? '' : `.${decimals}`}`;
  return sign === '-' && digits !== '0' ? `-${digits}` : digits;
}

/** Half away from zero, as PostgreSQL rounds numerics; digits before and behind the point, without zeros at their ends. */
function roundTo(scale: number, whole: string, fraction: string): readonly [string, string] {
  if (scale < 0) {
    const unit = 10n ** BigInt(-scale);
    const rounded = ((BigInt(whole || '0') + unit / 2n) / unit) * unit;
    return [rounded === 0n ? '' : String(rounded), ''];
  }
  const kept = BigInt(`${whole}${fraction.slice(0, scale)}` || '0') + (fraction[scale]! >= '5' ? 1n : 0n);
  const text = String(kept).padStart(scale + 1, '0');
  const point = text.length - scale;
  return [text.slice(0, point).replace(/^0+/, ''), text.slice(point).replace(/0+$/, '')];
}

/** A regular expression would take time with the square of a run of blanks. */
function withoutTrailingBlanks(text: string): string {
  let end = text.length;
  while (text[end - 1] === ' ') end--;
  return text.slice(0, end);
}
