/** Why `filter.sql` cannot be compiled; one of possibly several. */
export class FilterSqlError extends Error {
  override readonly name = 'FilterSqlError';
  /** Byte offset in the text; undefined where the whole text is meant. */
  readonly offset: number | undefined;

  constructor(message: string, offset: number | undefined, options?: ErrorOptions) {
    super(message, options);
    this.offset = offset;
  }
}

/** A constant that a function cannot take, as a regular expression without equal; wrong whatever the columns' types are. */
export class ConstantRefused extends FilterSqlError {}

/** All that is wrong with a `filter.sql`, in the order of the text. */
export class FilterSqlErrors extends Error {
  override readonly name = 'FilterSqlErrors';
  readonly findings: readonly FilterSqlFinding[];

  constructor(findings: readonly FilterSqlFinding[]) {
    super(findings.map(({ message }) => message).join(' '));
    this.findings = findings;
  }
}

/** One thing that is wrong. */
export interface FilterSqlFinding {
  /** A sentence that begins with the position where there is one. */
  readonly message: string;
  /** `line:column`, both from 1, the column in characters; null for the whole text. */
  readonly position: string | null;
}

/** `line:column` of a byte offset. */
export function toPosition(text: string, offset: number): string {
  const lines = Buffer.from(text).subarray(0, offset).toString().split('\n');
  return `${lines.length}:${Array.from(lines.at(-1) ?? '').length + 1}`;
}
