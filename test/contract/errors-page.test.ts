import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type ErrorEntry, errorTable } from '../../shared/errors/error-table.ts';
import { toErrorsPage } from '../../shared/errors/errors-page.ts';

const entries: [string, ErrorEntry][] = Object.entries(errorTable);

test('docs/errors.md is what the error table says; npm run docs writes it', () => {
  assert.equal(readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8'), toErrorsPage());
});

test('the page has exactly one row for every code', () => {
  const codes = [...toErrorsPage().matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
  assert.deepEqual(codes.toSorted(), entries.map(([code]) => code).toSorted());
});

for (const [code, { action }] of entries) {
  test(`${code} tells what to do in sentences that fit a table`, () => {
    assert.match(action, /^[A-Z].*\.$/);
    assert.doesNotMatch(action, /[|\n]/);
  });
}
