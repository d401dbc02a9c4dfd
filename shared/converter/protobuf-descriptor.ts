import protobuf from 'protobufjs';
import { ProtobufCompiler, rawShape } from './protobuf-compiler.ts';
import { decodeMessage, type MessagePlan } from './protobuf-plan.ts';
import { unreadable } from './unreadable.ts';

/**
 * The parts of a file's descriptor that reading its records needs; the option of fields is Confluent's.
 *
 * Source: protocolbuffers/protobuf, `google/protobuf/descriptor.proto`; confluentinc/schema-registry, `meta.proto`.
 */
const descriptorFile = `syntax = "proto2";
  message File { optional string package = 2; repeated string dependency = 3; repeated Message message_type = 4;
    repeated Enum enum_type = 5; optional FileOptions options = 8; optional string syntax = 12; optional int32 edition = 14; }
  message Message { optional string name = 1; repeated Field field = 2; repeated Message nested_type = 3;
    repeated Enum enum_type = 4; optional MessageOptions options = 7; repeated Oneof oneof_decl = 8; }
  message Field { optional string name = 1; optional int32 number = 3; optional int32 label = 4; optional int32 type = 5;
    optional string type_name = 6; optional string default_value = 7; optional FieldOptions options = 8;
    optional int32 oneof_index = 9; optional bool proto3_optional = 17; }
  message Oneof { optional string name = 1; }
  message Enum { optional string name = 1; repeated Symbol value = 2; optional EnumOptions options = 3; }
  message Symbol { optional string name = 1; optional int32 number = 2; }
  message FileOptions { optional Features features = 50; }
  message MessageOptions { optional bool map_entry = 7; optional Features features = 12; }
  message FieldOptions { optional Features features = 21; optional Meta field_meta = 1088; }
  message EnumOptions { optional bool allow_alias = 2; optional Features features = 7; }
  message Features { optional Presence field_presence = 1; optional Openness enum_type = 2;
    optional Encoding message_encoding = 5; }
  enum Presence { EXPLICIT = 1; IMPLICIT = 2; LEGACY_REQUIRED = 3; }
  enum Openness { OPEN = 1; CLOSED = 2; }
  enum Encoding { LENGTH_PREFIXED = 1; DELIMITED = 2; }
  message Meta { optional string doc = 1; map<string, string> params = 2; }`;

/** What has a descriptor of features. */
interface WithFeatures {
  readonly features: Readonly<Record<string, string | null>> | null;
}

/** A field of a descriptor. */
export interface FieldDescriptor {
  readonly name: string | null;
  readonly number: number | null;
  readonly label: number | null;
  readonly type: number | null;
  readonly type_name: string | null;
  readonly default_value: string | null;
  readonly oneof_index: number | null;
  readonly proto3_optional: boolean | null;
  readonly options:
    | (WithFeatures & { readonly field_meta: { doc: string | null; params: Readonly<Record<string, string>> } | null })
    | null;
}

/** An enum of a descriptor. */
export interface EnumDescriptor {
  readonly name: string | null;
  readonly value: readonly { readonly name: string | null; readonly number: number | null }[];
  readonly options: (WithFeatures & { readonly allow_alias: boolean | null }) | null;
}

/** A message of a descriptor. */
export interface MessageDescriptor {
  readonly name: string | null;
  readonly field: readonly FieldDescriptor[];
  readonly nested_type: readonly MessageDescriptor[];
  readonly enum_type: readonly EnumDescriptor[];
  readonly oneof_decl: readonly { readonly name: string | null }[];
  readonly options: (WithFeatures & { readonly map_entry: boolean | null }) | null;
}

/** A file's descriptor. */
export interface FileDescriptor {
  readonly package: string | null;
  readonly dependency: readonly string[];
  readonly message_type: readonly MessageDescriptor[];
  readonly enum_type: readonly EnumDescriptor[];
  readonly options: WithFeatures | null;
  readonly syntax: string | null;
  readonly edition: number | null;
}

let plan: MessagePlan | undefined;

/**
 * The descriptor that the text of a schema is in base64, as serializers of Python, Go and .NET register it and Apicurio
 * gives it back; undefined for a `.proto` text.
 *
 * @throws SluiceError `VALUE_UNREADABLE` for base64 of something else
 */
export function parseDescriptor(text: string): FileDescriptor | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}\s*$/.test(text)) return undefined;
  plan ??= new ProtobufCompiler(rawShape).compile(
    protobuf.parse(descriptorFile, { keepCase: true }).root.resolveAll().lookupType('File'),
  ).plan;
  const file = decodeMessage(plan, Buffer.from(text, 'base64'), 0, false) as unknown as FileDescriptor;
  if (file.message_type.length === 0 && file.dependency.length === 0) {
    unreadable('The schema is base64 of something else than a descriptor of a .proto file');
  }
  return file;
}
