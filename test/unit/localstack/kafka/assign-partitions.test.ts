import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { assignPartitions } from '../../../../localstack/kafka/assign-partitions.ts';

const topics = ['a', 'b', 'c'];
const member = fc.record({
  memberId: fc.string({ minLength: 1, maxLength: 6 }),
  topics: fc.uniqueArray(fc.constantFrom(...topics)),
});

test('every partition of a topic that somebody reads goes to exactly one of its readers, in fair shares', () => {
  const members = fc.uniqueArray(member, { maxLength: 5, selector: ({ memberId }) => memberId });
  fc.assert(
    fc.property(members, fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)), (group, sizes) => {
      const counts = new Map(topics.map((topic, index) => [topic, sizes[index]!]));
      const assignment = assignPartitions(group, counts);
      assert.deepEqual([...assignment.keys()].sort(), group.map(({ memberId }) => memberId).sort());
      for (const [topic, count] of counts) {
        const readers = group.filter((each) => each.topics.includes(topic));
        const shares = readers.map(({ memberId }) => assignment.get(memberId)!.get(topic) ?? []);
        const given = shares.flat().sort((a, b) => a - b);
        assert.deepEqual(given, readers.length === 0 ? [] : Array.from({ length: count }, (_, partition) => partition));
        const lengths = shares.map((share) => share.length);
        assert.ok(readers.length === 0 || Math.max(...lengths) - Math.min(...lengths) <= 1);
      }
    }),
  );
});

test('the shares do not depend on the order in which the members are told', () => {
  const members = ['x', 'y', 'z'].map((memberId) => ({ memberId, topics: ['a'] }));
  const counts = new Map([['a', 7]]);
  assert.deepEqual(
    [...assignPartitions(members, counts)].sort(),
    [...assignPartitions(members.toReversed(), counts)].sort(),
  );
});
