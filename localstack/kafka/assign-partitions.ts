/** A member of a consumer group and the topics that it reads. */
export interface GroupSubscriber {
  readonly memberId: string;
  readonly topics: readonly string[];
}

/**
 * Shares the partitions of each topic out among the members that read it, in turn: every partition goes to exactly one
 * member, and no member gets more than one partition of a topic more than another. The answer has every member.
 */
export function assignPartitions(
  members: readonly GroupSubscriber[],
  partitionCounts: ReadonlyMap<string, number>,
): Map<string, Map<string, number[]>> {
  const ordered = members.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const assignment = new Map(ordered.map(({ memberId }) => [memberId, new Map<string, number[]>()]));
  for (const [topic, count] of partitionCounts) {
    const readers = ordered.filter(({ topics }) => topics.includes(topic));
    if (readers.length === 0) continue;
    for (let partition = 0; partition < count; partition++) {
      const given = assignment.get(readers[partition % readers.length]!.memberId)!;
      given.set(topic, [...(given.get(topic) ?? []), partition]);
    }
  }
  return assignment;
}
