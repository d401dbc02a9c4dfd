import { FilterSqlError } from './filter-sql-error.ts';

/** A node of PostgreSQL's parse tree, as libpg-query writes it in JSON: `{<kind>: {<members>}}`. */
export interface TreeNode {
  readonly [name: string]: unknown;
}

/** A parsed statement. */
export interface Statement {
  readonly kind: string;
  readonly node: TreeNode;
  /** Byte offset in the text. */
  readonly position: number;
}

interface Parser {
  loadModule(): Promise<void>;
  parseSync(text: string): { stmts?: { stmt: TreeNode; stmt_location?: number; stmt_len?: number }[] };
}

let loading: Promise<Parser> | undefined;

/**
 * Parses SQL with PostgreSQL's own grammar (libpg-query, WebAssembly), which is loaded with the first text.
 *
 * @throws FilterSqlError with the position of a syntax error
 */
export async function parseStatements(text: string): Promise<readonly Statement[]> {
  loading ??= loadParser();
  const parser = await loading;
  try {
    return (parser.parseSync(text).stmts ?? []).map(({ stmt, stmt_location: start = 0 }) => {
      const [kind, node] = unwrap(stmt);
      const gap = /^(?:\s|--[^\n]*\n)*/.exec(Buffer.from(text).subarray(start).toString())?.[0].length ?? 0;
      return { kind, node, position: start + gap };
    });
  } catch (error) {
    const { message, sqlDetails } = error as { message: string; sqlDetails?: { cursorPosition?: number } };
    const offset = sqlDetails?.cursorPosition;
    if (offset === undefined) throw new FilterSqlError(`${sentence(message)}.`, undefined, { cause: error });
    // The parser counts characters in its errors, and bytes in its tree.
    const before = Array.from(text).slice(0, Math.max(offset, 0)).join('');
    throw new FilterSqlError(`${sentence(message)}.`, Buffer.byteLength(before), { cause: error });
  }
}

async function loadParser(): Promise<Parser> {
  const loaded = (await import('libpg-query')) as unknown as Parser & { default?: Parser };
  // Bundled, the CommonJS build is the default export.
  const parser = loaded.default ?? loaded;
  await parser.loadModule();
  return parser;
}

function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}

/** Kind and members of a node. */
export function unwrap(node: unknown): readonly [string, TreeNode] {
  const [kind, members] = Object.entries((node ?? {}) as TreeNode)[0] ?? ['', {}];
  return [kind, members as TreeNode];
}

/** Nodes of a list member; empty when it is absent. */
export function listOf(value: unknown): readonly TreeNode[] {
  return Array.isArray(value) ? value : [];
}

/** Text of a `String` node. */
export function stringOf(node: unknown): string {
  const [kind, members] = unwrap(node);
  return kind === 'String' ? String(members.sval ?? '') : '';
}

/** Where a node stands in the text, in bytes; the parser leaves 0 out, and says -1 where it does not know. */
export function positionOf(node: unknown): number | undefined {
  const [, members] = unwrap(node);
  const location = members.location ?? 0;
  return typeof location === 'number' && location >= 0 ? location : undefined;
}

/** Least byte offset of anything within a part of the parse tree that has none itself. */
export function firstPositionIn(part: unknown): number | undefined {
  if (typeof part !== 'object' || part === null) return undefined;
  const { location } = part as { readonly location?: unknown };
  const own = typeof location === 'number' && location > 0 ? [location] : [];
  const inner = Object.values(part).flatMap((member) => firstPositionIn(member) ?? []);
  return own.length + inner.length === 0 ? undefined : Math.min(...own, ...inner);
}
