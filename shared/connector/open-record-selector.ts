import type { ConverterPorts } from '../converter/converter-ports.ts';
import type { Value } from '../data/value.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { createConverter } from '../converter/create-converter.ts';
import { RecordReader } from '../filter/record-reader.ts';
import type { FilterSql } from '../filter/sql/compile-filter-sql.ts';
import { RecordSelector } from '../filter/record-selector.ts';
import { createRowQueries } from '../filter/sql-row-queries.ts';
import { createUnavailableCheck } from '../postgres/unavailable-value.ts';
import type { ConnectorPlan } from './connector-plan.ts';

/** The steps of a connector up to the filter; the code of what it does not use is not loaded. */
export async function openRecordSelector(plan: ConnectorPlan, ports: ConverterPorts): Promise<RecordSelector> {
  const { target, filter, change } = plan;
  const { keyMode, deleteEnabled } = target;
  const transforms = await openTransforms(plan, ports);
  const sql = await openFilterSql(plan);
  const reads = (column: string) => sql?.selects.some(({ metadata }) => metadata.has(column)) === true;
  const readsKey = keyMode === 'record_key' || transforms?.readsKey === true || reads('__key');
  const readsHeaders = keyMode === 'record_header' || transforms?.readsHeaders === true || reads('__headers');
  const reader = new RecordReader({
    value: await createConverter(plan.valueConverter, 'value', ports),
    ...(readsKey && { key: await createConverter(plan.keyConverter, 'key', ports) }),
    ...(readsHeaders && { header: await createConverter(plan.headerConverter, 'header', ports) }),
    ...(transforms && { transforms }),
    change,
    readsExactly: transforms !== undefined || filter.sql !== undefined,
  });
  return new RecordSelector(reader, {
    filter,
    ...(sql && { queries: createRowQueries(sql, toUnavailable(plan)) }),
    deletes: deleteEnabled,
    deletesByTombstone: deleteEnabled && keyMode === 'record_key',
    hasEnvelopes: change.format === 'envelope',
    tellsUndecoded: transforms === undefined && plan.valueConverter.converter === 'JsonConverter',
  });
}

/**
 * The compiled `filter.sql`; undefined without one.
 *
 * @throws SluiceError `CONFIG_INVALID` with all that is wrong with it
 */
export async function openFilterSql({ filter, target }: ConnectorPlan): Promise<FilterSql | undefined> {
  if (filter.sql === undefined) return undefined;
  const { compileFilterSql } = await import('../filter/sql/compile-filter-sql.ts');
  const { isUnavailable } = toUnavailable({ target });
  try {
    return await compileFilterSql(filter.sql.text, { columnTypes: target.columnTypes, isUnavailable });
  } catch (error) {
    if ((error as Error).name !== 'FilterSqlErrors') throw error;
    throw new SluiceError('CONFIG_INVALID', `filter.sql: ${(error as Error).message}`, { cause: error });
  }
}

/** Which types of columns say how the unavailable value may be written; no column of the target is known here. */
const spellings = ['text', 'bytea', '_uuid', 'hstore'];

function toUnavailable({ target: { unavailableValue } }: Pick<ConnectorPlan, 'target'>) {
  const check = createUnavailableCheck(unavailableValue);
  return {
    isUnavailable: (value: Value) => spellings.some((baseType) => check(value, { baseType })),
    unavailableText: unavailableValue.toString(),
  };
}

async function openTransforms({ transforms }: ConnectorPlan, ports: ConverterPorts) {
  if (transforms === undefined) return undefined;
  const { createTransforms } = await import('../transform/create-transforms.ts');
  return createTransforms(transforms, ports);
}
