/**
 * How values are read: `envelope` demands `{op, before, after}`; `flat` takes every object as the row itself; `auto` takes
 * an object as an envelope when it has `op` and one of `before`, `after` and `source`, else as a row.
 */
export type RecordFormat = 'envelope' | 'flat' | 'auto';

/** How a record becomes a change event. */
export interface ChangeSettings {
  readonly format: RecordFormat;
  /** The record key says which row is meant, so that a delete needs no image. */
  readonly locatesByKey: boolean;
}
