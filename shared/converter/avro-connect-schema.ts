import type { Field, Schema, SchemaType } from '../data/schema.ts';
import { toAvroDefault } from './avro-default.ts';
import { toLogicalType } from './avro-logical-type.ts';
import type { AvroEnum, AvroField, AvroPrimitive, AvroProps, AvroRecord, AvroType } from './avro-schema.ts';
import { type AvroUnionOptions, toUnionShape } from './avro-union.ts';
import type { AvroConverterSettings } from './converter-settings.ts';
import { unreadable } from './unreadable.ts';

/** The options of Confluent's converter that shape the schema. */
export type AvroSchemaOptions = AvroUnionOptions &
  Pick<AvroConverterSettings, 'discardTypeDocDefault' | 'connectMetaData'>;

/** Answers the Connect schema of an Avro type, the same object for the same type, optional or not. */
export type ToConnectSchema = (type: AvroType, optional?: boolean) => Schema;

type Mutable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

const prefix = 'io.confluent.connect.avro';
const enumName = `${prefix}.Enum`;
const unionName = `${prefix}.Union`;
const generalizedEnum = 'org.apache.kafka.connect.data.Enum';
const generalizedUnion = 'org.apache.kafka.connect.data.Union';
/** Precision that Confluent writes when it knows none. */
const unknownPrecision = 64;

const simpleTypes: Readonly<Record<AvroPrimitive, SchemaType>> = {
  // Connect has no type of nothing; the value is always null.
  null: 'string',
  boolean: 'boolean',
  int: 'int32',
  long: 'int64',
  float: 'float',
  double: 'double',
  bytes: 'bytes',
  string: 'string',
};

/** True for the records that Connect writes maps as, whose keys are not strings. */
export function isMapEntry(type: AvroType): type is AvroRecord {
  if (type.type !== 'record' || type.fields.length !== 2) return false;
  const [first, second] = type.fields.map(({ name }) => name).sort();
  const isMarked = type.name === `${prefix}.MapEntry` || type.props['connect.internal.type'] === 'MapEntry';
  return isMarked && first === 'key' && second === 'value';
}

/**
 * The schemas of Connect for Avro types as Confluent's `AvroData` makes them, names and parameters included, and Avro's
 * logical types that it does not know by their own names. Cyclic where the type is.
 */
export function createToConnectSchema(options: AvroSchemaOptions): ToConnectSchema {
  const known = new Map<AvroType, Map<boolean, Schema>>();
  let unions = 0;
  const toWritten = (props: AvroProps) => (options.connectMetaData ? toTexts(props['connect.parameters']) : {});
  const toSchema: ToConnectSchema = (type, optional = false) => {
    const variants = known.get(type) ?? new Map<boolean, Schema>();
    known.set(type, variants);
    const found = variants.get(optional);
    if (found !== undefined) return found;
    if (type.type === 'union') {
      const schema = toUnion(type.branches, optional);
      variants.set(optional, schema);
      return schema;
    }
    const schema = {} as Mutable<Schema>;
    variants.set(optional, schema);
    fill(schema, type, optional);
    return schema;
  };
  const fill = (schema: Mutable<Schema>, type: Exclude<AvroType, { type: 'union' }>, optional: boolean) => {
    const parameters: Record<string, string> = {};
    const { props } = type;
    schema.optional = optional || type.type === 'null';
    const name = toName(type);
    if (name !== undefined) schema.name = name;
    const own = options.connectMetaData ? props['connect.doc'] : undefined;
    const doc = options.discardTypeDocDefault ? (props.doc ?? props['connect.doc']) : own;
    if (typeof doc === 'string') schema.doc = doc;
    if (Number.isInteger(props['connect.version'])) schema.version = props['connect.version'] as number;
    fillType(schema, type, parameters);
    Object.assign(parameters, toWritten(props), toAvroProps(props));
    if (Object.keys(parameters).length > 0) schema.parameters = parameters;
    const initial = toAvroDefault(type, props['connect.default'], options) ?? undefined;
    if (initial !== undefined) schema.default = initial;
  };
  const fillType = (
    schema: Mutable<Schema>,
    type: Exclude<AvroType, { type: 'union' }>,
    parameters: Record<string, string>,
  ) => {
    const { reading, scale } = toLogicalType(type);
    switch (type.type) {
      case 'record': {
        const fields: Field[] = [];
        schema.type = 'struct';
        schema.fields = fields;
        const { doc } = type.props;
        if (options.connectMetaData && typeof doc === 'string')
          parameters[options.discardTypeDocDefault ? 'connect.record.doc' : `${prefix}.record.doc`] = doc;
        for (const field of type.fields) {
          if (options.connectMetaData && !options.discardTypeDocDefault && typeof field.props.doc === 'string') {
            parameters[`${prefix}.field.doc.${field.name}`] = field.props.doc;
          }
          fields.push({ name: field.name, schema: toField(field) });
        }
        return;
      }
      case 'enum':
        schema.type = 'string';
        addEnum(parameters, type);
        return;
      case 'array':
        if (isMapEntry(type.items)) {
          schema.type = 'map';
          schema.keys = toSchema(type.items.fields.find(({ name }) => name === 'key')!.type);
          schema.values = toSchema(type.items.fields.find(({ name }) => name === 'value')!.type);
          return;
        }
        schema.type = 'array';
        schema.values = toSchema(type.items);
        return;
      case 'map':
        schema.type = 'map';
        schema.keys = { type: 'string', optional: false };
        schema.values = toSchema(type.values);
        return;
      case 'fixed':
        parameters['connect.fixed.size'] = String(type.size);
        schema.type = reading === 'uuid-bytes' ? 'string' : 'bytes';
        break;
      case 'int': {
        const narrow = type.props.logicalType === undefined ? type.props['connect.type'] : undefined;
        schema.type = narrow === 'int8' || narrow === 'int16' ? narrow : 'int32';
        return;
      }
      default:
        schema.type = simpleTypes[type.type];
    }
    if (reading !== 'decimal') return;
    parameters.scale = String(scale);
    const { precision } = type.props;
    if (Number.isInteger(precision) && precision !== unknownPrecision) {
      parameters['connect.decimal.precision'] = String(precision);
    }
  };
  const addEnum = (parameters: Record<string, string>, { name, symbols, default: initial, props }: AvroEnum) => {
    const short = name.slice(name.lastIndexOf('.') + 1);
    const { discardTypeDocDefault, connectMetaData } = options;
    if (connectMetaData && typeof props.doc === 'string') {
      parameters[discardTypeDocDefault ? 'connect.enum.doc' : `${prefix}.enum.doc.${short}`] = props.doc;
    }
    if (connectMetaData && !discardTypeDocDefault && initial !== undefined)
      parameters[`${prefix}.enum.default.${short}`] = initial;
    const parameter = options.generalizedSumTypes ? generalizedEnum : enumName;
    parameters[parameter] = name;
    for (const [index, symbol] of symbols.entries()) {
      parameters[`${parameter}.${symbol}`] = options.generalizedSumTypes ? String(index) : symbol;
    }
  };
  /** What a field says of its own besides the type. */
  const toField = ({ type, default: initial, props }: AvroField): Schema => {
    const base = toSchema(type);
    const own: Mutable<Partial<Schema>> = {};
    const parameters: Record<string, string> = toWritten(props);
    if (type.type !== 'union' && initial !== undefined) {
      const value = toAvroDefault(type, initial, options) ?? undefined;
      if (value !== undefined) own.default = value;
      if (options.connectMetaData && !options.discardTypeDocDefault && type.props['connect.default'] === undefined) {
        parameters[`${prefix}.field.default`] = 'true';
      }
    }
    if (options.discardTypeDocDefault && typeof props.doc === 'string') own.doc = props.doc;
    const hasParameters = Object.keys(parameters).length > 0;
    if (!hasParameters && Object.keys(own).length === 0) return base;
    return { ...base, ...own, ...(hasParameters && { parameters: { ...base.parameters, ...parameters } }) };
  };
  const toUnion = (branches: readonly AvroType[], optional: boolean): Schema => {
    const shape = toUnionShape(branches, options);
    if (shape.kind === 'single') return toSchema(shape.type, optional || shape.optional);
    const fields: Field[] = [];
    for (const [index, branch] of branches.entries()) {
      const field = shape.names[index];
      if (field !== undefined) fields.push({ name: field, schema: toSchema(branch, true) });
    }
    if (new Set(fields.map((field) => field.name)).size < fields.length) {
      unreadable('Several branches of a union of the Avro schema have one name; set enhanced.avro.schema.support=true');
    }
    const name = options.generalizedSumTypes ? `connect_union_${unions++}` : unionName;
    const parameters = options.generalizedSumTypes ? { parameters: { [generalizedUnion]: name } } : {};
    return { type: 'struct', optional: optional || shape.optional, name, ...parameters, fields };
  };
  return toSchema;
}

function toName(type: AvroType): string | undefined {
  const { name } = toLogicalType(type);
  const full = name ?? ('name' in type ? type.name : undefined);
  return full?.startsWith(`${prefix}.ConnectDefault`) ? undefined : full;
}

function toTexts(json: unknown): Record<string, string> {
  if (typeof json !== 'object' || json === null) return {};
  return Object.fromEntries(Object.entries(json).filter(([, value]) => typeof value === 'string'));
}

/** Attributes such as `avro.java.string`. */
function toAvroProps(props: AvroProps): Record<string, string> {
  const entries = Object.entries(props).filter(([name]) => name.startsWith('avro'));
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
