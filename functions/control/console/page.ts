import { html } from 'hono/html';
import { texts } from './texts.ts';

/** A piece of a page, whose data was escaped. */
export type Markup = ReturnType<typeof html>;

/** A whole page. */
export function renderPage(title: string, main: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${texts.product}</title>
<link rel="stylesheet" href="/ui/console.css">
<script src="/ui/console.js" defer></script>
</head>
<body>
<a class="skip" href="#main">${texts.skip}</a>
<header><nav aria-label="${texts.product}"><a href="/ui">${texts.connectors}</a></nav></header>
<main id="main" tabindex="-1">
<h1>${title}</h1>
${main}
</main>
</body>
</html>`;
}

/** A table that scrolls by itself on a narrow screen; `right` are the columns of numbers. */
export function renderTable(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly (Markup | string)[])[],
  right: ReadonlySet<string> = new Set(),
): Markup {
  const align = (name: string | undefined) => (right.has(name ?? '') ? 'number' : 'text');
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((name) => html`<th scope="col" class="${align(name)}">${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, at) => html`<td class="${align(columns[at])}">${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;
}
