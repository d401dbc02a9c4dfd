import type { ChangeSource, RowChange } from '../change/change-event.ts';
import type { SluiceError } from '../errors/sluice-error.ts';
import type { ColumnPredicate } from '../filter/column-filter.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import type { BoundChange } from './bound-change.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { Gap } from './gap.ts';
import type { LedgerMove, LedgerRow } from './ledger.ts';
import type { TableName } from './read-target-table.ts';
import type { TableBinder } from './table-binder.ts';

/** The source table was truncated, and the target table shall be. */
export interface TruncateEvent {
  readonly op: 't';
  readonly source?: ChangeSource;
}

/** What the steps before the database made of a record. */
export type Evaluated =
  | {
      readonly kind: 'change';
      /** The change of a row, or the truncation of the table. */
      readonly event: RowChange | TruncateEvent;
      readonly table: TableName;
      /** The columns to write, given the key columns of the target. */
      readonly columnsFor: (keyColumns: readonly string[], source: ChangeSource | undefined) => ColumnPredicate;
      /** No number lost a digit, so that the record need not be decoded again without loss. */
      readonly isExact?: boolean;
    }
  | { readonly kind: 'filtered' }
  | { readonly kind: 'rejected'; readonly error: SluiceError };

/** Runs the steps before the database on one record; with `lossless`, numbers keep every digit. Never throws data errors. */
export type Evaluate = (record: KafkaRecord, lossless: boolean) => Evaluated;

/** The steps before the database. */
export interface Evaluation {
  readonly evaluate: Evaluate;
  /**
   * Loads what evaluating these records of one partition needs from outside (schemas of the registry), before the first of
   * them is evaluated; undefined when all of it is there.
   *
   * @throws SluiceError of class transient or operator
   */
  readonly prepare?: (records: readonly KafkaRecord[]) => Promise<void> | undefined;
}

/** A change that is ready to be written, and the record that it came from. */
export interface PreparedChange {
  readonly record: KafkaRecord;
  readonly binder: TableBinder;
  readonly change: BoundChange;
}

/** A range of a partition of which every record has a fate but for what PostgreSQL may say. */
export interface PreparedRange {
  readonly topic: string;
  readonly partition: number;
  /** The ledger's row before. */
  readonly row: LedgerRow;
  readonly move: LedgerMove;
  /** Rows that open letters are about, those of this range included, by `rowId`. */
  readonly openRows: ReadonlySet<string>;
  /** In offset order. */
  readonly changes: readonly PreparedChange[];
  readonly letters: readonly DeadLetter[];
  readonly gaps: readonly Gap[];
}

/** What became of a range. `applied + filtered + duplicate + deadLettered` = the records that were taken. */
export interface RangeOutcome {
  readonly topic: string;
  readonly partition: number;
  /** The ledger's next offset afterwards. */
  readonly nextOffset: number;
  readonly applied: number;
  readonly filtered: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  /** Updates and deletes that found no row; they count as applied. In mode upsert none are told. */
  readonly unmatched: number;
  /** How often a row key came by another partition than before; told by the first range of a batch, absent: never. */
  readonly sharedKeys?: number | undefined;
  /** Changes of which the filter could not tell whether their row matches, written only where the row is; absent: none. */
  readonly undecided?: number;
  /** First offset that was not taken, and why; absent when the whole range was. */
  readonly failure?: { readonly failedAt: number; readonly error: SluiceError };
}
