import type { ConnectHeader, ConnectRecord } from '../../shared/data/connect-record.ts';
import type { Schema, SchemaAndValue } from '../../shared/data/schema.ts';
import type { Value } from '../../shared/data/value.ts';
import { createTransforms, type TransformChain } from '../../shared/transform/create-transforms.ts';
import { deepFreeze } from './deep-freeze.ts';

/** A class and its options. */
type Step = readonly [className: string, options: Readonly<Record<string, string>>];

/** A chain of transforms that are given as `[class, options]`; a reference to a secret reads as `secret of <reference>`. */
export async function chainOf(...steps: readonly Step[]): Promise<TransformChain> {
  const settings = {
    steps: steps.map(([className, options], index) => ({ alias: `t${index}`, className, options, negate: false })),
  };
  return createTransforms(settings, {
    resolveSecret: async (text) => (text.startsWith('$') ? `secret of ${text}` : text),
  });
}

/** What transforms make of a value; what they are given is frozen. */
export async function transformValue(value: Value, ...steps: readonly Step[]): Promise<SchemaAndValue | undefined> {
  return (await chainOf(...steps)).apply(connectRecord({ value }))?.value;
}

/** A frozen record of the topic `shop.public.orders`. */
export function connectRecord(given: {
  readonly value?: Value;
  readonly schema?: Schema | null;
  readonly key?: SchemaAndValue;
  readonly topic?: string;
  readonly headers?: readonly ConnectHeader[];
}): ConnectRecord {
  const { value = null, schema = null, key = { schema: null, value: null }, headers = [] } = given;
  const topic = given.topic ?? 'shop.public.orders';
  return deepFreeze({
    topic,
    partition: 2,
    offset: 40,
    timestamp: 1_600_000_000_123,
    key,
    value: { schema, value },
    headers,
  });
}
