import { type BoundRow, covers } from './bound-row.ts';
import type { RowKey } from './row-key.ts';
import type { WriteStep } from './write-step.ts';

/** What a step does to one row; `delete` comes before `upsert`, the others stand alone. */
interface Entry {
  readonly key: RowKey;
  readonly partition: string;
  delete?: boolean;
  mark?: BoundRow;
  insert?: BoundRow;
  update?: BoundRow;
  upsert?: BoundRow;
  /** The upsert is a moved row: were it replaced and refused, the row would be gone from its old key. */
  moved?: boolean;
}

/**
 * Changes of different rows that one step can hold. A change that cannot be folded into what the step does to its row
 * ends the step and begins another.
 */
export class Segment {
  /** Partition of the changes that are added. */
  partition = '';
  /** How often a key came by another partition than before. */
  sharedKeys = 0;
  readonly #take: (step: WriteStep) => void;
  #entries = new Map<string, Entry>();
  /** Partition by which a key of an earlier step came last. */
  readonly #partitions = new Map<string, string>();

  /** `take` gets the steps in order. */
  constructor(take: (step: WriteStep) => void) {
    this.#take = take;
  }

  /** Writes the row over whatever is there. */
  upsert(key: RowKey, row: BoundRow): void {
    const earlier = this.#earlier(key);
    if (earlier?.upsert !== undefined && (earlier.moved === true || !covers(row, earlier.upsert))) this.flush();
    const entry = this.#entryOf(key);
    delete entry.mark;
    entry.upsert = row;
    this.#end(key);
  }

  /** Deletes the row and forgets what was to be written to it. */
  delete(key: RowKey): void {
    // Whether the row exists is heard before it is deleted.
    const earlier = this.#earlier(key);
    if (earlier?.moved === true || earlier?.upsert?.set.mustExist === true) this.flush();
    const entry = this.#entryOf(key);
    entry.delete = true;
    delete entry.mark;
    delete entry.upsert;
    this.#end(key);
  }

  /** Deletes the row and writes it, whole, at another key, both of them told apart by their canonical forms. */
  move(key: RowKey, newKey: RowKey, row: BoundRow): void {
    this.delete(key);
    this.upsert(newKey, row);
    this.#entryOf(newKey).moved = true;
  }

  /** Gives the row, if it is there, the columns that say that it was deleted; every upsert of the step carries them. */
  mark(key: RowKey, mark: BoundRow): void {
    const earlier = this.#earlier(key);
    if (earlier?.moved === true) this.flush();
    const upsert = earlier?.moved === true ? undefined : earlier?.upsert;
    const entry = this.#entryOf(key);
    if (upsert === undefined) entry.mark = mark;
    else entry.upsert = { ...upsert, values: upsert.values.map((value, i) => markedValue(mark, upsert, i) ?? value) };
    this.#end(key);
  }

  /** Adds what must not share a step with another change of the same key. */
  add(key: RowKey, change: Pick<Entry, 'delete' | 'insert' | 'update' | 'upsert'>): void {
    if (this.#earlier(key) !== undefined) this.flush();
    this.#entries.set(key.canonical ?? '', { key, partition: this.partition, ...change });
    this.#end(key);
  }

  /** Ends the step. */
  flush(): void {
    for (const [id, { partition }] of this.#entries) this.#partitions.set(id, partition);
    this.end();
  }

  /** Ends the last step. */
  end(): void {
    if (this.#entries.size === 0) return;
    const entries = [...this.#entries.values()];
    this.#entries = new Map();
    this.#take({
      kind: 'rows',
      deletes: entries.filter((entry) => entry.delete === true).map(({ key }) => key),
      marks: entries.flatMap(({ key, mark }) => (mark === undefined ? [] : [{ key, row: mark }])),
      updates: entries.flatMap(({ key, update }) => (update === undefined ? [] : [{ key, row: update }])),
      inserts: entries.flatMap(({ insert }) => insert ?? []),
      upserts: entries.flatMap(({ upsert }) => upsert ?? []),
    });
  }

  /** What the step does to the row so far, after the step was ended where nothing may be added to it. */
  #earlier({ canonical }: RowKey): Entry | undefined {
    if (canonical === undefined) {
      this.flush();
      return undefined;
    }
    const entry = this.#entries.get(canonical);
    const partition = entry?.partition ?? this.#partitions.get(canonical);
    if (partition === undefined || partition === this.partition) return entry;
    this.sharedKeys++;
    this.flush();
    return undefined;
  }

  #entryOf(key: RowKey): Entry {
    const id = key.canonical ?? '';
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      entry = { key, partition: this.partition };
      this.#entries.set(id, entry);
    }
    return entry;
  }

  /** A key of which only PostgreSQL knows its equals has a step of its own. */
  #end({ canonical }: RowKey): void {
    if (canonical === undefined) this.flush();
  }
}

function markedValue(mark: BoundRow, { set }: BoundRow, i: number): string | null | undefined {
  const position = mark.set.positions.get(set.columns[i]!.name);
  return position === undefined ? undefined : mark.values[position];
}
