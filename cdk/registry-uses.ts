import type { ConnectorPlan } from '../shared/connector/connector-plan.ts';
import type { RegistrySettings } from '../shared/converter/registry/registry-settings.ts';

/** The kinds of schema registries that a connector's functions ask. */
export function registriesOf({
  valueConverter,
  keyConverter,
  headerConverter,
}: ConnectorPlan): ReadonlySet<RegistrySettings['kind']> {
  const converters = [valueConverter, keyConverter, headerConverter];
  return new Set(converters.flatMap((settings) => ('registry' in settings ? [settings.registry.kind] : [])));
}
