import type { kafkaAuthNames } from './parameters/kafka-parameters.ts';

/** How a mapping logs in to the brokers. */
export type KafkaAuth = (typeof kafkaAuthNames)[number];

/** The cluster that the mappings read, and how they log in. */
export interface KafkaSettings {
  /** Exactly one of the two is set. */
  readonly clusterArn?: string;
  readonly bootstrapServers?: readonly string[];
  readonly auth: KafkaAuth;
  readonly secretArn?: string;
  readonly caSecretArn?: string;
  /** Further values of a login by OAuth, by Lambda's names. */
  readonly oauth: readonly { readonly type: string; readonly uri: string }[];
  /** Whether brokers that are not MSK are reached through the deployment's subnets. */
  readonly inVpc: boolean;
  /** Identity of the cluster in the ledger. */
  readonly sourceId: string;
  readonly consumerGroupId?: string;
  readonly takeover: boolean;
  readonly generation: number;
}

/** Network of the functions. Without security groups one is made in the VPC. */
export interface NetworkSettings {
  readonly vpcId?: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/** The target database of connectors that name none, and what all connectors keep to. */
export interface DatabaseSettings {
  readonly host?: string;
  readonly port: number;
  readonly name?: string;
  readonly secretArn?: string;
  readonly iamUser?: string;
  readonly sslMode: 'verify-full' | 'require' | 'disable';
  /** Resource id that an IAM user logs in to: `db-…`, `cluster-…` or `prx-…`. */
  readonly iamResourceId?: string;
  /** Path of a PEM file. */
  readonly caBundle?: string;
  readonly allowedHosts: readonly string[];
  readonly secretKeyArns: readonly string[];
}

/** Schema registry of connectors that name none. */
export interface RegistrySettings {
  readonly url?: string;
  readonly secretArn?: string;
  /** Registry of AWS Glue. */
  readonly glueArn?: string;
}

/** Provisioned pollers of one mapping. */
export interface PollerSettings {
  readonly minimum: number;
  readonly maximum: number;
  readonly group?: string;
}

/** How mappings read, unless a connector says otherwise. */
export interface ReadingSettings {
  /** `TRIM_HORIZON`, `LATEST`, or milliseconds since the epoch. */
  readonly start: 'TRIM_HORIZON' | 'LATEST' | number;
  readonly batchSize?: number;
  readonly windowSeconds?: number;
  readonly lastingWindow: boolean;
  readonly pollers?: PollerSettings;
  /** Absent: for ever. */
  readonly retryAttempts?: number;
  /** Absent: never too old. */
  readonly maxRecordAgeSeconds?: number;
  readonly bisect: boolean;
  /** ARN, or `kafka://topic`. */
  readonly onFailure?: string;
}

/** What all functions have in common. */
export interface FunctionSettings {
  readonly memorySizeMb: number;
  readonly timeoutSeconds: number;
  readonly architecture: 'arm64' | 'x86_64';
  readonly reservedConcurrency: 'tasks' | 'off' | number;
  readonly logRetentionDays: number;
  readonly retainsLogs: boolean;
  readonly tracing: boolean;
  readonly encryptionKeyArn?: string;
  readonly permissionsBoundary?: string;
}

/** Who hears of what. */
export interface OperationSettings {
  readonly alarmTopicArn?: string;
  readonly alarmEmail?: string;
  readonly alarmOffsetLag: number;
  readonly topicRetentionHours: number;
  readonly dashboard: boolean;
}

/** The Connect REST API on AWS. */
export interface ControlSettings {
  readonly auth: 'off' | 'iam' | 'jwt';
  readonly jwtIssuer?: string;
  readonly jwtAudience: readonly string[];
  readonly jwtScopePrefix: string;
  /** `scope=pattern of ARNs`; none: callers with signed requests may do everything. */
  readonly callers: readonly string[];
  /** Roles that connectors may choose besides the stack's own. */
  readonly roleArns: readonly string[];
  readonly reconcileMinutes: number;
  readonly restTopicPattern: string;
}

/** Everything that the context parameters say, validated; connectors apart. */
export interface DeploymentSettings {
  readonly stage: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Folder of finished bundles; absent: they are built. */
  readonly bundles?: string;
  readonly kafka: KafkaSettings;
  readonly network?: NetworkSettings;
  readonly database: DatabaseSettings;
  readonly registry: RegistrySettings;
  readonly reading: ReadingSettings;
  readonly functions: FunctionSettings;
  readonly operation: OperationSettings;
  readonly control: ControlSettings;
}
