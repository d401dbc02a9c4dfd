import type { BoundChange } from '../../shared/postgres/bound-change.ts';
import type { BoundRow } from '../../shared/postgres/bound-row.ts';
import type { RowKey } from '../../shared/postgres/row-key.ts';
import type { WriteMode } from '../../shared/postgres/target-settings.ts';
import type { WriteStep } from '../../shared/postgres/write-step.ts';

/** A write that PostgreSQL would refuse: a key is taken, a row is missing, or one statement meets a row twice. */
export class KeyTaken extends Error {}

type Row = Map<string, string | null>;

/**
 * A table with one numeric key column that stands for PostgreSQL: two spellings of a number are one key. It takes the
 * changes of a plain replay as well as the steps that compaction makes of them.
 */
export class MemoryTable {
  readonly #mode: WriteMode;
  readonly #rows = new Map<number, Row>();

  constructor(mode: WriteMode) {
    this.#mode = mode;
  }

  /** The rows by key; the value of the key column is left out, because any spelling of it will do. */
  get contents(): unknown {
    const rows = [...this.#rows].map(([key, row]) => [key, [...row].filter(([name]) => name !== 'k').sort()] as const);
    return rows.sort(([a], [b]) => a - b);
  }

  /** Applies one change as a replay of single events does. */
  replay(change: BoundChange): void {
    switch (change.kind) {
      case 'insert':
        if (this.#mode === 'update') this.#assign(this.#rows.get(keyIn(change.row)), change.row);
        else if (this.#mode === 'upsert' || (this.#mode === 'insert' && change.isSnapshot)) this.#upsert(change.row);
        else this.#insert(change.row);
        return;
      case 'update':
        this.#move(change.key, change.newKey, change.row);
        return;
      case 'delete':
        this.#rows.delete(numberOf(change.key));
        return;
      default:
        throw new Error('This table has a key.');
    }
  }

  /** Applies one step as its statements do: deletes, updates, inserts, upserts, each statement meeting a row once. */
  apply(step: WriteStep): void {
    if (step.kind === 'move') {
      this.#move(step.key, step.newKey, step.row);
      return;
    }
    if (step.kind !== 'rows') throw new Error('This table has a key.');
    const written = [...step.inserts, ...step.upserts].map(keyIn);
    const touched = [...written, ...step.updates.map(({ key }) => numberOf(key))];
    if (new Set(touched).size < touched.length) throw new KeyTaken('a statement meets a row twice');
    for (const key of step.deletes) this.#rows.delete(numberOf(key));
    for (const { key, row } of step.updates) this.#assign(this.#rows.get(numberOf(key)), row);
    for (const row of step.inserts) this.#insert(row);
    for (const row of step.upserts) this.#upsert(row);
  }

  #insert(row: BoundRow): void {
    const isTaken = this.#rows.has(keyIn(row));
    if (isTaken && this.#mode === 'insert') throw new KeyTaken('the key is taken');
    if (!isTaken) this.#upsert(row);
  }

  #upsert(row: BoundRow): void {
    const key = keyIn(row);
    const existing = this.#rows.get(key);
    this.#assign(existing, row);
    if (existing !== undefined) return;
    if (row.set.mustExist) throw new KeyTaken('the row does not exist');
    this.#rows.set(key, new Map(row.set.columns.map(({ name }, i) => [name, row.values[i]!])));
  }

  #move(key: RowKey, newKey: RowKey, row: BoundRow): void {
    const [from, to] = [numberOf(key), numberOf(newKey)];
    const existing = this.#rows.get(from);
    if (existing === undefined) {
      if (this.#mode === 'upsert') this.#upsert(row);
      return;
    }
    if (from !== to && this.#rows.has(to) && this.#mode !== 'upsert') throw new KeyTaken('the key is taken');
    this.#rows.delete(from);
    this.#assign(existing, row);
    this.#rows.set(to, existing);
  }

  #assign(existing: Row | undefined, { set, values }: BoundRow): void {
    if (existing === undefined) return;
    for (const [i, { name }] of set.columns.entries()) {
      if (set.assigned?.positions.has(name) !== false) existing.set(name, values[i]!);
    }
  }
}

function numberOf({ values }: RowKey): number {
  return Number(values[0]);
}

function keyIn({ set, values }: BoundRow): number {
  return Number(values[set.positions.get('k')!]);
}
