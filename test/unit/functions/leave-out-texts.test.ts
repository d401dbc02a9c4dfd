import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildBundles } from '../../../functions/bundle.ts';
import { emptyMembers } from '../../../functions/leave-out-texts.ts';
import { propertyTable } from '../../../shared/connector/property-table.ts';
import { errorTable } from '../../../shared/errors/error-table.ts';

test('an expression is emptied up to its end, whatever stands in it', () => {
  const emptied = (text: string) => emptyMembers(text, 'documentation');
  assert.equal(emptied("a({ documentation: 'x, }' + \"y'\", b: 1 })"), "a({ documentation: '', b: 1 })");
  assert.equal(emptied("{ documentation: say('a', `b) {`) }"), "{ documentation: ''}");
  assert.equal(emptied("documentation:\n  'it\\'s' +\n  'more',\n"), "documentation:\n  '',\n");
  assert.equal(emptied('{ readonly documentation: string; }'), '{ readonly documentation: string; }');
  assert.equal(emptied('{ documentation, other }'), '{ documentation, other }');
});

test('a function that shows texts to nobody carries none, the control function carries all', async (t) => {
  const outDir = await mkdtemp(join(tmpdir(), 'sluice-texts-'));
  t.after(() => rm(outDir, { recursive: true, force: true }));
  const folders = await buildBundles({ outDir });
  const read = async (folder: string) => {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.mjs'));
    return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\n');
  };
  // Texts in which neither quotes nor escapes can be written otherwise.
  const isPlain = (text: string) => text.length > 40 && /^[\w ,.;-]+$/.test(text);
  const honoured = propertyTable.filter(({ handling }) => handling.kind === 'honoured');
  const documentation = honoured.map((property) => property.documentation).filter(isPlain);
  const actions = Object.values(errorTable)
    .map(({ action }) => action)
    .filter(isPlain);
  assert.ok(documentation.length > 10 && actions.length > 20, `${documentation.length} ${actions.length}`);
  const [sink, filter, control] = [await read(folders.sink), await read(folders.filter), await read(folders.control)];
  // A text that is handed to a function as an argument stays.
  for (const bundle of [sink, filter]) {
    assert.deepEqual(
      actions.filter((text) => bundle.includes(text)),
      [],
    );
    const left = documentation.filter((text) => bundle.includes(text));
    assert.ok(left.length < documentation.length / 2, left.join('\n'));
  }
  for (const text of documentation) assert.ok(control.includes(text), `the control function lacks: ${text}`);
});
