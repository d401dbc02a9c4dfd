import { SluiceError } from '../errors/sluice-error.ts';

/** The code for values under a schema, which connectors of schemaless JSON do not load. */
type TypedValues = typeof import('./typed-values-code.ts');

let loaded: TypedValues | undefined;

/** Loads what {@link typedValues} answers; to be awaited before the first record of a connector whose records may have schemas. */
export async function loadTypedValues(): Promise<void> {
  loaded ??= await import('./typed-values-code.ts');
}

/**
 * What binds values under a schema, and tells the types of columns from it.
 *
 * @throws SluiceError `INVARIANT_BROKEN` before {@link loadTypedValues}
 */
export function typedValues(): TypedValues {
  if (loaded === undefined) {
    throw new SluiceError('INVARIANT_BROKEN', 'A value has a schema, but the code for such values was not loaded.');
  }
  return loaded;
}
