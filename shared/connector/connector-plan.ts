import type { ChangeSettings } from '../change/change-settings.ts';
import type { ConverterSettings } from '../converter/converter-settings.ts';
import type { FilterSettings } from '../filter/filter-settings.ts';
import type { TargetSettings } from '../postgres/target-settings.ts';
import type { TransformSettings } from '../transform/transform-settings.ts';
import type { DeploymentOverrides } from './deployment-properties.ts';

/** Kafka Connect's form of a connector. All values are strings, as Connect stores them. */
export interface ConnectorJson {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** Everything that a connector's JSON says, validated and typed; what functions run by. */
export interface ConnectorPlan {
  readonly name: string;
  readonly topics: readonly string[];
  /** Upper bound of batches written at once (`tasks.max`). */
  readonly tasksMax: number;
  /** `direct`: mapping → sink. `chained`: mapping → filter → sink. */
  readonly topology: 'direct' | 'chained';
  readonly keyConverter: ConverterSettings;
  readonly valueConverter: ConverterSettings;
  readonly headerConverter: ConverterSettings;
  /** Absent: none. */
  readonly transforms?: TransformSettings;
  readonly change: ChangeSettings;
  readonly filter: FilterSettings;
  readonly target: TargetSettings;
  readonly eventSource: EventSourceSettings;
  /** Where the connector's functions and mappings differ from the deployment's (`aws.*`). */
  readonly deployment: DeploymentOverrides;
}

/** What a connector's JSON says of its event source mappings. */
export interface EventSourceSettings {
  /** Most records of a batch (`aws.batch.size`, `consumer.override.max.poll.records`), 1 to 10,000. */
  readonly batchSize: number;
  /** `consumer.override.auto.offset.reset`: where a group without committed offsets starts. */
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** Identity of the cluster in the ledger (`source.id`); absent: the deployment's. */
  readonly sourceId?: string;
}
