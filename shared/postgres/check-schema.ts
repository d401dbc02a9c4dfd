import { SluiceError } from '../errors/sluice-error.ts';
import type { TargetSettings } from './target-settings.ts';

/**
 * Refuses a schema that no record may lead to: PostgreSQL's own, that of the ledger, and what `target.schemas` leaves
 * out. Producers choose topics and source blocks, and with them tables.
 *
 * @throws SluiceError `TARGET_FORBIDDEN`
 */
export function checkSchema(
  schema: string,
  { ledgerSchema, targetSchemas }: Pick<TargetSettings, 'ledgerSchema' | 'targetSchemas'>,
): void {
  const isReserved = schema.startsWith('pg_') || schema === 'information_schema' || schema === ledgerSchema;
  if (!isReserved && targetSchemas?.includes(schema) !== false) return;
  const shown = schema.slice(0, 128).replaceAll('\0', '\uFFFD').toWellFormed();
  const reason = isReserved ? 'is not for target tables' : 'is not one of target.schemas';
  throw new SluiceError('TARGET_FORBIDDEN', `The schema ${shown} ${reason}.`, { stage: 'bind' });
}
