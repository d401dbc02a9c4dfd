import {
  escapeControl,
  type TextColumn,
  toColumnWidths,
  toRowCount,
  toTableHead,
  toTableLines,
} from '../cli/text-table.ts';
import { toJsonValue } from '../cli/query-result.ts';
import type { RowCell } from './row-cell.ts';
import type { QueriedRow } from './topic-query.ts';

/** A row with the place of its record, `topic:partition:offset`. */
export interface PlacedRow extends QueriedRow {
  readonly place: string;
}

/** Writes rows as text, in pieces as they come. */
export interface RowPrinter {
  /** Lines for these rows, each ended; a row that the form has no room for is told to `refuse`. */
  print(rows: readonly PlacedRow[], refuse: (place: string, reason: string) => void): string;
  /** What stands behind the last row. */
  end(count: number): string;
}

/** The forms in which rows are printed. */
export const rowFormats = ['table', 'json', 'csv'] as const;

/** One of {@link rowFormats}. */
export type RowFormat = (typeof rowFormats)[number];

/** A printer for one query. */
export function createRowPrinter(format: RowFormat): RowPrinter {
  return { table: createTablePrinter, json: createJsonPrinter, csv: createCsvPrinter }[format]();
}

const numberTypes = new Set(['int2', 'int4', 'int8', 'float4', 'float8', 'numeric']);

/** As psql prints them; the columns are as wide as the first rows, and get a new heading when others come. */
function createTablePrinter(): RowPrinter {
  let head: { readonly key: string; readonly columns: readonly TextColumn[]; readonly widths: readonly number[] };
  return {
    print: (rows) => {
      const lines: string[] = [];
      for (const group of groupByColumns(rows)) {
        const texts = group.map(({ cells }) => cells.map(({ text }) => text));
        const key = JSON.stringify(group[0]!.columns);
        if (head?.key !== key) {
          const columns = group[0]!.columns.map((name, at): TextColumn => ({ name, align: toAlign(group, at) }));
          if (head !== undefined) lines.push('');
          head = { key, columns, widths: toColumnWidths(columns, texts) };
          lines.push(...toTableHead(columns, head.widths));
        }
        lines.push(...toTableLines(head.columns, texts, head.widths));
      }
      return lines.map((line) => `${line}\n`).join('');
    },
    end: (count) => `${toRowCount(count)}\n`,
  };
}

function toAlign(rows: readonly QueriedRow[], at: number): TextColumn['align'] {
  const cell = rows.find(({ cells }) => cells[at]!.text !== null)?.cells[at];
  return cell !== undefined && numberTypes.has(cell.type) ? 'right' : 'left';
}

/** Neighbours with the same columns together. */
function groupByColumns(rows: readonly QueriedRow[]): readonly QueriedRow[][] {
  const groups: QueriedRow[][] = [];
  for (const row of rows) {
    const [before] = groups.at(-1) ?? [];
    if (before !== undefined && isSame(before.columns, row.columns)) groups.at(-1)!.push(row);
    else groups.push([row]);
  }
  return groups;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at]);
}

/** One object a line; numbers keep every digit, JSON stays JSON. */
function createJsonPrinter(): RowPrinter {
  return {
    print: (rows) =>
      rows
        .map(({ columns, cells }) => {
          const entries = columns.map((name, at) => [name, toJson(cells[at]!)] as const);
          return `${JSON.stringify(Object.fromEntries(entries))}\n`;
        })
        .join(''),
    end: () => '',
  };
}

function toJson({ type, text }: RowCell): unknown {
  const kind = numberTypes.has(type) ? 'number' : type === 'bool' ? 'boolean' : /^jsonb?$/.test(type) ? 'json' : 'text';
  return toJsonValue(text, kind);
}

/** RFC 4180 with line feeds, as PostgreSQL's COPY writes it: null is nothing, an empty text is `""`. */
function createCsvPrinter(): RowPrinter {
  let header: readonly string[] | undefined;
  return {
    print: (rows, refuse) => {
      const lines: string[] = [];
      for (const { place, columns, cells } of rows) {
        if (header === undefined) {
          header = columns;
          lines.push(header.map(toCsvField).join(','));
        }
        const known = header;
        const surplus = columns.find((name) => !known.includes(name));
        if (surplus === undefined) {
          lines.push(known.map((name) => toCsvField(cells[columns.indexOf(name)]?.text ?? null)).join(','));
        } else {
          const shown = escapeControl(surplus.slice(0, 100));
          refuse(place, `It has the column ${shown}, which the header does not; name the columns instead of *.`);
        }
      }
      return lines.map((line) => `${line}\n`).join('');
    },
    end: () => '',
  };
}

function toCsvField(text: string | null): string {
  if (text === null) return '';
  return text === '' || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
