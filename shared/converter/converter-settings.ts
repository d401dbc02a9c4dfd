import type { RegistrySettings } from './registry/registry-settings.ts';

/** Which converter reads one part of a record, and its options (`value.converter`, `value.converter.*`). */
export type ConverterSettings =
  | JsonConverterSettings
  | AvroConverterSettings
  | ProtobufConverterSettings
  | JsonSchemaConverterSettings
  | { readonly converter: 'StringConverter'; readonly encoding: string }
  | { readonly converter: 'ByteArrayConverter' | 'SimpleHeaderConverter' | PrimitiveConverterName };

/** Simple class names of the converters. */
export type ConverterName = ConverterSettings['converter'];

/** Converters of a single number or truth value. */
export type PrimitiveConverterName =
  | 'ShortConverter'
  | 'IntegerConverter'
  | 'LongConverter'
  | 'FloatConverter'
  | 'DoubleConverter'
  | 'BooleanConverter';

/** Options of Kafka Connect's JsonConverter. */
export interface JsonConverterSettings {
  readonly converter: 'JsonConverter';
  /** `schemas.enable`: documents are `{"schema", "payload"}`. */
  readonly schemasEnable: boolean;
  /** `schema.content`: the schema of every document, which is then the payload alone; absent: none. */
  readonly schemaContent?: string;
  readonly replaceNullWithDefault: boolean;
  /** Most schemas kept. */
  readonly maxSchemas: number;
}

/** Options of Confluent's and AWS's AvroConverter that matter to a reader (`AvroDataConfig`). */
export interface AvroConverterSettings {
  readonly converter: 'AvroConverter';
  readonly registry: RegistrySettings;
  /** `enhanced.avro.schema.support`: names of enums and of union branches keep their namespace. */
  readonly enhancedSchemas: boolean;
  readonly flattenSingletonUnions: boolean;
  readonly generalizedSumTypes: boolean;
  /** `connect.meta.data`: schemas keep docs and parameters. */
  readonly connectMetaData: boolean;
  /** `discard.type.doc.default`. */
  readonly discardTypeDocDefault: boolean;
}

/** Options of Confluent's ProtobufConverter that matter to a reader (`ProtobufDataConfig`). */
export interface ProtobufConverterSettings {
  readonly converter: 'ProtobufConverter';
  readonly registry: RegistrySettings;
  /** `enhanced.protobuf.schema.support`: names keep their package. */
  readonly enhancedSchemas: boolean;
  readonly generalizedSumTypes: boolean;
  /** `generate.index.for.unions`. */
  readonly indexUnions: boolean;
  readonly flattenUnions: boolean;
  readonly intForEnums: boolean;
  readonly optionalForNullables: boolean;
  readonly optionalForProto2: boolean;
  readonly wrapperForNullables: boolean;
  readonly wrapperForRawPrimitives: boolean;
  readonly generateStructForNulls: boolean;
  /** `scalar.well.known.types`: messages that mean one value are that value, to the last digit. */
  readonly losslessTypes: boolean;
}

/** Options of Confluent's JsonSchemaConverter that matter to a reader (`JsonSchemaDataConfig`). */
export interface JsonSchemaConverterSettings {
  readonly converter: 'JsonSchemaConverter';
  readonly registry: RegistrySettings;
  readonly flattenSingletonUnions: boolean;
  readonly generalizedSumTypes: boolean;
  /** `use.optional.for.nonrequired`. */
  readonly optionalForNonRequired: boolean;
}
