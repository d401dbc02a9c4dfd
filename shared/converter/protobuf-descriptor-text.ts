import {
  type EnumDescriptor,
  type FieldDescriptor,
  type MessageDescriptor,
  parseDescriptor,
} from './protobuf-descriptor.ts';
import { unreadable } from './unreadable.ts';

/** Names of scalar types by their numbers in a descriptor (`FieldDescriptorProto.Type`). */
const typeNames: Readonly<Record<number, string | undefined>> = {
  1: 'double',
  2: 'float',
  3: 'int64',
  4: 'uint64',
  5: 'int32',
  6: 'fixed64',
  7: 'fixed32',
  8: 'bool',
  9: 'string',
  12: 'bytes',
  13: 'uint32',
  15: 'sfixed32',
  16: 'sfixed64',
  17: 'sint32',
  18: 'sint64',
};
const types = { string: 9, group: 10, bytes: 12 } as const;
const labels = { required: 2, repeated: 3 } as const;
const editions: Readonly<Record<number, string | undefined>> = { 1000: '2023', 1001: '2024' };

type Features = { readonly features: Readonly<Record<string, string | null>> | null } | null;

/**
 * The `.proto` text of a schema, which may be its descriptor in base64. Entry types of maps are written out as messages,
 * so that messages keep their numbers.
 *
 * @throws SluiceError `VALUE_UNREADABLE`
 */
export function toProtoText(text: string): string {
  const file = parseDescriptor(text);
  if (file === undefined) return text;
  const isProto2 = file.syntax === null || file.syntax === '' || file.syntax === 'proto2';
  const edition = editions[file.edition ?? 0];
  const head =
    file.syntax === 'editions'
      ? `edition = "${edition ?? file.edition}";`
      : `syntax = "${isProto2 ? 'proto2' : 'proto3'}";`;
  return [
    head,
    file.package === null || file.package === '' ? '' : `package ${toName(file.package)};`,
    ...file.dependency.map((path) => `import ${quote(path)};`),
    ...toFeatures(file.options).map((feature) => `option ${feature};`),
    ...file.message_type.map((message) => toMessage(message, isProto2)),
    ...file.enum_type.map(toEnum),
  ].join('\n');
}

function toMessage(message: MessageDescriptor, isProto2: boolean): string {
  const { name, field, nested_type, enum_type, oneof_decl, options } = message;
  const isMember = ({ oneof_index, proto3_optional }: FieldDescriptor) =>
    oneof_index !== null && proto3_optional !== true;
  const oneofs = oneof_decl.map((oneof, index) => {
    const members = field.filter((one) => isMember(one) && one.oneof_index === index);
    return members.length === 0
      ? ''
      : `oneof ${toName(oneof.name)} { ${members.map((one) => toField(one)).join(' ')} }`;
  });
  return [
    `message ${toName(name)} {`,
    ...(options?.map_entry === true ? ['option map_entry = true;'] : []),
    ...toFeatures(options).map((feature) => `option ${feature};`),
    ...field.filter((one) => !isMember(one)).map((one) => toLabel(one, isProto2) + toField(one)),
    ...oneofs,
    ...nested_type.map((nested) => toMessage(nested, isProto2)),
    ...enum_type.map(toEnum),
    '}',
  ].join('\n');
}

function toLabel({ label, proto3_optional }: FieldDescriptor, isProto2: boolean): string {
  if (label === labels.repeated) return 'repeated ';
  if (isProto2 && label === labels.required) return 'required ';
  return isProto2 || proto3_optional === true ? 'optional ' : '';
}

function toField(field: FieldDescriptor): string {
  const { name, number, type, type_name, default_value, options } = field;
  const typeName = typeNames[type ?? 0] ?? toName(type_name);
  const meta = options?.field_meta;
  const settings = [
    ...toFeatures(options),
    ...(type === types.group ? ['features.message_encoding = DELIMITED'] : []),
    ...(default_value === null ? [] : [`default = ${isText(type) ? quote(default_value) : toToken(default_value)}`]),
    ...(meta ? [`(confluent.field_meta) = ${toMeta(meta)}`] : []),
  ];
  return `${typeName} ${toName(name)} = ${number}${settings.length > 0 ? ` [${settings.join(', ')}]` : ''};`;
}

function toMeta({ doc, params }: { doc: string | null; params: Readonly<Record<string, string>> }): string {
  const entries = Object.entries(params).map(([key, value]) => `{ key: ${quote(key)}, value: ${quote(value)} }`);
  return `{ ${doc === null ? '' : `doc: ${quote(doc)}, `}params: [${entries.join(', ')}] }`;
}

function toEnum({ name, value, options }: EnumDescriptor): string {
  const symbols = value.map((symbol) => `${toName(symbol.name)} = ${symbol.number ?? 0};`);
  const alias = options?.allow_alias === true ? 'option allow_alias = true;' : '';
  const features = toFeatures(options).map((feature) => `option ${feature};`);
  return `enum ${toName(name)} { ${alias} ${features.join(' ')} ${symbols.join(' ')} }`;
}

function toFeatures(options: Features): string[] {
  const given = Object.entries(options?.features ?? {}).filter(([, value]) => value !== null);
  return given.map(([name, value]) => `features.${name} = ${value}`);
}

function isText(type: number | null): boolean {
  return type === types.string || type === types.bytes;
}

/** What a descriptor names goes into the text, and must not be more than a name. */
function toName(name: string | null): string {
  return /^[\w.]+$/.test(name ?? '') ? name! : unreadable('The descriptor of the schema has a name that is none');
}

function toToken(value: string): string {
  return /^[\w.+-]+$/.test(value) ? value : unreadable('The descriptor of the schema has a default that is none');
}

function quote(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `"${escaped}"`;
}
