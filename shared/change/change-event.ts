import type { Schema } from '../data/schema.ts';
import type { Value } from '../data/value.ts';

/** Column → value of one row, or of the part of it that the producer sent. */
export type Image = { readonly [column: string]: Value };

/** Where the producer says the row comes from (Debezium's `source` block). */
export interface ChangeSource {
  readonly db?: string;
  readonly schema?: string;
  readonly table?: string;
  /** `true`, `first`, `last`, … for reads of a snapshot, `incremental` for those of one that runs beside the stream. */
  readonly snapshot?: string;
}

/** What every change may carry besides its images. */
interface ChangeContext {
  readonly source?: ChangeSource;
  /**
   * The decoded record key when it says which row is meant (`pk.mode`): an object of key columns, or the value of the
   * only one. Its columns win over those of the image: of `before` for a delete, else of `after`.
   */
  readonly key?: Value;
  /** Schemas of the images and of the key; null or absent for what has none. */
  readonly beforeSchema?: Schema | null;
  readonly afterSchema?: Schema | null;
  readonly keySchema?: Schema | null;
}

/** A change of one row. */
export type RowChange = ChangeContext &
  (
    | {
        readonly op: 'c' | 'r';
        readonly before: null;
        readonly after: Image;
        /** The record does not say whether the row is new: a flat row without op. */
        readonly mayUpdate?: boolean;
      }
    | {
        readonly op: 'u';
        readonly before: Image | null;
        readonly after: Image;
        /** Nothing is written where the row is not there, in any mode. */
        readonly onlyExisting?: boolean;
      }
    | { readonly op: 'd'; readonly before: Image; readonly after: null; readonly mark?: Image }
  );

/**
 * What happened. `c` create and `r` snapshot read carry `after`; `u` update carries `after`, and `before` when the
 * producer knows it (its key columns locate the row); `d` delete carries `before`, which is empty when only the record
 * key locates the row, and `mark` when the row shall stay and get these columns. `t` says that the source table was
 * truncated, `m` is a message of Debezium that concerns no row. A column that is absent from an image is unknown, not
 * null.
 *
 * Source: the plain c/u/d contract of the ADBPG sink; Debezium's envelope has the same members.
 */
export type ChangeEvent =
  | RowChange
  | (ChangeContext & { readonly op: 't'; readonly before: null; readonly after: null })
  | (ChangeContext & { readonly op: 'm'; readonly before: null; readonly after: null });
