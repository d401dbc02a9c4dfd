import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitLines } from '../../../../localstack/cli/split-lines.ts';

test('lines are the same however the bytes are cut, and none is lost or changed', async () => {
  const text = fc
    .uint8Array({ maxLength: 60 })
    .map((bytes) => Buffer.from(bytes.map((byte) => (byte % 3 === 0 ? 10 : byte))));
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(60), { maxLength: 6 }), async (bytes, cuts) => {
      const places = [0, ...cuts.filter((cut) => cut <= bytes.length).toSorted((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((to, at) => bytes.subarray(places[at], to));
      const lines = (await Array.fromAsync(splitLines(streamOf(chunks)))).flat();
      const expected = bytes.toString('latin1').split('\n');
      if (expected.at(-1) === '') expected.pop();
      assert.deepEqual(
        lines.map((line) => line.toString('latin1')),
        expected,
      );
    }),
  );
});

async function* streamOf(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}
