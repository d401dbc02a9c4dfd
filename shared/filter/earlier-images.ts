import type { ChangeEvent, Image } from '../change/change-event.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import type { RowImage } from './row-move.ts';

/** A record as a change event, and a text that is the same for records of the same table. */
export interface TableChange {
  readonly table: string;
  readonly event: ChangeEvent;
}

/** Reads a record as a change event; undefined for one that is none, or that cannot be read. */
export type ReadChange = (record: KafkaRecord) => TableChange | undefined;

/** What the records of one row tell up to a place in its partition. */
interface RowState {
  /** How many of the records with the row's key have been looked at. */
  next: number;
  /** False when no record tells anything of the row. */
  isFound: boolean;
  /** Latest value that is known of each column, and the record that told it. */
  readonly known: Map<string, { readonly value: Image[string]; readonly from: KafkaRecord }>;
  /** The record before which nothing counts; undefined at the start of the batch. */
  start: KafkaRecord | undefined;
}

/**
 * What the records of a batch tell of a row before one of them: an update may lack columns that the insert before it
 * carried. Records are of one row when they are of one table and have the same key, byte for byte; those without key tell
 * nothing.
 *
 * Looks only at rows that it is asked for, so that a batch in which nothing is missing costs nothing; of those every record
 * is read once, as long as it is asked in the order of the records.
 */
export class EarlierImages {
  readonly #records: readonly KafkaRecord[];
  readonly #read: ReadChange;
  readonly #states = new Map<string, RowState>();
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
   * `onUse` is told of every record without which the answer would be another.
   */
  before(
    record: KafkaRecord,
    table: string,
    isKnown: (row: RowImage, column: string) => boolean,
    onUse?: (used: KafkaRecord) => void,
  ): Image | undefined {
    const { key } = record;
    if (key == null) return undefined;
    const positions = this.#positions().get(key) ?? [];
    const row = JSON.stringify([table, key]);
    let state = this.#states.get(row);
    const last = state === undefined || state.next === 0 ? undefined : this.#records[positions[state.next - 1]!];
    if (state === undefined || (last !== undefined && last.offset >= record.offset)) {
      state = { next: 0, isFound: false, known: new Map(), start: undefined };
      this.#states.set(row, state);
    }
    for (; state.next < positions.length; state.next++) {
      const earlier = this.#records[positions[state.next]!]!;
      if (earlier.offset >= record.offset) break;
      addTo(state, earlier, this.#read(earlier), table, isKnown);
    }
    if (!state.isFound) return undefined;
    if (onUse !== undefined) {
      const told = [...state.known.values()].map(({ from }) => from);
      for (const used of new Set(state.start === undefined ? told : [state.start, ...told])) onUse(used);
    }
    return Object.fromEntries([...state.known].map(([column, { value }]) => [column, value]));
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

function addTo(
  state: RowState,
  record: KafkaRecord,
  change: TableChange | undefined,
  table: string,
  isKnown: (row: RowImage, column: string) => boolean,
): void {
  if (change !== undefined && change.table !== table) return;
  const { after = null, afterSchema, op } = change?.event ?? {};
  // What came before something unknown may be out of date.
  if (after === null || op === 'c' || op === 'r') {
    state.known.clear();
    state.start = record;
    state.isFound = false;
  }
  if (after === null) return;
  state.isFound = true;
  const row = { image: after, schema: afterSchema ?? null };
  for (const [column, value] of Object.entries(after)) {
    if (isKnown(row, column)) state.known.set(column, { value, from: record });
  }
}
