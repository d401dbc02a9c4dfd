import protobuf from 'protobufjs';
import { longDefault } from './protobuf-facts.ts';
import { toProtoText } from './protobuf-descriptor-text.ts';
import { knownProtobufFiles } from './protobuf-known-files.ts';
import { type DeclaredMessage, scanMessages } from './protobuf-messages.ts';
import type { RegisteredSchema } from './registry/schema-source.ts';
import { unreadable } from './unreadable.ts';

/** The files of a schema. */
export interface ProtobufFiles {
  readonly root: protobuf.Root;
  /** Of the schema's own file, with a dot before it; empty for none. */
  readonly packagePrefix: string;
  /** Of the schema's own file, or of the one file that it passes on. */
  readonly messages: readonly DeclaredMessage[];
}

/**
 * Parses a schema, what it imports of the registry, and well-known files. An import that is neither is passed over: only
 * who uses a type of it needs it (most are of options, as `validate/validate.proto`).
 *
 * @throws SluiceError `VALUE_UNREADABLE` for a schema that is no .proto file
 */
export function parseProtobufFiles({ reference, format, text: written, imports }: RegisteredSchema): ProtobufFiles {
  if (format !== 'PROTOBUF') unreadable(`Schema ${reference} of the registry is written in ${format}, not in Protobuf`);
  const text = toProtoText(written);
  const root = new protobuf.Root();
  const registered = new Map(imports.map((file) => [file.name, toProtoText(file.text)]));
  const parsed = new Set<string>();
  const parse = (source: string): protobuf.IParserResult => {
    const result = protobuf.parse(quoteLongDefaults(source), root, { keepCase: true });
    for (const path of [...(result.imports ?? []), ...(result.weakImports ?? [])]) {
      const found = knownProtobufFiles.get(path) ?? registered.get(path);
      if (found === undefined || parsed.has(path)) continue;
      parsed.add(path);
      parse(found);
    }
    return result;
  };
  try {
    const own = parse(text);
    let packageName = own.package;
    let messages = scanMessages(text);
    const [passedOn] = own.imports ?? [];
    const passedText =
      passedOn === undefined ? undefined : (knownProtobufFiles.get(passedOn) ?? registered.get(passedOn));
    if (messages.length === 0 && passedText !== undefined) {
      packageName = /^\s*package\s+([\w.]+)\s*;/m.exec(passedText)?.[1];
      messages = scanMessages(passedText);
    }
    resolveFeatures(root);
    return { root, messages, packagePrefix: packageName === undefined ? '.' : `.${packageName}.` };
  } catch (cause) {
    unreadable(`Schema ${reference} of the registry is not a .proto file that can be read`, cause);
  }
}

/** Repeats defaults of integers that a double would change, which protobufjs makes of all numbers, as text of an option. */
function quoteLongDefaults(source: string): string {
  return source.replaceAll(/\bdefault\s*=\s*(-?[1-9]\d{15,19})(?=\s*[,\]])/g, `$&, ${longDefault} = "$1"`);
}

/** Presence and encoding of fields follow from the syntax or edition of each file and from its options. */
function resolveFeatures(root: protobuf.Root): void {
  // Extensions of messages that are not there: of options, which are read from the text.
  root.deferred.length = 0;
  try {
    root.resolveAll();
  } catch {
    // A type that is not there. It has been told by then which features apply; fields are resolved when they are needed.
  }
}
