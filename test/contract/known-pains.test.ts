import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const row = /^\| (?<threads>[^|]+) \| [^|]+ \| `(?<file>[^`]+)`(?:: “(?<name>[^”]+)”)? \|$/;

test('every row of the page of known pains names a test that there is', () => {
  const page = readFileSync(new URL('docs/known-pains.md', root), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:---|Threads)/.test(line));
  assert.ok(rows.length > 30, 'the page has its rows');
  for (const line of rows) {
    const { threads, file, name } = row.exec(line)?.groups ?? assert.fail(`not a row: ${line}`);
    const source = readFileSync(new URL(`test/integration/${file}`, root), 'utf8');
    assert.ok(source.includes(name ?? `threads: '${threads}'`), `${file} has a test of ${name ?? threads}`);
  }
});
