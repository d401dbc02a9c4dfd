import { SluiceError } from '../errors/sluice-error.ts';
import type { TargetColumn } from './target-table.ts';

/** `VALUE_OUT_OF_RANGE`: the value is of the column's kind, but more than its type holds. */
export function outOfRange({ name, castType }: TargetColumn, what = 'number'): SluiceError {
  return new SluiceError('VALUE_OUT_OF_RANGE', `Column ${name}: the ${what} is out of range for ${castType}.`, {
    stage: 'bind',
    column: name,
  });
}

/** `VALUE_INVALID`: the value does not fit the column's type; `what` tells why, without quoting it. */
export function invalid({ name, castType }: TargetColumn, what: string): SluiceError {
  return new SluiceError('VALUE_INVALID', `Column ${name} (${castType}): ${what}.`, { stage: 'bind', column: name });
}
