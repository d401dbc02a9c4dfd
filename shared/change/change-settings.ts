/**
 * How values are read: `envelope` demands `{op, before, after}`; `flat` takes every object as the row itself; `auto` takes
 * an object as an envelope when its schema is called so (`….Envelope`) or it has `op` and one of `before`, `after` and
 * `source`, else as a row.
 */
export type RecordFormat = 'envelope' | 'flat' | 'auto';

/** How a record becomes a change event. */
export interface ChangeSettings {
  readonly format: RecordFormat;
  /** A delete needs `before`: neither does the record key say which row is meant, nor are deletes left out. */
  readonly needsBefore: boolean;
  /** Names of the schemas of CloudEvents (`cloud.events.schema.name.pattern`); absent: Debezium's default. */
  readonly cloudEventsPattern?: string;
}
