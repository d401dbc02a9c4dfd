import protobuf from 'protobufjs';

/** A message as its file declares it. */
export interface DeclaredMessage {
  readonly name: string;
  /** The entry type of a map field, which is not written. No record is of it. */
  readonly isEntry: boolean;
  /** In the order in which `protoc` numbers them, as are those of a file. */
  readonly nested: DeclaredMessage[];
}

/**
 * The messages of a .proto file, in the order in which `protoc` numbers them in a descriptor. There the entry type of a map
 * field is a message too, and stands where the field does; so does the message of a group.
 *
 * Source: protocolbuffers/protobuf, `compiler/parser.cc` (`ParseMessageField`, `GenerateMapEntry`).
 *
 * @throws Error for text that is no .proto file
 */
export function scanMessages(source: string): DeclaredMessage[] {
  const { next, peek } = protobuf.tokenize(source, false);
  const top: DeclaredMessage[] = [];
  /** Of every open block the list that its messages join; undefined where none can stand: in an enum, in an option. */
  const blocks: (DeclaredMessage[] | undefined)[] = [top];
  /** The list of the block that is about to open. */
  let begun: { list: DeclaredMessage[] | undefined } | undefined;
  let before: string | null = null;
  for (let token = next(); token !== null; before = token, token = next()) {
    const list = blocks.at(-1);
    if (token === '"' || token === "'") {
      next();
      next();
    } else if (token === '[') skipOptions(next);
    else if (token === '}') blocks.pop();
    else if (token === '{') {
      // The block of a oneof or an extend is of the message around it.
      blocks.push(before === '=' ? undefined : begun === undefined ? list : begun.list);
      begun = undefined;
    } else if (token === 'map' && peek() === '<') {
      while (token !== null && token !== '>') token = next();
      list?.push({ name: toEntryName(next() ?? ''), isEntry: true, nested: [] });
    } else if (token === 'message' || token === 'group' || token === 'enum' || token === 'service') {
      const name = next() ?? '';
      if (!/^\w+$/.test(name) || peek() !== (token === 'group' ? '=' : '{')) continue;
      begun = { list: undefined };
      if (token === 'enum' || token === 'service') continue;
      const message = { name, isEntry: false, nested: [] };
      list?.push(message);
      begun.list = message.nested;
    }
  }
  return top;
}

/**
 * Path of a message by the indexes before the body of a record. A list that the order of a descriptor gives no message for
 * is taken to count the written messages alone, as Java's serializer does when it uses the latest schema.
 *
 * Source: confluentinc/schema-registry, `ProtobufSchema.toMessageIndexes`, `MessageIndexes`.
 */
export function findMessagePath(messages: readonly DeclaredMessage[], indexes: readonly number[]): string | undefined {
  return follow(messages, indexes, true) ?? follow(messages, indexes, false);
}

function follow(
  messages: readonly DeclaredMessage[],
  indexes: readonly number[],
  countEntries: boolean,
): string | undefined {
  const path: string[] = [];
  let level = messages;
  for (const index of indexes) {
    const message = (countEntries ? level : level.filter(({ isEntry }) => !isEntry))[index];
    if (message === undefined || message.isEntry) return undefined;
    path.push(message.name);
    level = message.nested;
  }
  return path.length === 0 ? undefined : path.join('.');
}

/**
 * Path of a message by its place among all messages of the file, sorted by name, as AWS Glue's serializer numbers them.
 *
 * Source: awslabs/aws-glue-schema-registry, `MessageIndexFinder`.
 */
export function findSortedMessagePath(messages: readonly DeclaredMessage[], index: number): string | undefined {
  const all: { path: string; isEntry: boolean }[] = [];
  const add = (level: readonly DeclaredMessage[], prefix: string): void => {
    for (const { name, isEntry, nested } of level) {
      all.push({ path: prefix + name, isEntry });
      add(nested, `${prefix}${name}.`);
    }
  };
  add(messages, '');
  const found = all.sort((a, b) => (a.path < b.path ? -1 : 1))[index];
  return found?.isEntry === false ? found.path : undefined;
}

/** `protoc`'s name of the entry type of a map field. */
export function toEntryName(fieldName: string): string {
  return `${fieldName.replace(/(?:^_*|_+)(.|$)/g, (_found, first: string) => first.toUpperCase())}Entry`;
}

function skipOptions(next: () => string | null): void {
  for (let depth = 1, token = next(); depth > 0 && token !== null; token = depth > 0 ? next() : token) {
    if (token === '"' || token === "'") {
      next();
      next();
    } else if (token === '[') depth++;
    else if (token === ']') depth--;
  }
}
