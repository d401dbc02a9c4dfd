import type { AvroType } from './avro-schema.ts';

/** To which types a reader may widen what was written. Source: Avro specification, "Schema Resolution". */
const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

/** True when what was written as `writer` can be read as `reader`; parts of records, arrays and maps are not looked at. */
export function canRead(writer: AvroType, reader: AvroType): boolean {
  return isSame(writer, reader) || promotions[writer.type]?.includes(reader.type) === true;
}

/** The branch of a reader's union that takes what was written: the first of the same type, else the first that can. */
export function findBranch(writer: AvroType, branches: readonly AvroType[]): number {
  const exact = branches.findIndex((branch) => isSame(writer, branch));
  return exact >= 0 ? exact : branches.findIndex((branch) => canRead(writer, branch));
}

function isSame(writer: AvroType, reader: AvroType): boolean {
  if (writer.type !== reader.type) return false;
  if (!('name' in writer) || !('name' in reader)) return true;
  if (writer.type === 'fixed' && reader.type === 'fixed' && writer.size !== reader.size) return false;
  return writer === reader || isNamedAlike(writer, reader);
}

/** Names match without their namespaces, and by the reader's aliases. */
function isNamedAlike(writer: { name: string }, reader: { name: string; aliases: readonly string[] }): boolean {
  const short = toShortName(writer.name);
  return toShortName(reader.name) === short || reader.aliases.some((alias) => toShortName(alias) === short);
}

function toShortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
