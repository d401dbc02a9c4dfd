import type { Image } from '../../change/change-event.ts';
import type { Schema, SchemaAndValue } from '../../data/schema.ts';
import type { Value } from '../../data/value.ts';

/** What a record tells besides its row; read as `__op`, `__topic` and so on. */
export interface SqlMetadata {
  /** `c`, `r`, `u` or `d`. */
  readonly op: string;
  readonly topic: string;
  readonly partition: number | null;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number | null;
  /** Decoded key; looked at only when `__key` is read. */
  readonly key: SchemaAndValue;
  /** Decoded headers; looked at only when `__headers` is read. Of equal names the last counts. */
  readonly headers: readonly { readonly name: string; readonly value: Value }[];
  /** The envelope's `source` block; null for none. */
  readonly source: Value;
}

/** A row that a SELECT is evaluated on. */
export interface SqlRow {
  readonly image: Image;
  /** Null for one without. */
  readonly schema: Schema | null;
  readonly metadata: SqlMetadata;
}

/** A row as a SELECT gives it. */
export interface SelectedRow {
  readonly image: Image;
  /**
   * Of the fields that have one; null when none has. The same object for rows of the same types: whatever was computed has
   * a schema, and what passes through keeps its own, if any.
   */
  readonly schema: Schema | null;
}
