import protobuf from 'protobufjs';
import type { Value } from '../data/value.ts';
import { findEntry, resolveType, toEnumScalar } from './protobuf-facts.ts';
import type { MessageField } from './protobuf-fields.ts';
import { emptyMaps, planMap } from './protobuf-maps.ts';
import type { FieldPlan, MessagePlan } from './protobuf-plan.ts';
import { type Scalar, scalars } from './protobuf-scalars.ts';
import {
  type Description,
  describeEnum,
  describeScalar,
  nameOfMap,
  type ProtobufShape,
  toFieldSchema,
  withMeta,
} from './protobuf-schema.ts';

/** What one value of a field is. */
export type OneValue = {
  readonly description: Description;
  /** Always so for messages and enums, whatever the options say. */
  readonly isNullable: boolean;
} & ({ readonly scalar: Scalar } | { readonly message: MessageField });

/** A map. */
export interface MapValue {
  readonly description: Description;
  readonly plan: FieldPlan;
  readonly absent: Value;
}

/** What a field is, and how it is read; `planOf` gives the plan of a message type. */
export class FieldValues {
  private readonly shape: ProtobufShape;
  private readonly planOf: (type: protobuf.Type) => MessagePlan;

  constructor(shape: ProtobufShape, planOf: (type: protobuf.Type) => MessagePlan) {
    this.shape = shape;
    this.planOf = planOf;
  }

  /** The value of a field, or one of its list. */
  one(field: protobuf.Field): OneValue {
    const type = resolveType(field);
    if (type instanceof protobuf.Type) {
      const plan = this.planOf(type);
      const message = { plan, group: field.delimited || isGroup(type) ? field.id : 0 };
      return { message, isNullable: true, description: withMeta(field, plan.describe) };
    }
    if (type !== undefined) {
      const description = withMeta(field, () => describeEnum(type, this.shape));
      return { scalar: toEnumScalar(type, this.shape), isNullable: true, description };
    }
    const description = withMeta(field, (meta) => describeScalar(field.type, meta));
    return { scalar: scalars[field.type]!, isNullable: false, description };
  }

  /** The map that a field is; undefined for any other. */
  map(field: protobuf.Field): MapValue | undefined {
    if (field.map) {
      const key = new protobuf.Field('key', 1, (field as protobuf.Field & { keyType: string }).keyType);
      // Its value's type is that of the field; its number is that of values.
      return this.entry(field, key, this.one(field));
    }
    const type = resolveType(field);
    const entry = type instanceof protobuf.Type ? findEntry(field, type) : undefined;
    return entry && this.entry(field, entry[0], this.one(entry[1]));
  }

  /** Whether a value may be null, where the field alone decides. */
  isOptional({ isNullable }: { readonly isNullable: boolean }, hasKeyword: boolean): boolean {
    return isNullable || hasKeyword || (!this.shape.optionalForNullables && !this.shape.wrapperForNullables);
  }

  private entry(field: protobuf.Field, key: protobuf.Field, value: OneValue): MapValue {
    const keys = scalars[key.type]!;
    const absent = keys.type === 'string' ? emptyMaps.fields : emptyMaps.map;
    const keySchema = toFieldSchema(
      key,
      describeScalar(key.type, new Map()),
      this.isOptional({ isNullable: false }, false),
    );
    const { parameters, ...rest } = value.description;
    const values = toFieldSchema(
      { id: 2 },
      { ...rest, ...(parameters && { parameters }) },
      this.isOptional(value, false),
    );
    return {
      absent,
      plan: planMap(keys, 'scalar' in value ? value.scalar : value.message, field.name),
      description: { type: 'map', name: nameOfMap(field, this.shape), keys: keySchema, values },
    };
  }
}

/** True for the type of a proto2 group, which protobufjs knows without declaring it. */
function isGroup(type: protobuf.Type): boolean {
  return (type as { readonly group?: boolean }).group === true;
}
