import type { ConverterPorts } from '../converter/converter-ports.ts';
import { createConverter } from '../converter/create-converter.ts';
import { RecordReader } from '../filter/record-reader.ts';
import { RecordSelector } from '../filter/record-selector.ts';
import type { ConnectorPlan } from './connector-plan.ts';

/** The steps of a connector up to the filter; the code of what it does not use is not loaded. */
export async function openRecordSelector(plan: ConnectorPlan, ports: ConverterPorts): Promise<RecordSelector> {
  const { target, filter, change } = plan;
  const { keyMode, deleteEnabled } = target;
  const transforms = await openTransforms(plan, ports);
  const readsKey = keyMode === 'record_key' || transforms?.readsKey === true;
  const readsHeaders = keyMode === 'record_header' || transforms?.readsHeaders === true;
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
    deletes: deleteEnabled,
    deletesByTombstone: deleteEnabled && keyMode === 'record_key',
    transforms: transforms !== undefined,
  });
}

async function openTransforms({ transforms }: ConnectorPlan, ports: ConverterPorts) {
  if (transforms === undefined) return undefined;
  const { createTransforms } = await import('../transform/create-transforms.ts');
  return createTransforms(transforms, ports);
}
