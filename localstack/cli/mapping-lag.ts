import type { MappingStatus } from '../event-source/event-source-status.ts';

/** Records that a mapping's group is not done with; null while that is not known, as of a mapping that is not polled. */
export function mappingLag({ partitions }: MappingStatus): number | null {
  let lag = 0;
  for (const { endOffset, committedOffset } of partitions) {
    if (endOffset === undefined) return null;
    lag += Math.max(0, endOffset - committedOffset);
  }
  return partitions.length === 0 ? null : lag;
}
