import type { BoundChange } from './bound-change.ts';
import type { RowKey } from './row-key.ts';

/** Name of a row among all rows of all tables. PostgreSQL's texts hold no NUL, so that no two rows share one. */
export function rowId(table: string, keyText: string): string {
  return `${table}\0${keyText}`;
}

/**
 * A row key as a dead letter stores it: a JSON array of texts. All spellings of a key have one form where Sluice can tell
 * them apart; where only PostgreSQL can (dates, case-insensitive texts, …), the spelling counts.
 */
export function toKeyText({ values, canonical }: RowKey): string {
  if (canonical === undefined) return JSON.stringify(values);
  return values.length === 1 ? JSON.stringify([canonical]) : canonical;
}

/** The keys of the rows that a change is about: the one that it locates, then the one that it moves the row to. */
export function toKeyTexts(change: BoundChange): readonly string[] {
  switch (change.kind) {
    case 'insert':
      return change.key === undefined ? [] : [toKeyText(change.key)];
    case 'delete':
      return [toKeyText(change.key)];
    case 'update': {
      const [key, newKey] = [toKeyText(change.key), toKeyText(change.newKey)];
      return key === newKey ? [key] : [key, newKey];
    }
    default:
      return [];
  }
}
