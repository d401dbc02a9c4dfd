import type protobuf from 'protobufjs';
import type { Field, Schema } from '../data/schema.ts';
import { defaultOf, hasPresence, isInRealOneof, ownFields, realOneofs } from './protobuf-facts.ts';
import { FieldValues, type OneValue } from './protobuf-field-value.ts';
import {
  flatSlot,
  ownSlot,
  planMessage,
  planMessages,
  planScalar,
  planScalars,
  type Slot,
  unionSlot,
} from './protobuf-fields.ts';
import {
  createStruct,
  emptyList,
  type FieldPlan,
  finishStruct,
  type MessagePlan,
  type Struct,
} from './protobuf-plan.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { confluentNames, describeUnion, nameOf, type ProtobufShape, toFieldSchema } from './protobuf-schema.ts';
import { describeDecimal, findWellKnown, toConfluentDecimal, wrappers } from './protobuf-well-known.ts';

/** The shape in which messages that mean one value are read at first. */
export const rawShape: ProtobufShape = {
  enhancedSchemas: false,
  generalizedSumTypes: false,
  indexUnions: false,
  flattenUnions: true,
  intForEnums: false,
  optionalForNullables: false,
  optionalForProto2: true,
  wrapperForNullables: false,
  wrapperForRawPrimitives: false,
  generateStructForNulls: false,
  losslessTypes: false,
};

/** Plans and schemas of the messages of one set of files, as Confluent's ProtobufData makes them. */
export class ProtobufCompiler {
  private readonly plans = new Map<protobuf.Type, MessagePlan>();
  /** Messages whose fields are not there yet: they may stand in themselves, and in one another too deep to recurse. */
  private readonly open: { readonly type: protobuf.Type; readonly plan: MessagePlan }[] = [];
  private readonly shape: ProtobufShape;
  private readonly values: FieldValues;
  /** Reads messages that mean one value; undefined in itself. */
  private readonly raw: ProtobufCompiler | undefined;

  constructor(shape: ProtobufShape) {
    this.shape = shape;
    this.raw = shape === rawShape ? undefined : new ProtobufCompiler(rawShape);
    this.values = new FieldValues(shape, (type) => this.plan(type, shape.wrapperForNullables));
  }

  /** The plan of the message that a record is, and its schema. */
  compile(type: protobuf.Type): { readonly plan: MessagePlan; readonly schema: Schema } {
    const plan = this.plan(type, this.shape.wrapperForRawPrimitives);
    for (let next = this.open.pop(); next !== undefined; next = this.open.pop()) this.fill(next.type, next.plan);
    return { plan, schema: { ...plan.describe(new Map()), optional: false } };
  }

  private plan(type: protobuf.Type, unwrap: boolean): MessagePlan {
    let plan = this.plans.get(type);
    if (plan !== undefined) return plan;
    const meaning = this.meaning(type, unwrap);
    if (meaning !== undefined) plan = { ...this.raw!.compile(type).plan, ...meaning };
    else {
      const fields: Field[] = [];
      const name = nameOf(type, this.shape);
      plan = { fields, absent: {}, plans: new Map(), required: [], describe: () => ({ type: 'struct', name, fields }) };
      this.open.push({ type, plan });
    }
    this.plans.set(type, plan);
    return plan;
  }

  private meaning({ fullName }: protobuf.Type, unwrap: boolean): Pick<MessagePlan, 'convert' | 'describe'> | undefined {
    if (this.raw === undefined) return undefined;
    if (fullName === '.confluent.type.Decimal') return { convert: toConfluentDecimal, describe: describeDecimal };
    const known = findWellKnown(fullName.slice(1), this.shape.losslessTypes, unwrap);
    return known && { convert: known.convert, describe: () => known.schema };
  }

  private fill(type: protobuf.Type, plan: MessagePlan): void {
    for (const [index, oneof] of realOneofs(type).entries()) this.addOneof(plan, oneof, index);
    for (const field of ownFields(type)) if (!isInRealOneof(field)) this.addField(plan, field);
  }

  private addField(plan: MessagePlan, field: protobuf.Field): void {
    const { name, id } = field;
    const add = (schema: Schema, absent: Struct[string], fieldPlan: FieldPlan): void => {
      plan.fields.push({ name, schema });
      plan.absent[name] = absent;
      plan.plans.set(id, fieldPlan);
    };
    const map = this.values.map(field);
    if (map !== undefined) {
      add(toFieldSchema(field, map.description, true), map.absent, map.plan);
      return;
    }
    const value = this.values.one(field);
    if (field.repeated) {
      const { doc, ...description } = value.description;
      const list = { type: 'array', values: { ...description, optional: true }, ...(doc && { doc }) } as const;
      const listPlan = 'scalar' in value ? planScalars(value.scalar, name) : planMessages(value.message, name);
      add(toFieldSchema(field, list, true), emptyList, listPlan);
      return;
    }
    const isNullable = hasPresence(field, this.shape);
    const schema = toFieldSchema(field, value.description, this.values.isOptional(value, isNullable));
    const absent = isNullable || field.required || !('scalar' in value) ? null : defaultOf(field, value.scalar);
    if (field.required) plan.required.push(name);
    add(schema, absent, this.planOne(value, ownSlot(name), this.shape.generateStructForNulls));
  }

  private addOneof(plan: MessagePlan, oneof: protobuf.OneOf, index: number): void {
    const { flattenUnions, indexUnions, wrapperForNullables } = this.shape;
    const union = indexUnions ? `${oneof.name}_${index}` : oneof.name;
    const names = oneof.fieldsArray.map(({ name }) => name);
    const absent: Struct = Object.fromEntries(names.map((name) => [name, null]));
    const fields = oneof.fieldsArray.map((field) => {
      const value = this.values.one(field);
      const slot = flattenUnions ? flatSlot(field.name, names) : unionSlot(union, field.name, absent);
      plan.plans.set(field.id, this.planOne(value, slot, false));
      const isWrapper = wrapperForNullables && wrappers.has(field.resolvedType?.fullName.slice(1) ?? '');
      const more = isWrapper ? { [confluentNames.wrapper]: 'true' } : {};
      return { name: field.name, schema: toFieldSchema(field, value.description, true, more) };
    });
    if (flattenUnions) {
      plan.fields.push(...fields);
      Object.assign(plan.absent, absent);
    } else {
      plan.fields.push({ name: union, schema: { ...describeUnion(oneof, this.shape), optional: true, fields } });
      plan.absent[union] = null;
    }
  }

  private planOne(value: OneValue, slot: Slot, generate: boolean): FieldPlan {
    if ('scalar' in value) return planScalar(value.scalar, slot);
    const { message } = value;
    if (!generate || message.plan.convert !== undefined) return planMessage(message, slot);
    return planMessage(message, slot, createGenerator(message.plan));
  }
}

/** Makes the struct of an absent message, without that message within itself. */
function createGenerator(plan: MessagePlan): (reader: ProtobufReader) => Struct | null {
  let isUnderWay = false;
  return (reader) => {
    if (isUnderWay) return null;
    isUnderWay = true;
    try {
      const struct = createStruct(plan, reader);
      finishStruct(plan, reader, struct);
      return struct;
    } finally {
      isUnderWay = false;
    }
  };
}
