import type { ConnectRecord } from '../data/connect-record.ts';

/**
 * A transform of Kafka Connect: answers another record, the same one when there is nothing to do, or null to drop it.
 * Never changes what it is given.
 *
 * @throws SluiceError `TRANSFORM_FAILED` (data) for a record that it cannot transform
 */
export type Transform = (record: ConnectRecord) => ConnectRecord | null;

/** A predicate of Kafka Connect: whether a transform runs on the record. */
export type Predicate = (record: ConnectRecord) => boolean;
