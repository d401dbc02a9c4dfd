import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { ConnectRecord } from '../../../../shared/data/connect-record.ts';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import { checkTransforms } from '../../../../shared/transform/check-transforms.ts';
import { createTransforms } from '../../../../shared/transform/create-transforms.ts';
import type { TransformSettings } from '../../../../shared/transform/transform-settings.ts';
import { type ConnectJson, fromConnectJson, parseExactJson } from '../../../support/connect-json.ts';
import { deepFreeze } from '../../../support/deep-freeze.ts';

interface JsonRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number | null;
  readonly key: ConnectJson;
  readonly value: ConnectJson;
  readonly headers: readonly (NonNullable<ConnectJson> & { readonly name: string })[];
}

/** A question, and what the class of Kafka or Debezium itself answered. */
interface Case {
  readonly name: string;
  readonly class: string;
  readonly config: Readonly<Record<string, string>>;
  readonly record: JsonRecord;
  readonly expected: {
    readonly record?: JsonRecord;
    readonly dropped?: true;
    readonly test?: boolean;
    readonly error?: string;
    readonly configError?: string;
    /** The class made a record that no converter of Connect takes, so that there is nothing to compare with. */
    readonly unwritable?: string;
  };
}

const fixture = new URL('../../../fixtures/transform/cases.json.gz', import.meta.url);
const cases = parseExactJson(gunzipSync(readFileSync(fixture)).toString()) as readonly Case[];
const comparable = cases.filter(({ expected: { unwritable } }) => unwritable === undefined);
const byClass = Map.groupBy(comparable, (given) => given.class);

function toRecord({ topic, partition, offset, timestamp, key, value, headers }: JsonRecord): ConnectRecord {
  return {
    topic,
    partition,
    offset,
    timestamp,
    key: fromConnectJson(key),
    value: fromConnectJson(value),
    headers: headers.map(({ name, ...data }) => ({ name, ...fromConnectJson(data) })),
  };
}

/** A predicate is asked by a transform that drops what it holds for. */
function toSettings({ class: className, config }: Case): TransformSettings {
  if (!className.includes('.predicates.')) {
    return { steps: [{ alias: 't', className, options: config, negate: false }] };
  }
  const predicate = { alias: 'p', className, options: config };
  return {
    steps: [
      { alias: 't', className: 'org.apache.kafka.connect.transforms.Filter', options: {}, predicate, negate: false },
    ],
  };
}

async function answer(given: Case): Promise<unknown> {
  const settings = toSettings(given);
  if (checkTransforms(settings).errors.length > 0) return 'configError';
  const chain = await createTransforms(settings, { resolveSecret: async (text) => text });
  const record = deepFreeze(toRecord(given.record));
  try {
    const updated = chain.apply(record);
    if (given.class.includes('.predicates.')) return { test: updated === null };
    return updated ?? 'dropped';
  } catch (error) {
    if (isSluiceError(error, 'data')) return 'error';
    throw error;
  }
}

function expected({ expected: { record, dropped, test: holds, error, configError } }: Case): unknown {
  if (configError !== undefined) return 'configError';
  if (error !== undefined) return 'error';
  if (holds !== undefined) return { test: holds };
  return dropped === true ? 'dropped' : toRecord(record!);
}

test('there are cases of every class', () => {
  assert.ok(cases.length > 2_000 && byClass.size >= 30, `${cases.length} cases of ${byClass.size} classes`);
});

for (const [className, ofClass] of byClass) {
  test(`${className} does with ${ofClass.length} records what the class itself does`, async () => {
    for (const given of ofClass) assert.deepEqual(await answer(given), expected(given), given.name);
  });
}
