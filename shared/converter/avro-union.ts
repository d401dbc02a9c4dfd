import type { Value } from '../data/value.ts';
import type { AvroType } from './avro-schema.ts';
import type { AvroConverterSettings } from './converter-settings.ts';

/** The options of Confluent's converter that shape unions. */
export type AvroUnionOptions = Pick<
  AvroConverterSettings,
  'enhancedSchemas' | 'flattenSingletonUnions' | 'generalizedSumTypes'
>;

/**
 * How a union stands in data, as in Confluent's `AvroData`: as its only type that is not null, or as a struct with an
 * optional field for each such type.
 */
export type UnionShape =
  | { readonly kind: 'single'; readonly type: AvroType; readonly optional: boolean }
  | {
      readonly kind: 'struct';
      readonly optional: boolean;
      /** Name of the field for each branch; absent for null. */
      readonly names: readonly (string | undefined)[];
    };

/** The shape of a union of these types. */
export function toUnionShape(branches: readonly AvroType[], options: AvroUnionOptions): UnionShape {
  const [first, second] = branches;
  if (first !== undefined && branches.length === 1 && options.flattenSingletonUnions) {
    return { kind: 'single', type: first, optional: first.type === 'null' };
  }
  if (branches.length === 2 && (first!.type === 'null') !== (second!.type === 'null')) {
    return { kind: 'single', type: first!.type === 'null' ? second! : first!, optional: true };
  }
  const names = branches.map((branch, index) =>
    branch.type === 'null' ? undefined : toBranchName(branch, index, options),
  );
  return { kind: 'struct', optional: branches.some(({ type }) => type === 'null'), names };
}

/** Answers what turns the value of one branch into that of the union. */
export function toUnionValue(shape: UnionShape, index: number): (value: Value) => Value {
  if (shape.kind === 'single') return (value) => value;
  const name = shape.names[index];
  if (name === undefined) return () => null;
  const empty = Object.fromEntries(shape.names.flatMap((each) => (each === undefined ? [] : [[each, null]])));
  return (value) => ({ ...empty, [name]: value });
}

function toBranchName(
  branch: AvroType,
  index: number,
  { generalizedSumTypes, enhancedSchemas }: AvroUnionOptions,
): string {
  if (generalizedSumTypes) return `connect_union_field_${index}`;
  if (!('name' in branch)) return branch.type;
  return enhancedSchemas ? branch.name : branch.name.slice(branch.name.lastIndexOf('.') + 1);
}
