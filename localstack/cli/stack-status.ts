import { serviceNames } from '../services/service.ts';
import { fetchStatus } from '../stack/control-client.ts';
import { findLeftOvers } from '../stack/left-over.ts';
import { readLivingRunRecord, readRunRecord } from '../stack/run-file.ts';
import type { ServiceStatus } from '../stack/service-set.ts';

/** What `sluice status --json` prints. */
export interface StackStatus {
  /** `unresponsive`: its process lives but does not answer; the services are as it last recorded them. */
  readonly state: 'running' | 'stopped' | 'unresponsive';
  readonly dataDir: string;
  /** Process that holds the services; null when stopped. */
  readonly pid: number | null;
  /** ISO 8601; null when stopped. */
  readonly startedAt: string | null;
  /** Every service, in starting order. */
  readonly services: readonly ServiceStatus[];
  /** Processes that a killed stack left running; the next start takes them over, `sluice stop` ends them. */
  readonly leftOverPids: readonly number[];
}

/** How the stack of a data folder does. Never fails because there is none. */
export async function readStackStatus(dataDir: string): Promise<StackStatus> {
  const record = readLivingRunRecord(dataDir);
  if (record === undefined) {
    return {
      state: 'stopped',
      dataDir,
      pid: null,
      startedAt: null,
      services: serviceNames.map((name) => ({ name, state: 'stopped', url: null, reason: null })),
      leftOverPids: findLeftOvers(readRunRecord(dataDir)).map(({ pid }) => pid),
    };
  }
  const services = await fetchStatus(record);
  return {
    state: services === undefined ? 'unresponsive' : 'running',
    dataDir,
    pid: record.pid,
    startedAt: record.startedAt,
    services: services ?? record.services,
    leftOverPids: [],
  };
}
