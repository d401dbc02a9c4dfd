import type { JsonValue } from '../data/json-value.ts';

/** Column → value of one row, or of the part of it that the producer sent. */
export type Image = { readonly [column: string]: JsonValue };

/** Where the producer says the row comes from (Debezium's `source` block). */
export interface ChangeSource {
  readonly db?: string;
  readonly schema?: string;
  readonly table?: string;
}

/**
 * What happened to one row. `c` create and `r` snapshot read carry `after`; `u` update carries `after`, and `before` when
 * the producer knows it (its key columns locate the row); `d` delete carries `before`. A column that is absent from an
 * image is unknown, not null.
 *
 * Source: the plain c/u/d contract of the ADBPG sink; Debezium's envelope has the same members.
 */
export type ChangeEvent =
  | { readonly op: 'c' | 'r'; readonly before: null; readonly after: Image; readonly source?: ChangeSource }
  | { readonly op: 'u'; readonly before: Image | null; readonly after: Image; readonly source?: ChangeSource }
  | { readonly op: 'd'; readonly before: Image; readonly after: null; readonly source?: ChangeSource };
