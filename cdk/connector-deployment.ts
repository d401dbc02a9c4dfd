import type { SecretReference } from '../shared/aws/secret-reference.ts';
import type { ConnectorPlan } from '../shared/connector/connector-plan.ts';
import type { FunctionRole } from '../shared/contract/resource-name.ts';
import type { RegistrySettings } from '../shared/converter/registry/registry-settings.ts';

/** One event source mapping. */
export interface MappingDeployment {
  readonly topic: string;
  readonly consumerGroupId: string;
  readonly batchSize: number;
  /** `TRIM_HORIZON`, `LATEST`, or milliseconds since the epoch. */
  readonly start: 'TRIM_HORIZON' | 'LATEST' | number;
  /** Absent: Lambda's own 500 ms. */
  readonly windowSeconds?: number;
  readonly pollers?: { readonly minimum: number; readonly maximum: number; readonly group?: string };
}

/** A connector as it is deployed: checked, and with all that its functions and mappings need. */
export interface ConnectorDeployment {
  readonly name: string;
  /** The name as part of resource names. */
  readonly id: string;
  readonly plan: ConnectorPlan;
  /** Environment of each of its functions. */
  readonly environment: Readonly<Record<FunctionRole, Readonly<Record<string, string>>>>;
  readonly memorySizeMb: number;
  /** Timeout of the function that reads. */
  readonly timeoutSeconds: number;
  /** Batches that are written at once; absent: no bound. */
  readonly reservedConcurrency?: number;
  readonly mappings: readonly MappingDeployment[];
  /** Secrets and parameters that its functions read. */
  readonly secrets: readonly SecretReference[];
  /** Of them, those that the filter function reads. */
  readonly filterSecrets: readonly SecretReference[];
  /** Schema registries that the functions ask. */
  readonly registries: ReadonlySet<RegistrySettings['kind']>;
  /** User that logs in to the database by IAM. */
  readonly iamUser: string | undefined;
}
