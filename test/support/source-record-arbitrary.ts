import fc from 'fast-check';
import type { SourceRecord } from '../../localstack/event-source/record-source.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((content) => Buffer.from(content));
const name = fc.oneof(
  fc.constantFrom('op', 'trace-id', '', 'naïve', '日本', '😀', 'a"b\\c', '\u0000\t\n', '\ud800', 'x\udc00y', '\u2028'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

/** Records as a topic may hold them: any bytes, absent keys and values, odd header names, any timestamp. */
export const sourceRecord: fc.Arbitrary<SourceRecord> = fc.record({
  offset: fc.oneof(fc.nat(), fc.maxSafeNat()),
  timestamp: fc.oneof(fc.constant(-1), fc.maxSafeNat()),
  timestampType: fc.constantFrom('CREATE_TIME' as const, 'LOG_APPEND_TIME' as const),
  key: fc.option(bytes(40)),
  value: fc.option(bytes(300)),
  headers: fc.array(fc.tuple(name, bytes(20)), { maxLength: 4 }),
});

/** Topic names; Kafka's are plain ASCII, but nothing here relies on it. */
export const topicName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('orders', 'a-1', 'sluice.public.orders', 'straße', 'quo"te'),
  fc.string({ minLength: 1, maxLength: 12 }),
);
