import type { ChangeEvent, Image } from '../change/change-event.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import type { RowImage } from './row-move.ts';

/** Reads a record as a change event; undefined for one that is none, or that cannot be read. */
export type ReadChange = (record: KafkaRecord) => ChangeEvent | undefined;

/**
 * What the records of a batch tell of a row before one of them: an update may lack columns that the insert before it
 * carried. Records are of one row when they have the same key, byte for byte; those without key tell nothing.
 *
 * Looks only where it is asked, and then back from the record, so that a batch in which nothing is missing costs nothing.
 */
export class EarlierImages {
  readonly #records: readonly KafkaRecord[];
  readonly #read: ReadChange;
  #byKey: Map<string, number[]> | undefined;

  /** `records` are of one partition, in offset order. */
  constructor(records: readonly KafkaRecord[], read: ReadChange) {
    this.#records = records;
    this.#read = read;
  }

  /**
   * The columns of the row as the records before this one left it: the latest value that is known of each; undefined when
   * they tell nothing. A value that `isKnown` says no of is looked for further back, up to where the row began.
   *
   * `onUse` is told of every record that was looked at.
   */
  before(
    record: KafkaRecord,
    isKnown: (row: RowImage, column: string) => boolean,
    onUse?: (used: KafkaRecord) => void,
  ): Image | undefined {
    const { key } = record;
    if (key == null) return undefined;
    const positions = this.#positions().get(key) ?? [];
    const known = new Map<string, Image[string]>();
    let found = false;
    for (const position of positions.toReversed()) {
      const earlier = this.#records[position]!;
      if (earlier.offset >= record.offset) continue;
      const event = this.#read(earlier);
      // What came before something unknown may be out of date.
      if (event === undefined || event.after === null) break;
      onUse?.(earlier);
      found = true;
      const row = { image: event.after, schema: event.afterSchema ?? null };
      for (const [column, value] of Object.entries(event.after)) {
        if (!known.has(column) && isKnown(row, column)) known.set(column, value);
      }
      if (event.op === 'c' || event.op === 'r') break;
    }
    return found ? Object.fromEntries(known) : undefined;
  }

  #positions(): ReadonlyMap<string, number[]> {
    if (this.#byKey === undefined) {
      this.#byKey = new Map();
      for (const [position, { key }] of this.#records.entries()) {
        if (key == null) continue;
        const positions = this.#byKey.get(key);
        if (positions === undefined) this.#byKey.set(key, [position]);
        else positions.push(position);
      }
    }
    return this.#byKey;
  }
}
