import { ExactNumber, type Value } from '../../shared/data/value.ts';

/** What JSON has no form for, as fixtures write it. */
type Marked = Partial<Record<'$decimal' | '$long' | '$bytes' | '$double', string>> & {
  readonly $map?: readonly (readonly [unknown, unknown])[];
};

/**
 * The value that a fixture means: `{"$decimal": "1.20"}`, `{"$long": "9223372036854775807"}`, `{"$bytes": "00ff"}`,
 * `{"$double": "NaN"}`, `{"$map": [[key, value], …]}`, and otherwise what JSON says.
 */
export function toGoldenValue(json: unknown): Value {
  if (Array.isArray(json)) return json.map(toGoldenValue);
  if (typeof json !== 'object' || json === null) return json as Value;
  const { $decimal, $long, $bytes, $double, $map } = json as Marked;
  if ($decimal !== undefined) return new ExactNumber($decimal);
  if ($long !== undefined) return BigInt($long);
  if ($bytes !== undefined) return Buffer.from($bytes, 'hex');
  if ($double !== undefined) return Number($double);
  const entries = ($map ?? Object.entries(json)).map(
    ([key, value]) => [toGoldenValue(key), toGoldenValue(value)] as const,
  );
  if (entries.some(([key]) => typeof key !== 'string')) return new Map(entries);
  return Object.fromEntries(entries as [string, Value][]);
}
