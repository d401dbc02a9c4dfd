/** A column of a table: its heading and on which side its values stand. */
export interface TextColumn {
  readonly name: string;
  readonly align: 'left' | 'right';
}

/**
 * Rows as psql prints them: centred headings, a ruler, one space around each value, null as an empty cell, and the
 * number of rows below. Control characters are shown as escapes, so that a row stays one line.
 */
export function toTextTable(columns: readonly TextColumn[], rows: readonly (readonly (string | null)[])[]): string {
  const widths = toColumnWidths(columns, rows);
  return [...toTableHead(columns, widths), ...toTableLines(columns, rows, widths), toRowCount(rows.length)].join('\n');
}

/** Cells that each column needs for its heading and the rows. */
export function toColumnWidths(
  columns: readonly TextColumn[],
  rows: readonly (readonly (string | null)[])[],
): readonly number[] {
  return columns.map(({ name }, at) =>
    rows.reduce((width, row) => Math.max(width, toWidth(escapeControl(row[at] ?? ''))), toWidth(escapeControl(name))),
  );
}

/** Heading and ruler. */
export function toTableHead(columns: readonly TextColumn[], widths: readonly number[]): readonly string[] {
  const heading = columns.map(({ name }, at) => centre(escapeControl(name), widths[at] ?? 0)).join(' | ');
  return [` ${heading}`.trimEnd(), widths.map((width) => '-'.repeat(width + 2)).join('+')];
}

/** One line a row; a value that is wider than its column moves what follows it. */
export function toTableLines(
  columns: readonly TextColumn[],
  rows: readonly (readonly (string | null)[])[],
  widths: readonly number[],
): readonly string[] {
  return rows.map((row) => {
    const cells = columns.map(({ align }, at) => {
      const value = escapeControl(row[at] ?? '');
      const blanks = ' '.repeat(Math.max(0, (widths[at] ?? 0) - toWidth(value)));
      return align === 'right' ? blanks + value : value + blanks;
    });
    return ` ${cells.join(' | ')}`.trimEnd();
  });
}

/** How many rows there are, as psql says it. */
export function toRowCount(count: number): string {
  return `(${count} ${count === 1 ? 'row' : 'rows'})`;
}

function centre(text: string, width: number): string {
  const blanks = width - toWidth(text);
  return ' '.repeat(Math.floor(blanks / 2)) + text + ' '.repeat(Math.ceil(blanks / 2));
}

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * The text with control characters and marks of direction as escapes, as psql shows them: no value moves the cursor, colours
 * the terminal or turns a line around.
 */
export function escapeControl(value: string): string {
  return value.replaceAll(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.codePointAt(0)!;
    return shortEscapes[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, '0');
}

/** Terminal cells: combining marks take none, East Asian wide and emoji characters two. */
function toWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}
