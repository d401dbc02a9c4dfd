import type { Findings } from '../config/findings.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import { schemaProperty } from './schema-properties.ts';
import type { SchemaSettings, UnknownFields } from './schema-settings.ts';

const policies: readonly string[] = ['fail', 'ignore', 'add'] satisfies UnknownFields[];

/** How target tables follow the records. `hasKey`: the connector says what the primary key of a new table is. */
export function toSchemaSettings(values: PropertyValues, hasKey: boolean, findings: Findings): SchemaSettings {
  const isBasic = values.get(schemaProperty.schemaEvolution) === 'basic';
  const creates = isBasic || values.get(schemaProperty.autoCreate);
  const widens = isBasic || values.get(schemaProperty.autoEvolve);
  let unknownFields: UnknownFields = widens ? 'add' : 'fail';
  const unknownFieldsByTable = new Map<string, UnknownFields>();
  for (const entry of values.get(schemaProperty.unknownFields) ?? []) {
    const colon = entry.lastIndexOf(':');
    const policy = entry.slice(colon + 1).trim();
    if (!policies.includes(policy)) {
      const message = `unknown.fields: ${policy === '' ? 'a policy' : policy} is none of ${policies.join(', ')}.`;
      findings.error(schemaProperty.unknownFields.name, message);
    } else if (colon === -1) unknownFields = policy as UnknownFields;
    else unknownFieldsByTable.set(entry.slice(0, colon).trim(), policy as UnknownFields);
  }
  if (creates && !hasKey) {
    const name = values.writtenAs(schemaProperty.autoCreate) ?? schemaProperty.schemaEvolution.name;
    findings.warn(
      name,
      'A table that is created gets no primary key, because neither pk.fields nor pk.mode=record_key says one.',
    );
  }
  return { creates, widens, unknownFields, unknownFieldsByTable };
}
