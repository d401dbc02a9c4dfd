import { ExactNumber, type Value } from '../data/value.ts';
import { isSluiceError } from '../errors/sluice-error.ts';
import { bindValue } from './bind-value.ts';
import type { TargetColumn } from './target-table.ts';
import { toValueKind } from './value-kind.ts';

/** What an integer column may become; the narrowest that fits is the first one. */
const integerTypes = [
  { type: 'integer', highest: 2n ** 31n - 1n },
  { type: 'bigint', highest: 2n ** 63n - 1n },
];
const integerText = /^\s*([+-]?\d{1,400})\s*$/;
/** A date with a time of day that is not midnight; the zone, if there is one, behind it. */
const timeOfDay =
  /^\s*\d{4,}-\d{2}-\d{2}[T ](?!00(?::?00(?::?00(?:\.0+)?)?)?\s*(?:Z|$))\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?\s*$/i;

/**
 * The type that a column has to become so that it holds a losslessly decoded value; undefined when it does, or when no
 * wider type would help. Only types that hold everything the old one did are answered:
 *
 * smallint → integer → bigint → numeric · varchar(n) → text · date → timestamp, with time zone if the value has one
 */
export function toWiderType(column: TargetColumn, value: Value): string | undefined {
  switch (column.baseType) {
    case 'int2':
    case 'int4':
    case 'int8':
      return toWiderInteger(column, value);
    case 'varchar':
      // The modifier counts four bytes of its own.
      return column.typeModifier > 4 && toTextLength(value) > column.typeModifier - 4 ? 'text' : undefined;
    case 'date': {
      const match = typeof value === 'string' ? timeOfDay.exec(value) : null;
      if (match === null) return undefined;
      return match[1] === undefined ? 'timestamp without time zone' : 'timestamp with time zone';
    }
    default:
      return undefined;
  }
}

/** The wider one of two answers for one column. */
export function joinWiderTypes(a: string | undefined, b: string | undefined): string | undefined {
  return rankOf(a) >= rankOf(b) ? a : b;
}

const widerTypes = ['integer', 'bigint', 'numeric', 'timestamp without time zone', 'timestamp with time zone', 'text'];

function rankOf(type: string | undefined): number {
  return type === undefined ? -1 : widerTypes.indexOf(type);
}

function toWiderInteger(column: TargetColumn, value: Value): string | undefined {
  if (fits(column, value)) return undefined;
  const kind = toValueKind(value);
  if (kind === 'number') return 'numeric';
  const digits =
    kind === 'text' ? integerText.exec(value as string)?.[1] : kind === 'integer' ? toDigits(value) : undefined;
  if (digits === undefined) return undefined;
  const number = BigInt(digits.replace(/^\+/, ''));
  return integerTypes.find(({ highest }) => number <= highest && number >= -highest - 1n)?.type ?? 'numeric';
}

function fits(column: TargetColumn, value: Value): boolean {
  try {
    bindValue(value, column, true);
    return true;
  } catch (error) {
    if (isSluiceError(error, 'data')) return false;
    throw error;
  }
}

function toDigits(value: Value): string {
  return value instanceof ExactNumber ? value.source : String(value);
}

/** In characters, as PostgreSQL counts them. */
function toTextLength(value: Value): number {
  if (value === null) return 0;
  if (typeof value !== 'string')
    return value instanceof ExactNumber ? value.source.length : JSON.stringify(value).length;
  return [...value].length;
}
