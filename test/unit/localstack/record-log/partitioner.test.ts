import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur2, partitionOfKey } from '../../../../localstack/record-log/partitioner.ts';

// The values of Apache Kafka's own UtilsTest.testMurmur2.
const hashes: [text: string, hash: number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

test('murmur2 gives what Kafka gives', () => {
  for (const [text, hash] of hashes) assert.equal(murmur2(Buffer.from(text)), hash, text);
});

test('a key chooses the positive hash modulo the number of partitions', () => {
  for (const [text, hash] of hashes) {
    for (const partitions of [1, 3, 50]) {
      assert.equal(partitionOfKey(Buffer.from(text), partitions), (hash & 0x7fffffff) % partitions);
    }
  }
});
