import type { MappingStatus } from '../event-source/event-source-status.ts';
import { serviceNames } from '../services/service.ts';
import { fetchMappings, fetchStatus } from '../stack/control-client.ts';
import { findLeftOvers } from '../stack/left-over.ts';
import { readLivingRunRecord, readRunRecord } from '../stack/run-file.ts';
import type { ServiceStatus } from '../stack/service-set.ts';
import { mappingLag } from './mapping-lag.ts';

/** An event source mapping as `sluice status` shows it. */
export interface ShownMapping extends MappingStatus {
  /** Records that its group is not done with; null while that is not known. */
  readonly lag: number | null;
}

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
  /** Every event source mapping, by topic; empty when no event source runs or it does not answer. */
  readonly mappings: readonly ShownMapping[];
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
      mappings: [],
      leftOverPids: findLeftOvers(readRunRecord(dataDir)).map(({ pid }) => pid),
    };
  }
  const [services, mappings] = await Promise.all([fetchStatus(record), fetchMappings(record)]);
  return {
    state: services === undefined ? 'unresponsive' : 'running',
    dataDir,
    pid: record.pid,
    startedAt: record.startedAt,
    services: services ?? record.services,
    mappings: (mappings ?? []).map((mapping) => ({ ...mapping, lag: mappingLag(mapping) })),
    leftOverPids: [],
  };
}
