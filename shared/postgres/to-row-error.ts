import { isSluiceError, SluiceError } from '../errors/sluice-error.ts';
import type { PreparedChange } from './prepared-range.ts';
import type { WriteMode } from './target-settings.ts';
import { isKeyConflict, toDatabaseError } from './to-database-error.ts';

/** How the statement of a change says that what it relies on is not so. */
const divisionByZero = '22012';

/**
 * What writing changes of one table failed of. A taken key is a data error in the modes that never free it; that a row
 * does not exist which must, or that a truncate has no order, is told by the statement of a single change.
 */
export function toRowError(error: unknown, changes: readonly PreparedChange[], mode: WriteMode): SluiceError {
  const failure = toDatabaseError(error);
  const [first] = changes;
  if (first === undefined || isSluiceError(error)) return failure;
  const { change, binder } = first;
  const { displayName, keyColumns } = binder.table;
  const details = { stage: 'write', ...(failure.sqlState !== undefined && { sqlState: failure.sqlState }) } as const;
  if (mode !== 'upsert' && isKeyConflict(error, keyColumns)) {
    const keys = keyColumns.map(({ name }) => name).join(', ');
    return new SluiceError('ROW_EXISTS', `${displayName} has a row with this key (${keys}) already.`, details);
  }
  if (failure.sqlState !== divisionByZero || changes.length > 1) return failure;
  if (change.kind === 'truncate') {
    const message = `Rows of other partitions are in ${displayName} too, so that a truncate has no place among them.`;
    return new SluiceError('TRUNCATE_UNORDERED', message, { stage: 'write' });
  }
  if ('row' in change && change.row.set.mustExist) {
    const message = `The row is not in ${displayName}, and the record lacks values that a new one needs.`;
    return new SluiceError('INCOMPLETE_ROW', message, { stage: 'write' });
  }
  return failure;
}
