import { ExactNumber, isFields, type Value } from './value.ts';

/** pgvector's text of an array of numbers. */
export function toVectorText(value: Value): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const numbers = value.map((one) => (one instanceof ExactNumber ? one.source : typeof one === 'number' ? one : null));
  return numbers.includes(null) ? undefined : `[${numbers.join(',')}]`;
}

/** pgvector's text of `{dimensions, vector}`, whose map of places (from 1) may be a `Map`, an object or pairs. */
export function toSparseVectorText(value: Value): string | undefined {
  if (!isFields(value)) return undefined;
  const { dimensions, vector = null } = value;
  if (typeof dimensions !== 'number' || typeof vector !== 'object' || vector === null) return undefined;
  const entries: readonly (readonly [Value, Value])[] =
    vector instanceof Map
      ? [...vector]
      : Array.isArray(vector)
        ? (vector as readonly [Value, Value][])
        : Object.entries(vector);
  const places = entries.map((entry) => {
    const [place, number] = Array.isArray(entry) && entry.length === 2 ? entry : [];
    const isNumber = typeof number === 'number' || number instanceof ExactNumber;
    return /^\d+$/.test(String(place)) && isNumber ? `${place}:${showNumber(number)}` : undefined;
  });
  return places.includes(undefined) ? undefined : `{${places.join(',')}}/${dimensions}`;
}

function showNumber(value: number | ExactNumber): string {
  return value instanceof ExactNumber ? value.source : String(value);
}
