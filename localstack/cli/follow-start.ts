import { InvalidArgumentError } from 'commander';
import type { FollowStart } from '../topic-query/follow-topic.ts';

/** `beginning`, `latest`, milliseconds since the epoch, or a time in ISO 8601. */
export function toFollowStart(text: string): FollowStart {
  if (text === 'beginning' || text === 'latest') return text;
  const timestampMs = /^\d{1,15}$/.test(text) ? Number(text) : /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timestampMs) || timestampMs < 0) {
    throw new InvalidArgumentError(
      'It must be beginning, latest, or a time as 2026-01-31T12:00:00Z or in milliseconds.',
    );
  }
  return { timestampMs };
}
