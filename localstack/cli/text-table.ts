/** A column of a table: its heading and on which side its values stand. */
export interface TextColumn {
  readonly name: string;
  readonly align: 'left' | 'right';
}

/**
 * Rows as psql prints them: centred headings, a ruler, one space around each value, null as an empty cell, and the
 * number of rows below. Line breaks and tabs in values are shown as `\n` and `\t`, so that a row stays one line.
 */
export function toTextTable(columns: readonly TextColumn[], rows: readonly (readonly (string | null)[])[]): string {
  const cells = rows.map((row) => row.map((value) => escapeControl(value ?? '')));
  const widths = columns.map(({ name }, at) =>
    cells.reduce((width, row) => Math.max(width, toWidth(row[at] ?? '')), toWidth(name)),
  );
  const heading = columns.map(({ name }, at) => centre(name, widths[at] ?? 0)).join(' | ');
  const ruler = widths.map((width) => '-'.repeat(width + 2)).join('+');
  const lines = cells.map((row) =>
    columns
      .map(({ align }, at) => {
        const value = row[at] ?? '';
        const blanks = ' '.repeat((widths[at] ?? 0) - toWidth(value));
        return align === 'right' ? blanks + value : value + blanks;
      })
      .join(' | '),
  );
  const count = `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`;
  return [` ${heading}`, ruler, ...lines.map((line) => ` ${line}`), count].map((line) => line.trimEnd()).join('\n');
}

function centre(text: string, width: number): string {
  const blanks = width - toWidth(text);
  return ' '.repeat(Math.floor(blanks / 2)) + text + ' '.repeat(Math.ceil(blanks / 2));
}

function escapeControl(value: string): string {
  return value.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
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
