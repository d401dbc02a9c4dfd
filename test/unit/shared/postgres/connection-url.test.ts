import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseConnectionUrl } from '../../../../shared/postgres/connection-url.ts';

function parsed(text: string) {
  const result = parseConnectionUrl(text);
  assert.ok('url' in result, `${text}: ${JSON.stringify(result)}`);
  return result.url;
}

test('a JDBC URL and a libpq URL of the same place mean the same', () => {
  const expected = { host: 'db.example', port: 6432, database: 'main', sslMode: 'require', ignoredParameters: [] };
  for (const prefix of ['jdbc:postgresql', 'postgresql', 'postgres']) {
    assert.deepEqual(parsed(`${prefix}://db.example:6432/main`), expected);
  }
});

test('user and password come from the authority or from parameters, with escapes undone', () => {
  const url = parsed('postgresql://me%40x:p%3Aw@db/main?user=other&password=a%26b');
  assert.equal(url.user, 'other');
  assert.equal(url.password, 'a&b');
  assert.deepEqual(
    [parsed('postgresql://me%40x:p%3Aw@db/main').user, parsed('postgresql://me:p%3Aw@db/main').password],
    ['me@x', 'p:w'],
  );
});

test('encryption: as sslmode says; else on, except to this machine', () => {
  const mode = (text: string) => parsed(text).sslMode;
  assert.equal(mode('postgresql://db/x'), 'require');
  assert.equal(mode('postgresql://127.0.0.1/x'), 'disable');
  assert.equal(mode('postgresql://[::1]:5433/x'), 'disable');
  assert.equal(mode('postgresql://localhost/x?sslmode=require'), 'require');
  assert.equal(mode('postgresql://db/x?sslmode=disable'), 'disable');
  assert.equal(mode('postgresql://db/x?sslmode=prefer'), 'require');
  assert.equal(mode('jdbc:postgresql://db/x?ssl=true'), 'verify-full');
  assert.equal(mode('jdbc:postgresql://db/x?sslmode=verify-full'), 'verify-full');
});

test('the port is 5432 unless the URL has one; an address of version 6 loses its brackets', () => {
  assert.equal(parsed('postgresql://db/x').port, 5432);
  assert.deepEqual(
    [parsed('postgresql://[2001:db8::1]:5433/x').host, parsed('postgresql://[2001:db8::1]:5433/x').port],
    ['2001:db8::1', 5433],
  );
});

test('parameters without effect are told, those that change what is written are refused', () => {
  assert.deepEqual(parsed('jdbc:postgresql://db/x?reWriteBatchedInserts=true&sslmode=require').ignoredParameters, [
    'reWriteBatchedInserts',
  ]);
  for (const name of ['currentSchema', 'options', 'sslrootcert']) {
    const result = parseConnectionUrl(`jdbc:postgresql://db/x?${name}=y`);
    assert.deepEqual(result, { problem: `its parameter ${name} is not supported yet` });
  }
});

test('what is no URL of a database is refused by what is wrong with it', () => {
  const problem = (text: string) => (parseConnectionUrl(text) as { problem?: string }).problem;
  assert.match(problem('jdbc:mysql://db/x')!, /must have the form/);
  assert.match(problem('')!, /must have the form/);
  assert.match(problem('jdbc:postgresql://yourinstance-url:port/yourdbname')!, /port is not a number/);
  assert.match(problem('postgresql://db:70000/x')!, /port is not a number/);
  assert.match(problem('postgresql:///x')!, /names no host/);
  assert.match(problem('postgresql://a:1,b:2/x')!, /several hosts/);
  assert.match(problem('postgresql://db/x?sslmode=verify-ca')!, /sslmode/);
});

test('no problem repeats the password, whatever the URL', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const result = parseConnectionUrl(`${before}hunter-2-secret${after}`);
      if ('problem' in result) assert.ok(!result.problem.includes('hunter-2-secret'));
    }),
  );
});

test('user, password and database survive their escapes', () => {
  const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((part) => part.isWellFormed());
  fc.assert(
    fc.property(text, text, text, (user, password, database) => {
      const [u, p, d] = [user, password, database].map(encodeURIComponent);
      const inAuthority = parsed(`postgresql://${u}:${p}@db/${d}`);
      assert.deepEqual([inAuthority.user, inAuthority.password, inAuthority.database], [user, password, database]);
      const inParameters = parsed(`jdbc:postgresql://db/${d}?user=${u}&password=${p}`);
      assert.deepEqual([inParameters.user, inParameters.password], [user, password]);
    }),
  );
});
