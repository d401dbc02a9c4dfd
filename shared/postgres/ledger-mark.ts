import { quoteIdentifier } from './identifier.ts';
import type { LedgerIdentity } from './ledger.ts';
import type { Statement } from './statement.ts';

/** A place at which a partition stands. */
export interface LedgerPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Notes why a partition does not move, for whoever looks at the ledger; it is cleared when the partition moves again. */
export function buildBlockedMark(
  { schema, connector, source }: LedgerIdentity,
  blocked: LedgerPlace,
  code: string,
  message: string,
): Statement {
  const offsets = `${quoteIdentifier(schema)}.offsets`;
  return {
    // A function that can say what is wrong did not end of it, but for the one that will not begin.
    text: `insert into ${offsets} as o (connector, source, topic, partition, next_offset, floor_offset,
        blocked_offset, blocked_code, blocked_message, blocked_since, attempts)
      values ($1, $2, $3, $4::int4, $5::int8, $5::int8, $5::int8, $6, $7, now(), 1)
      on conflict (connector, topic, partition) do update
      set blocked_since = case when o.blocked_offset = excluded.blocked_offset then o.blocked_since else now() end,
        attempts = case when o.blocked_offset = excluded.blocked_offset then o.attempts + 1 else 1 end,
        blocked_offset = excluded.blocked_offset, blocked_code = excluded.blocked_code,
        blocked_message = excluded.blocked_message,
        trials = case when excluded.blocked_code = 'RECORD_CRASHES' then o.trials else 0 end
      where o.next_offset <= excluded.blocked_offset or excluded.blocked_code = 'OFFSETS_REWOUND'`,
    values: [connector, source, blocked.topic, String(blocked.partition), String(blocked.offset), code, message],
  };
}

/**
 * Notes that an instance of the function begins at an offset, and answers `trials`: how many did so since the partition
 * moved or an instance said what kept it from moving, this one included, and `atLeast` that number. Without a row the
 * partition gets one.
 */
export function buildTrialMark(
  { schema, connector, source }: LedgerIdentity,
  { topic, partition, offset }: LedgerPlace,
  atLeast: number,
): Statement {
  return {
    text: `insert into ${quoteIdentifier(schema)}.offsets as o
        (connector, source, topic, partition, next_offset, floor_offset, trial_offset, trials)
      values ($1, $2, $3, $4::int4, $5::int8, $5::int8, $5::int8, $6::int4)
      on conflict (connector, topic, partition) do update
      set trials = greatest(excluded.trials, case when o.trial_offset = excluded.trial_offset then o.trials + 1 else 1 end),
        trial_offset = excluded.trial_offset
      returning trials`,
    values: [connector, source, topic, String(partition), String(offset), String(atLeast)],
  };
}
