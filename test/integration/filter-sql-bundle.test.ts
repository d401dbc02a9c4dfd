import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { buildBundles, functionNames } from '../../functions/bundle.ts';

test('every bundle parses filter.sql with the WebAssembly that lies beside its chunks', async (t) => {
  const outDir = mkdtempSync(join(tmpdir(), 'sluice-sql-'));
  t.after(() => rmSync(outDir, { recursive: true, force: true }));
  const folders = await buildBundles({ outDir });
  for (const name of functionNames) {
    const folder = folders[name];
    assert.ok(readdirSync(folder).includes('libpg-query.wasm'), `${name} lacks the parser`);
    // The chunk that holds the compiler exports it, under whatever name the minifier gave it.
    const chunk = readdirSync(folder).find((file) => /^compile-filter-sql-.*\.mjs$/.test(file));
    assert.ok(chunk, `${name} does not load the compiler by itself`);
    const exported = /compileFilterSql/.test(readFileSync(join(folder, chunk), 'utf8'));
    assert.ok(exported, `${chunk} does not export compileFilterSql`);
    const script = join(outDir, `${name}.mjs`);
    writeFileSync(
      script,
      `const { compileFilterSql } = await import(${JSON.stringify(join(folder, chunk))});
       const { selects } = await compileFilterSql("SELECT upper(name) AS name FROM people WHERE id > 9007199254740993");
       console.log(JSON.stringify(selects[0].reads));`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: tmpdir() });
    assert.deepEqual(JSON.parse(stdout), { predicate: ['id'], projection: ['name'] });
  }
});
