import { Findings } from '../config/findings.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import type { AnyProperty } from '../config/property.ts';
import type { RecordPart } from './converter.ts';
import { findConverterClass } from './converter-class.ts';
import type { ConverterSettings } from './converter-settings.ts';
import { createInertPartProperties, createPartProperties, type PartProperties } from './part-properties.ts';
import type { RegistrySettings } from './registry/registry-settings.ts';
import { toGlueRegistrySettings, toHttpRegistrySettings } from './registry/to-registry-settings.ts';

const partProperties: Readonly<Record<RecordPart, PartProperties>> = {
  value: createPartProperties('value'),
  key: createPartProperties('key'),
  header: createPartProperties('header'),
};

/** Properties of the converters. */
export const converterProperties: readonly AnyProperty[] = (['value', 'key', 'header'] as const).flatMap((part) => {
  const { registry, ...own } = partProperties[part];
  return [...Object.values(own), ...Object.values(registry), ...createInertPartProperties(part)];
});

/**
 * Settings of the converter of one part of a record. Problems are findings only where the part is read; the settings are
 * then of no use.
 */
export function toConverterSettings(
  values: PropertyValues,
  part: RecordPart,
  isRead: boolean,
  findings: Findings,
): ConverterSettings {
  const of = partProperties[part];
  const found = isRead ? findings : new Findings();
  const { converter, registry = 'http' } = findConverterClass(values.get(of.converter))!;
  const toRegistry = (): RegistrySettings =>
    registry === 'glue'
      ? toGlueRegistrySettings(values, of.registry)
      : toHttpRegistrySettings(values, of.registry, found);
  switch (converter) {
    case 'JsonConverter': {
      const schemaContent = values.get(of.schemaContent);
      return {
        converter,
        schemasEnable: values.get(of.schemasEnable),
        ...(schemaContent && { schemaContent }),
        replaceNullWithDefault: values.get(of.replaceNullWithDefault),
        maxSchemas: values.get(of.maxSchemas),
      };
    }
    case 'StringConverter':
      return { converter, encoding: values.get(of.encoding) };
    case 'AvroConverter':
      return {
        converter,
        registry: toRegistry(),
        enhancedSchemas: values.get(of.enhancedAvro),
        flattenSingletonUnions: values.get(of.flattenSingletonUnions),
        generalizedSumTypes: values.get(of.generalizedSumTypes),
        connectMetaData: values.get(of.connectMetaData),
        discardTypeDocDefault: values.get(of.discardTypeDocDefault),
      };
    case 'ProtobufConverter':
      return {
        converter,
        registry: toRegistry(),
        enhancedSchemas: values.get(of.enhancedProtobuf),
        generalizedSumTypes: values.get(of.generalizedSumTypes),
        indexUnions: values.get(of.indexUnions),
        flattenUnions: values.get(of.flattenUnions),
        intForEnums: values.get(of.intForEnums),
        optionalForNullables: values.get(of.optionalForNullables),
        optionalForProto2: values.get(of.optionalForProto2),
        wrapperForNullables: values.get(of.wrapperForNullables),
        wrapperForRawPrimitives: values.get(of.wrapperForRawPrimitives),
        generateStructForNulls: values.get(of.generateStructForNulls),
        losslessTypes: values.get(of.losslessTypes),
      };
    case 'JsonSchemaConverter':
      return {
        converter,
        registry: toRegistry(),
        flattenSingletonUnions: values.get(of.flattenSingletonUnions),
        generalizedSumTypes: values.get(of.generalizedSumTypes),
        optionalForNonRequired: values.get(of.optionalForNonRequired),
      };
    default:
      return { converter };
  }
}
