import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import type { DiscardedBatch } from '../../../../localstack/event-source/on-failure-destination.ts';
import type { FollowedMapping } from '../../../../localstack/event-source/poller-settings.ts';
import { type EventSourceStack, startEventSourceStack } from '../../../support/event-source-stack.ts';
import { settle } from '../../../support/manual-clock.ts';
import {
  failedItems,
  functionError,
  refused,
  type ScriptedInvocation,
  succeeded,
} from '../../../support/scripted-lambda.ts';

const partitions = 3;
const outcomes = ['success', 'error', 'throttle', 'unreachable', 'malformed', 'partial', 'slow'] as const;

type Outcome = (typeof outcomes)[number];

type Step =
  | { readonly kind: 'append'; readonly partition: number; readonly count: number }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'disable' | 'enable' | 'restart' | 'revoke' | 'regain' }
  | { readonly kind: 'faults'; readonly call: 'fetch' | 'commit'; readonly count: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      partition: fc.nat(partitions - 1),
      count: fc.integer({ min: 1, max: 7 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(0, 30, 120, 900, 12_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('disable' as const, 'enable', 'restart', 'revoke', 'regain') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('faults' as const),
      call: fc.constantFrom('fetch' as const, 'commit'),
      count: fc.nat(3),
    }),
  },
);

/** Drops every third record. */
const FilterCriteria = { Filters: [{ Pattern: '{"value":{"rest":[{"anything-but":0}]}}' }] };
const valueAt = (offset: number) => JSON.stringify({ rest: offset % 3 });

const scenario = fc.record({
  steps: fc.array(step, { minLength: 5, maxLength: 25 }),
  script: fc.array(fc.record({ outcome: fc.constantFrom(...outcomes), pick: fc.nat() }), { maxLength: 40 }),
  batchSize: fc.integer({ min: 1, max: 8 }),
  windowSeconds: fc.constantFrom(0, 0, 1),
  pollers: fc.integer({ min: 1, max: 3 }),
  bisects: fc.boolean(),
});

/** What the function has done, and what went against the promises on the way. */
class Ledger {
  readonly violations: string[] = [];
  readonly #done = new Set<string>();
  readonly #running = new Map<number, ScriptedInvocation>();
  readonly #countsUnreported: boolean;
  readonly #isFiltered: boolean;

  /**
   * @param countsUnreported whether records behind a failed one that were not reported count as done
   * @param isFiltered whether the mapping has the filter
   */
  constructor(countsUnreported: boolean, isFiltered: boolean) {
    this.#countsUnreported = countsUnreported;
    this.#isFiltered = isFiltered;
  }

  begin(invocation: ScriptedInvocation): void {
    for (const records of Object.values(invocation.event.records)) {
      const { partition } = records[0]!;
      if (this.#running.has(partition)) this.violations.push(`partition ${partition} is in flight twice`);
      this.#running.set(partition, invocation);
      const sent = new Set(records.map(({ offset }) => offset));
      for (const offset of sent) {
        if (this.#isUnwanted(offset)) this.violations.push(`offset ${offset} of ${partition} was sent unwanted`);
      }
      for (let offset = 0; offset < records.at(-1)!.offset; offset++) {
        if (!sent.has(offset)) this.expectDone(partition, offset, 'was skipped');
      }
    }
  }

  /** @param failed the offset that a partial answer reported, by partition; undefined when the batch did not succeed */
  end(invocation: ScriptedInvocation, failed: ReadonlyMap<number, number> | undefined): void {
    for (const records of Object.values(invocation.event.records)) {
      const { partition } = records[0]!;
      if (this.#running.get(partition) === invocation) this.#running.delete(partition);
      if (failed === undefined) continue;
      const reported = failed.get(partition) ?? Number.POSITIVE_INFINITY;
      for (const { offset } of records) {
        if (offset < reported || (offset > reported && this.#countsUnreported))
          this.#done.add(`${partition}:${offset}`);
      }
    }
  }

  discard({ slices }: DiscardedBatch): void {
    for (const { partition, records } of slices) {
      for (const { offset } of records) this.#done.add(`${partition}:${offset}`);
    }
  }

  expectDone(partition: number, offset: number, otherwise: string): void {
    if (!this.#isUnwanted(offset) && !this.#done.has(`${partition}:${offset}`))
      this.violations.push(`offset ${offset} of ${partition} ${otherwise}`);
  }

  #isUnwanted(offset: number): boolean {
    return this.#isFiltered && offset % 3 === 0;
  }
}

/** Plays one outcome; a partial or malformed answer picks a record of the event. */
function play(invocation: ScriptedInvocation, outcome: Outcome, pick: number, failed: Map<number, number>) {
  const item = invocation.offsets[pick % invocation.offsets.length]!;
  if (outcome === 'error') return functionError();
  if (outcome === 'throttle') return refused(429);
  if (outcome === 'unreachable') throw new Error('no Lambda');
  if (outcome === 'malformed') return failedItems('orders-99:0');
  if (outcome !== 'partial') return succeeded();
  const [partition, offset] = item.slice('orders-'.length).split(':').map(Number) as [number, number];
  failed.set(partition, offset);
  return failedItems(item);
}

async function run(
  t: TestContext,
  input: typeof scenario extends fc.Arbitrary<infer T> ? T : never,
  limits: Partial<FollowedMapping>,
) {
  const ledger = new Ledger(limits.MaximumRetryAttempts !== undefined, limits.FilterCriteria !== undefined);
  const findDestination = () => ({ deliver: async (discarded: DiscardedBatch) => ledger.discard(discarded) });
  const stack = await startEventSourceStack(t, { findDestination, stopGraceMs: 1000 });
  const { source, lambda, clock } = stack;
  const script = [...input.script];
  source.createTopic('orders', partitions);
  lambda.handler = async (invocation, signal) => {
    ledger.begin(invocation);
    // A driver that stops abandons a slow function after its grace time.
    signal?.addEventListener('abort', () => ledger.end(invocation, undefined));
    const { outcome, pick } = script.shift() ?? { outcome: 'success' as const, pick: 0 };
    if (outcome === 'slow') for (let turn = pick % 5; turn >= 0; turn--) await settle();
    const failed = new Map<number, number>();
    const isDone = outcome === 'success' || outcome === 'slow' || outcome === 'partial';
    try {
      return play(invocation, outcome, pick, failed);
    } finally {
      ledger.end(invocation, isDone && !signal?.aborted ? failed : undefined);
    }
  };
  const store = source.store.bind(source);
  source.store = (group, topic, partition, nextOffset) => {
    for (let offset = 0; offset < nextOffset; offset++) ledger.expectDone(partition, offset, 'was committed undone');
    store(group, topic, partition, nextOffset);
  };
  const { UUID } = lambda.createMapping('orders', {
    BatchSize: input.batchSize,
    MaximumBatchingWindowInSeconds: input.windowSeconds,
    ProvisionedPollerConfig: { MaximumPollers: input.pollers },
    BisectBatchOnFunctionError: input.bisects,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...limits,
  });
  for (const action of input.steps) await take(action, stack, UUID);
  script.length = 0;
  source.fault = () => {};
  for (const subscription of source.subscriptions) subscription.revoke([]);
  lambda.updateMapping(UUID, { State: 'Enabling' });
  const isDone = (partition: number) =>
    (source.committed('group', 'orders', partition) ?? 0) === source.topic('orders')!.partitions[partition]!.length;
  for (let round = 0; round < 300 && ![...Array(partitions).keys()].every(isDone); round++) await clock.advance(1000);
  assert.deepEqual(ledger.violations, []);
  for (let partition = 0; partition < partitions; partition++) {
    const end = source.topic('orders')!.partitions[partition]!.length;
    assert.equal(source.committed('group', 'orders', partition) ?? 0, end, `partition ${partition} is not done`);
  }
  assert.equal(
    stack.logged.filter(({ message }) => String(message).startsWith('The work on a batch failed')).length,
    0,
  );
  await clock.until(stack.driver.stop());
  assert.equal(clock.pending, 0, 'a timer was left behind');
}

async function take(action: Step, { source, lambda, clock, ...stack }: EventSourceStack, uuid: string): Promise<void> {
  if (action.kind === 'append') {
    const { partition, count } = action;
    const begin = source.topic('orders')!.partitions[partition]!.length;
    for (let n = 0; n < count; n++) source.append('orders', { partition, value: valueAt(begin + n) });
  }
  if (action.kind === 'advance') await clock.advance(action.ms);
  if (action.kind === 'disable') lambda.updateMapping(uuid, { State: 'Disabling' });
  if (action.kind === 'enable') lambda.updateMapping(uuid, { State: 'Enabling' });
  if (action.kind === 'restart') await clock.until(stack.restart());
  if (action.kind === 'revoke') for (const subscription of source.subscriptions) subscription.revoke([0]);
  if (action.kind === 'regain') for (const subscription of source.subscriptions) subscription.revoke([]);
  if (action.kind !== 'faults') return;
  let left = action.count;
  source.fault = (call) => {
    if (call === action.call && left-- > 0) throw new Error('no broker');
  };
}

test('At-least-once delivery: whatever fails, every record reaches a successful invocation in order before its offset is committed', async (t) => {
  await fc.assert(
    fc.asyncProperty(scenario, (input) => run(t, input, {})),
    { numRuns: 150 },
  );
});

test('with limited retries only records that were given up and reported are passed over', async (t) => {
  const DestinationConfig = { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:letters' } };
  await fc.assert(
    fc.asyncProperty(scenario, fc.nat(2), (input, MaximumRetryAttempts) =>
      run(t, input, { DestinationConfig, MaximumRetryAttempts }),
    ),
    { numRuns: 150 },
  );
});

test('with filters and limited retries dropped records are never sent and hold up or pass over nothing', async (t) => {
  const DestinationConfig = { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:letters' } };
  const retries = fc.option(fc.nat(2), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(scenario, retries, (input, MaximumRetryAttempts) =>
      run(t, input, {
        FilterCriteria,
        ...(MaximumRetryAttempts !== undefined && { DestinationConfig, MaximumRetryAttempts }),
      }),
    ),
    { numRuns: 150 },
  );
});
