import type { ClientBase } from 'pg';
import type { NewColumn } from './schema-plan.ts';

/** Types of extensions, and what holds their values where the extension is not installed. */
const fallbacks: ReadonlyMap<string, string> = new Map([
  ['hstore', 'jsonb'],
  ['citext', 'text'],
  ['ltree', 'text'],
  ['vector', 'double precision[]'],
  ['halfvec', 'real[]'],
  ['sparsevec', 'jsonb'],
  ['geometry', 'jsonb'],
  ['geography', 'jsonb'],
]);

/** The columns with types that the database has: those of missing extensions become what holds their values too. */
export async function toPresentTypes(client: ClientBase, columns: readonly NewColumn[]): Promise<NewColumn[]> {
  const names = [...new Set(columns.map(({ type }) => toName(type)))].filter((name) => fallbacks.has(name));
  if (names.length === 0) return [...columns];
  const { rows } = await client.query<{ name: string }>(
    'select name from unnest($1::text[]) name where to_regtype(name) is null',
    [names],
  );
  const missing = new Set(rows.map(({ name }) => name));
  return columns.map(({ name, type }) => {
    if (!missing.has(toName(type))) return { name, type };
    const held = fallbacks.get(toName(type))!;
    // An array of arrays has the type of one array.
    return { name, type: type.endsWith('[]') && !held.endsWith('[]') ? `${held}[]` : held };
  });
}

function toName(type: string): string {
  return type.replace(/[([].*$/s, '');
}
