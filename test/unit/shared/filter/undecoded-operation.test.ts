import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decideOperation } from '../../../../shared/filter/undecoded-operation.ts';

const decide = (text: string) => decideOperation(Buffer.from(text));

test('the op is told where it comes first, or behind the images', () => {
  assert.equal(decide('{"op":"c","before":null,"after":{"id":1,"note":"{}"}}'), 'c');
  assert.equal(decide(' {\n "op" : "U", "before": {"id": 1}}'), 'u');
  assert.equal(decide('{"before": {"id":2},"after": {"id": 1,"name": "44"},"op": "u","transaction": null}'), 'u');
  assert.equal(decide('{"after":{"id":1},"source":{"db":"x"},"op":"r","ts_ms":1700000000000,"x":"y"}\n'), 'r');
});

test('it is not told where a column may be called so, or where it may be spelled otherwise', () => {
  assert.equal(decide('{"after":{"op":"d"}}'), undefined);
  assert.equal(decide('{"after":{"id":1,"op":"d"},"ts_ms":1}'), undefined);
  assert.equal(decide('{"op":"c","after":{"op":"d"}}'), undefined);
  assert.equal(decide('{"after":{"note":"\\"op\\":\\"d\\"}"},"op":"c","x":{}}'), undefined);
  assert.equal(decide('{"after":{"id":1},"\\u006fp":"d"}'), undefined);
  assert.equal(decide('{"op":"create"}'), undefined);
  assert.equal(decide('{"after":{"id":1}}'), undefined);
  assert.equal(decide(`{"after":{},"op":"c","long":"${'x'.repeat(600)}"}`), undefined);
});

test('whatever is told is the op of the document', () => {
  const text = fc.constantFrom('op', 'c', 'd', '"op":"d"', '"op":"d"}', '{', '}', ',', '\\', 'é', '');
  const leaf = fc.oneof(text, fc.constant(null), fc.integer(), fc.boolean());
  const member = fc.oneof(leaf, fc.dictionary(text, leaf, { maxKeys: 3 }), fc.array(leaf, { maxLength: 3 }));
  const document = fc.array(fc.tuple(fc.constantFrom('op', 'before', 'after', 'ts_ms', 'x'), member), { maxLength: 5 });
  const op = fc.constantFrom('c', 'u', 'd', 'R');
  let told = 0;
  fc.assert(
    fc.property(document, op, fc.integer({ min: 0, max: 5 }), (members, code, at) => {
      const entries: [string, unknown][] = members.filter(([name]) => name !== 'op');
      entries.splice(at, 0, ['op', code]);
      const json = `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`;
      const decided = decide(json);
      if (decided === undefined) return;
      told++;
      assert.equal(decided, (JSON.parse(json) as { op: string }).op.toLowerCase());
    }),
    { numRuns: 5_000 },
  );
  assert.ok(told > 500, `${told}`);
});
