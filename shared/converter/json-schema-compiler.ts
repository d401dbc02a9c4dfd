import type { Schema } from '../data/schema.ts';
import { type Fields, isFields, type Value } from '../data/value.ts';
import { Misfit } from './connect-value.ts';
import type { JsonSchemaConverterSettings } from './converter-settings.ts';
import { type Compiled, complete, withDefault } from './json-schema-annotations.ts';
import { type JsonSchemaDocuments, type SchemaNode, toNode } from './json-schema-documents.ts';
import { guessType, isNull, toBranches, toOrder } from './json-schema-keywords.ts';
import { mergeAllOf } from './json-schema-merge.ts';
import { anyJson, type Reading, toConnectReading, toEnumReading, toNumberReading } from './json-schema-scalars.ts';
import { createMapReader, createPairsReader, createStructReader, type Member } from './json-schema-structures.ts';
import { createUnionReader } from './json-schema-unions.ts';
import { unreadable } from './unreadable.ts';

/** The options of Confluent's JsonSchemaConverter. */
export type JsonSchemaShape = Omit<JsonSchemaConverterSettings, 'converter' | 'registry'>;

type Mutable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

const oneOfName = 'io.confluent.connect.json.OneOf';
const unionParameter = 'org.apache.kafka.connect.data.Union';

/**
 * Makes of a JSON Schema what Confluent's JsonSchemaData makes of it. Where that refuses a schema, or drops what it does
 * not describe, any JSON is read instead: the elements of an array without `items`, an object that tells no property.
 *
 * Source: confluentinc/schema-registry, `JsonSchemaData`.
 */
export class JsonSchemaCompiler {
  private readonly documents: JsonSchemaDocuments;
  private readonly shape: JsonSchemaShape;
  /** By schema and whether null is allowed. A schema that is under way, because it holds itself, is completed later. */
  private readonly known = new Map<SchemaNode, Mutable<Compiled>[]>();
  /** Schemas that are another one, which was under way: copies that are due. */
  private readonly late: { readonly to: Mutable<Schema>; readonly from: Schema }[] = [];
  private unions = 0;

  constructor(documents: JsonSchemaDocuments, shape: JsonSchemaShape) {
    this.documents = documents;
    this.shape = shape;
  }

  /**
   * What the document itself says.
   *
   * @throws Misfit, or SluiceError `VALUE_UNREADABLE`, for a schema that cannot be used
   */
  compileRoot(): Compiled {
    const root = this.compile(this.documents.root, false);
    for (let due = this.late; due.length > 0; ) {
      for (const { to, from } of due) Object.assign(to, from);
      const open = due.filter(({ to }) => to.type === undefined);
      if (open.length === due.length) unreadable('The JSON Schema refers to itself and to nothing else');
      due = open;
    }
    return root;
  }

  private compile(node: SchemaNode, isOptional: boolean): Compiled {
    const byOptional = this.known.get(node) ?? [];
    this.known.set(node, byOptional);
    const index = isOptional ? 1 : 0;
    const before = byOptional[index];
    if (before !== undefined) return before;
    const schema = {} as Mutable<Schema>;
    const compiled: Mutable<Compiled> = {
      schema,
      read: (json, hasMarks) => compiled.read(json, hasMarks),
    };
    byOptional[index] = compiled;
    const made = this.make(node, isOptional);
    if (made.schema.type === undefined) this.late.push({ to: schema, from: made.schema });
    else Object.assign(schema, made.schema);
    compiled.read = made.read;
    return compiled;
  }

  private make(written: SchemaNode, isOptional: boolean): Compiled {
    if (typeof written === 'boolean') return complete(anyJson, {}, isOptional);
    if (typeof written.$ref === 'string') {
      const target = this.documents.resolve(written, written.$ref);
      return withDefault(this.compile(target, isOptional), written);
    }
    const node = mergeAllOf(written, this.documents);
    const { enum: symbols, const: constant, type } = node;
    const branches = toBranches(node);
    if (branches !== undefined && node.properties === undefined) return this.makeUnion(node, branches, isOptional);
    if (Array.isArray(type)) {
      const single = (type as readonly Value[]).map((one) => ({ ...node, type: one, title: node.title ?? null }));
      return this.makeUnion(node, single, isOptional);
    }
    if (Array.isArray(symbols) && (type === undefined || type === 'string')) {
      return complete(toEnumReading(symbols, this.shape.generalizedSumTypes), node, isOptional);
    }
    if (constant !== undefined && type === undefined) {
      return complete(toEnumReading([constant], this.shape.generalizedSumTypes), node, isOptional);
    }
    return complete(this.toReading(node, typeof type === 'string' ? type : guessType(node)), node, isOptional);
  }

  private toReading(node: Fields, type: string | undefined): Reading {
    switch (type) {
      case 'boolean':
        return toConnectReading(node, 'boolean');
      case 'number':
      case 'integer':
        return toNumberReading(node, type === 'integer');
      case 'string':
        return toConnectReading(node, node['connect.type'] === 'bytes' ? 'bytes' : 'string');
      case 'array':
        return this.toArray(node);
      case 'object':
        return this.toObject(node);
      case 'null':
        return { schema: { type: 'string' }, read: () => misfit('null is the only value of the JSON Schema') };
      default:
        return anyJson;
    }
  }

  private toArray(node: Fields): Reading {
    const items = isFields(node.items) || typeof node.items === 'boolean' ? toNode(node.items) : true;
    if (node['connect.type'] === 'map' && isFields(items) && isFields(items.properties)) {
      const keys = this.compile(toNode(items.properties.key), false);
      const values = this.compile(toNode(items.properties.value), false);
      return {
        schema: { type: 'map', keys: keys.schema, values: values.schema },
        read: createPairsReader(keys, values),
      };
    }
    const element = this.compile(items, false);
    return {
      schema: { type: 'array', values: element.schema },
      read: (json, hasMarks) =>
        Array.isArray(json) ? json.map((one: Value) => element.read(one, hasMarks)) : misfit('An array is needed'),
    };
  }

  private toObject(node: Fields): Reading {
    const { properties, additionalProperties, required } = node;
    const isMap = node['connect.type'] === 'map' || properties === undefined;
    if (isMap && isFields(additionalProperties)) {
      const values = this.compile(additionalProperties, false);
      const keys: Schema = { type: 'string', optional: false };
      return { schema: { type: 'map', keys, values: values.schema }, read: createMapReader(values) };
    }
    // An object whose members the schema does not tell would come without any.
    if (isMap && additionalProperties !== false) return anyJson;
    const names = new Set(Array.isArray(required) ? (required as readonly Value[]) : []);
    const members: Member[] = toOrder(isFields(properties) ? properties : {}).map(([name, property]) => {
      const isOptional = this.shape.optionalForNonRequired && !names.has(name);
      return { name, ...this.compile(toNode(property), isOptional) };
    });
    const fields = members.map(({ name, schema }) => ({ name, schema }));
    return { schema: { type: 'struct', fields }, read: createStructReader(members) };
  }

  private makeUnion(node: Fields, branches: readonly Value[], isOptional: boolean): Compiled {
    const others = branches.map(toNode).filter((branch) => !isNull(branch));
    const isNullable = others.length < branches.length;
    const [only] = others;
    if (only === undefined) return complete(this.toReading({}, 'null'), node, true);
    if (others.length === 1 && (isNullable || this.shape.flattenSingletonUnions)) {
      return withDefault(this.compile(only, isOptional || isNullable), node);
    }
    const { generalizedSumTypes } = this.shape;
    const name = generalizedSumTypes ? `connect_union_${this.unions++}` : oneOfName;
    const fieldName = generalizedSumTypes ? 'connect_union_field_' : `${name}.field.`;
    const members = others.map((branch, index) => ({ name: fieldName + index, ...this.compile(branch, true) }));
    const fields = members.map((member) => ({ name: member.name, schema: member.schema }));
    const parameters = generalizedSumTypes ? { parameters: { [unionParameter]: name } } : {};
    const reading: Reading = {
      schema: { type: 'struct', name, ...parameters, fields },
      read: createUnionReader(members),
    };
    return complete(reading, node, isOptional || isNullable);
  }
}

function misfit(message: string): never {
  throw new Misfit(message);
}
