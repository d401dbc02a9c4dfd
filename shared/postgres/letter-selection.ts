import { quoteIdentifier } from './identifier.ts';
import type { DeadLetterPosition } from './read-dead-letters.ts';
import type { Statement } from './statement.ts';
import { encodeTextArray } from './text-array.ts';

/** Most letters that one call works on. */
export const maxSelectedLetters = 500;

/** Which dead letters are meant; every member that is present narrows the choice. */
export interface LetterSelection {
  /** These ones, at most {@link maxSelectedLetters}. */
  readonly letters?: readonly DeadLetterPosition[];
  /** True: with `letters`, all open letters about the same rows as these. */
  readonly wholeRows?: boolean;
  /** All about the row with this key; `rowKey` is a JSON array of texts, `tableName` is `schema.table`. */
  readonly row?: { readonly tableName: string; readonly rowKey: string };
  readonly topic?: string;
  readonly code?: string;
  /** True where nothing else is said: every open letter. */
  readonly all?: boolean;
  /** At most so many, in the order of topic, partition and offset; {@link maxSelectedLetters} when absent. */
  readonly limit?: number;
}

/**
 * A query of the positions and states of the letters that a selection means, one more than its limit, in order. Letters
 * that were settled are among them only when the selection names them one by one.
 */
export function buildLetterSelection(
  { schema, connector }: { readonly schema: string; readonly connector: string },
  selection: LetterSelection,
): Statement {
  const letters = `${quoteIdentifier(schema)}.dead_letters`;
  const { letters: places, wholeRows = false, row, topic, code, limit = maxSelectedLetters } = selection;
  const column = (textOf: (place: DeadLetterPosition) => string) =>
    places ? encodeTextArray(places.map(textOf)) : null;
  return {
    text: `
      with named as (
        select n.topic, n.partition, n."offset", l.table_name, l.row_key
        from unnest($2::text[], $3::text[]::int4[], $4::text[]::int8[]) as n (topic, partition, "offset")
        left join ${letters} l on l.connector = $1 and l.topic = n.topic and l.partition = n.partition and l."offset" = n."offset"
      )
      select topic, partition, "offset", state from ${letters} d
      where connector = $1 and ($2::text[] is null
          or (d.topic, d.partition, d."offset") in (select n.topic, n.partition, n."offset" from named n)
          or ($5::bool and d.state = 'open' and (d.table_name, d.row_key) in (select n.table_name, n.row_key from named n)))
        and ($2::text[] is not null or d.state = 'open')
        and ($6::text is null or d.table_name = $6 and d.row_key = $7)
        and ($8::text is null or d.topic = $8) and ($9::text is null or d.code = $9)
      order by topic, partition, "offset" limit $10::int4`,
    values: [
      connector,
      column((place) => place.topic),
      column((place) => String(place.partition)),
      column((place) => String(place.offset)),
      String(wholeRows),
      row?.tableName ?? null,
      row?.rowKey ?? null,
      topic ?? null,
      code ?? null,
      String(Math.min(limit, maxSelectedLetters) + 1),
    ],
  };
}
