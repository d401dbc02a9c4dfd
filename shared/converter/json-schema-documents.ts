import { type Fields, isFields, type Value } from '../data/value.ts';
import { parseJsonLossless } from './json-text.ts';
import type { RegisteredSchema } from './registry/schema-source.ts';
import { unreadable } from './unreadable.ts';

/** A JSON Schema: an object, or `true` and `false`. */
export type SchemaNode = Fields | boolean;

/** What a name without scheme is relative to; no document of a registry has it. */
const unnamed = 'registry:///';

/** The documents of a registered JSON Schema, and what their `$ref`s mean in them. */
export class JsonSchemaDocuments {
  readonly root: SchemaNode;
  /** Every resource (`$id`) and anchor by its absolute name, without an empty fragment. */
  private readonly named = new Map<string, SchemaNode>();
  /** Of every schema object the name that its references are relative to. */
  private readonly bases = new Map<Fields, string>();

  /** @throws SluiceError `VALUE_UNREADABLE` for text that is no JSON Schema */
  constructor({ text, imports, reference, format }: RegisteredSchema) {
    if (format !== 'JSON')
      unreadable(`Schema ${reference} of the registry is written in ${format}, not in JSON Schema`);
    this.root = toNode(parseDocument(text, reference));
    const rootName = isFields(this.root) ? (idOf(this.root) ?? '') : '';
    const base = resolveName(rootName, unnamed);
    for (const imported of imports) {
      const document = toNode(parseDocument(imported.text, reference));
      const name = resolveName(imported.name, base);
      this.add(document, name);
      // A reference may be written as the registry names it, whatever the document calls itself.
      this.named.set(resolveName(imported.name, unnamed), document);
      this.named.set(name, document);
    }
    this.add(this.root, base);
  }

  /** The schema that the `$ref` of a schema names, and not another `$ref`. */
  resolve(from: Fields, ref: string): SchemaNode {
    const seen = new Set<Fields>([from]);
    let node: SchemaNode = this.lookUp(from, ref);
    while (isFields(node) && typeof node.$ref === 'string') {
      if (seen.has(node)) unreadable('The JSON Schema refers to itself and to nothing else');
      seen.add(node);
      node = this.lookUp(node, node.$ref);
    }
    return node;
  }

  private lookUp(from: Fields, ref: string): SchemaNode {
    const target = resolveName(ref, this.bases.get(from) ?? unnamed);
    const [name = '', fragment = ''] = target.split('#', 2) as [string, string?];
    const found = this.named.get(target.replace(/#$/, '')) ?? this.named.get(`${name}#${fragment}`);
    if (found !== undefined) return found;
    const document = this.named.get(name);
    const node = document === undefined ? undefined : followPointer(document, fragment);
    if (node === undefined) unreadable('The JSON Schema refers to a schema that neither it nor a reference of it has');
    return node;
  }

  private add(document: SchemaNode, name: string): void {
    this.named.set(name.replace(/#$/, ''), document);
    const open: { readonly value: Value; readonly base: string }[] = [{ value: document, base: name }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { value } = next;
      let { base } = next;
      if (Array.isArray(value)) {
        for (const one of value as readonly Value[]) open.push({ value: one, base });
        continue;
      }
      if (!isFields(value)) continue;
      const id = idOf(value);
      if (id?.startsWith('#')) this.named.set(base.replace(/#.*$/, '') + id, value);
      else if (id !== undefined) {
        base = resolveName(id, base).replace(/#$/, '');
        this.named.set(base, value);
      }
      for (const anchor of [value.$anchor, value.$dynamicAnchor]) {
        if (typeof anchor === 'string') this.named.set(`${base}#${anchor}`, value);
      }
      this.bases.set(value, base);
      for (const one of Object.values(value)) open.push({ value: one, base });
    }
  }
}

/** A value as a schema; anything else allows everything, as an empty schema does. */
export function toNode(value: Value | undefined): SchemaNode {
  return typeof value === 'boolean' ? value : value !== undefined && isFields(value) ? value : true;
}

/** `$id`, and `id` of draft 4. */
function idOf({ $id, id, $schema, properties }: Fields): string | undefined {
  if (typeof $id === 'string') return $id;
  // A later draft has no such keyword; what stands beside `$schema` or properties is one.
  return typeof id === 'string' && ($schema !== undefined || properties !== undefined) ? id : undefined;
}

function parseDocument(text: string, reference: RegisteredSchema['reference']): Value {
  try {
    return parseJsonLossless(text);
  } catch (cause) {
    unreadable(`Schema ${reference} of the registry is not a JSON document`, cause);
  }
}

function resolveName(name: string, base: string): string {
  try {
    return decodeURI(new URL(name, base).href);
  } catch {
    return name;
  }
}

/** Source: RFC 6901. */
function followPointer(document: SchemaNode, pointer: string): SchemaNode | undefined {
  if (pointer === '') return document;
  if (!pointer.startsWith('/')) return undefined;
  let at: Value = document;
  for (const part of pointer.slice(1).split('/')) {
    const name = toPointerName(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Fields)[name]!;
  }
  return typeof at === 'boolean' || isFields(at) ? at : undefined;
}

function toPointerName(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
