import type { Value } from '../data/value.ts';
import type { Struct } from './protobuf-plan.ts';

/** JSON text of a `google.protobuf.Struct`, read as a struct of its own fields. */
export function writeStruct({ fields }: Struct): string {
  const members = Object.entries(fields as Struct);
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${writeValue(value as Struct)}`).join(',')}}`;
}

/** JSON text of a `google.protobuf.ListValue`. */
export function writeList({ values }: Struct): string {
  return `[${(values as Struct[]).map(writeValue).join(',')}]`;
}

/** JSON text of a `google.protobuf.Value`, whose `oneof` was flattened. A number that JSON has not is its name as a text. */
export function writeValue(value: Struct): string {
  const { number_value: number, struct_value: struct, list_value: list } = value;
  if (struct !== null) return writeStruct(struct as Struct);
  if (list !== null) return writeList(list as Struct);
  if (number !== null) return JSON.stringify(Number.isFinite(number) ? number : String(number));
  const scalar: Value = value.string_value ?? value.bool_value ?? null;
  return JSON.stringify(scalar);
}
