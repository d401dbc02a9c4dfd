/** How much may wait in a lane. */
export interface LaneLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** Raw bytes that may wait for invocations, shared by the partitions of a mapping. */
const maxWaitingBytes = 64 * 1024 * 1024;
/** More than base64 leaves room for in one event, so that events can be full. */
const maxLaneBytes = 6 * 1024 * 1024;
const minLaneBytes = 256 * 1024;
const minRecords = 500;

/** A lane's share: the next batch and the one behind it, within the memory that all lanes may use together. */
export function toLaneLimits(batchSize: number, lanes: number): LaneLimits {
  const share = Math.floor(maxWaitingBytes / Math.max(1, lanes));
  return {
    maxRecords: Math.max(minRecords, 2 * batchSize),
    maxBytes: Math.max(minLaneBytes, Math.min(maxLaneBytes, share)),
  };
}
