import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A sink that notes every forwarded batch in `received.jsonl` of the folder SINK_DIR and does what `behaviour.json` there
 * says: `take` everything, take it `partial` (up to the offset in `failedAt` per partition), `throw`, `exit`, `hang`, or
 * `answer` with a given value.
 */
export async function handler(batch) {
  const folder = process.env.SINK_DIR;
  appendFileSync(join(folder, 'received.jsonl'), `${JSON.stringify(batch)}\n`);
  const behaviour = JSON.parse(readFileSync(join(folder, 'behaviour.json'), 'utf8'));
  if (behaviour.kind === 'throw') throw new Error('secret row data');
  if (behaviour.kind === 'exit') process.exit(7);
  if (behaviour.kind === 'hang') await new Promise((fulfil) => setTimeout(fulfil, 60_000));
  if (behaviour.kind === 'answer') return behaviour.value;
  const replies = Object.entries(batch.forward.partitions).map(([key, range]) => {
    const failedAt = behaviour.failedAt?.[key];
    const failure = failedAt === undefined ? {} : { failedAt, code: 'DATABASE_CONFLICT', message: 'A deadlock.' };
    const nextOffset = failedAt ?? range.toOffset + 1;
    const applied = batch.records[key]?.length ?? 0;
    return [key, { nextOffset, applied, filtered: range.filtered, duplicate: 0, deadLettered: 0, ...failure }];
  });
  return { partitions: Object.fromEntries(replies) };
}
