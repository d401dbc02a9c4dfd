import type { Image, RowChange } from '../change/change-event.ts';
import type { Schema } from '../data/schema.ts';
import type { RowFilterSettings } from './filter-settings.ts';

/** An image of a row with its schema; null for one without. */
export interface RowImage {
  readonly image: Image;
  readonly schema: Schema | null;
}

/** What a WHERE says of a row: null counts as false, and `unavailable` is what a value that the record lacks decides. */
export type Match = boolean | 'unavailable';

/** One SELECT of `filter.sql`, for one record. */
export interface RowQuery {
  matches(row: RowImage): Match;
  /** The selected columns; one that reads what the row lacks is left out, or holds the unavailable value. */
  project(row: RowImage): RowImage;
  /** True when `after` may lack a column that the query reads or gives; {@link complete} looks it up. */
  lacks(after: RowImage, before: RowImage | null): boolean;
  /** `after` with what it lacks, as far as `before` and the row's earlier images in the batch tell it. */
  complete(after: RowImage, before: RowImage | null): RowImage;
}

/**
 * The change of a row of the target that a change of its source makes when a query stands between them; null for none.
 *
 * An update is looked at on both images: the row enters (`c`), leaves (`d`), stays (`u`) or stays out. Where `before` does
 * not tell whether it matched, one that does not match now takes away what may be there. An update of which nobody can
 * tell whether it matches changes the row only where it is. What an update lacks is looked up before it is tested and
 * before its columns are computed. A delete is nothing only if it is sure that the row did not
 * match. So are a snapshot read and a create that do not match, but for an incremental read and a flat row that does not
 * say its op: the row may have matched before.
 */
export function moveRow(change: RowChange, query: RowQuery, leave: RowFilterSettings['leave']): RowChange | null {
  if (change.op === 'd') {
    const row = toRow(change.before, change.beforeSchema);
    return query.matches(row) === false ? null : toLeaving(change, query, row);
  }
  const sent = toRow(change.after, change.afterSchema);
  if (change.op !== 'u') {
    const matched = query.matches(sent);
    if (matched === true) return withAfter(change, query.project(sent));
    if (matched === 'unavailable') return toUpdate(change, query, null, sent, true);
    const mayHaveMatched = change.mayUpdate || (change.op === 'r' && change.source?.snapshot === 'incremental');
    return mayHaveMatched && leave !== 'keep' ? toLeaving(change, query, sent) : null;
  }
  const before = isKnown(change.before) ? toRow(change.before, change.beforeSchema) : null;
  const asSent = query.matches(sent);
  // A row that does not match is not written, so that nothing has to be looked up for it.
  const after = asSent !== false && query.lacks(sent, before) ? query.complete(sent, before) : sent;
  const matched = asSent === 'unavailable' ? query.matches(after) : asSent;
  if (matched === 'unavailable') return toUpdate(change, query, before, after, true);
  const matchedBefore = before === null ? 'unavailable' : query.matches(before);
  if (matched) {
    if (matchedBefore !== false) return toUpdate(change, query, before, after);
    return withAfter({ ...change, op: 'c', before: null }, query.project(after));
  }
  return matchedBefore === false || leave === 'keep' ? null : toLeaving(change, query, before ?? after);
}

function toRow(image: Image, schema: Schema | null | undefined): RowImage {
  return { image, schema: schema ?? null };
}

function isKnown(image: Image | null): image is Image {
  if (image === null) return false;
  for (const _ in image) return true;
  return false;
}

function withAfter(change: RowChange & { readonly after: Image }, { image, schema }: RowImage): RowChange {
  return { ...change, after: image, afterSchema: schema };
}

/** The update of a row that is selected; with `onlyExisting` none is made where it is not there. */
function toUpdate(
  { beforeSchema: _, ...change }: RowChange,
  query: RowQuery,
  before: RowImage | null,
  after: RowImage,
  onlyExisting = false,
): RowChange {
  const old = before === null ? null : query.project(before);
  const row = query.project(after);
  return {
    ...change,
    op: 'u',
    before: old?.image ?? null,
    after: row.image,
    ...(old !== null && { beforeSchema: old.schema }),
    afterSchema: row.schema,
    ...(onlyExisting && { onlyExisting }),
  };
}

function toLeaving({ afterSchema: _, ...change }: RowChange, query: RowQuery, row: RowImage): RowChange {
  const { image, schema } = query.project(row);
  return { ...change, op: 'd', before: image, after: null, beforeSchema: schema };
}
