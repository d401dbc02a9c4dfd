/** One message of the PostgreSQL protocol with its frame. `type` is empty for the start-up messages, which have none. */
export interface PostgresFrame {
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * Cuts a byte stream into protocol messages. The frontend's stream starts with untyped messages (start-up, SSL request),
 * the backend's does not.
 *
 * Source: PostgreSQL documentation, "Message Formats".
 */
export class PostgresFrameReader {
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #expectsUntyped: boolean;

  constructor(side: 'frontend' | 'backend') {
    this.#expectsUntyped = side === 'frontend';
  }

  /** The messages that are complete with this chunk; the rest is kept for the next one. */
  push(chunk: Buffer): PostgresFrame[] {
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    const frames: PostgresFrame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): PostgresFrame | undefined {
    const typeBytes = this.#expectsUntyped ? 0 : 1;
    if (this.#pendingBytes < typeBytes + 4) return undefined;
    const head = this.#peek(typeBytes + 4);
    const size = typeBytes + head.readInt32BE(typeBytes);
    if (this.#pendingBytes < size) return undefined;
    const all = this.#peek(this.#pendingBytes);
    this.#pending = [all.subarray(size)];
    this.#pendingBytes -= size;
    const bytes = all.subarray(0, size);
    const type = this.#expectsUntyped ? '' : String.fromCharCode(bytes[0] ?? 0);
    if (this.#expectsUntyped && !isEncryptionRequest(bytes)) this.#expectsUntyped = false;
    return { type, bytes };
  }

  #peek(count: number): Buffer {
    const first = this.#pending[0];
    if (first !== undefined && first.length >= count) return first;
    const joined = Buffer.concat(this.#pending);
    this.#pending = [joined];
    return joined;
  }
}

/** True for SSLRequest and GSSENCRequest, which a further untyped message follows. */
export function isEncryptionRequest(bytes: Buffer): boolean {
  return bytes.length === 8 && (bytes.readInt32BE(4) === 80877103 || bytes.readInt32BE(4) === 80877104);
}

function texts(bytes: Buffer, count: number): string[] {
  return bytes.toString('utf8', 5).split('\0', count);
}

/** Follows which statements a frontend has named, so that the message that commits is known when it comes. */
export class CommitFinder {
  readonly #statements = new Map<string, string>();
  readonly #portals = new Map<string, string>();

  /** True if the message makes the server commit: a simple query or the execution of a statement that says so. */
  isCommit({ type, bytes }: PostgresFrame): boolean {
    if (type === 'Q') return saysCommit(texts(bytes, 1)[0] ?? '');
    if (type === 'P') {
      const [name = '', text = ''] = texts(bytes, 2);
      this.#statements.set(name, text);
    }
    if (type === 'B') {
      const [portal = '', statement = ''] = texts(bytes, 2);
      this.#portals.set(portal, this.#statements.get(statement) ?? '');
    }
    return type === 'E' && saysCommit(this.#portals.get(texts(bytes, 1)[0] ?? '') ?? '');
  }
}

function saysCommit(statement: string): boolean {
  return /(^|;)\s*(commit|end)\b/i.test(statement);
}

/** True for the backend's message that a transaction has been committed. A failed one answers ROLLBACK. */
export function isCommitted({ type, bytes }: PostgresFrame): boolean {
  return type === 'C' && texts(bytes, 1)[0] === 'COMMIT';
}
