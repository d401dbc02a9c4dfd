/** An event source mapping as the Lambda API describes it; names are the API's own. */
export interface EventSourceMapping {
  readonly UUID: string;
  readonly FunctionArn: string;
  readonly Topics: readonly string[];
  readonly BatchSize: number;
  /** Absent: 500 ms. */
  readonly MaximumBatchingWindowInSeconds?: number;
  readonly StartingPosition: 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP';
  /** Seconds since the epoch, with AT_TIMESTAMP. */
  readonly StartingPositionTimestamp?: number;
  readonly EventSourceArn?: string;
  readonly SelfManagedEventSource?: { readonly Endpoints: { readonly KAFKA_BOOTSTRAP_SERVERS: readonly string[] } };
  readonly SelfManagedKafkaEventSourceConfig?: { readonly ConsumerGroupId?: string };
  readonly AmazonManagedKafkaEventSourceConfig?: { readonly ConsumerGroupId?: string };
  readonly FunctionResponseTypes?: readonly string[];
  /** -1 or absent: retry for ever. */
  readonly MaximumRetryAttempts?: number;
  /** -1 or absent: no limit. */
  readonly MaximumRecordAgeInSeconds?: number;
  readonly BisectBatchOnFunctionError?: boolean;
  /** Absent or empty: on-demand mode. */
  readonly ProvisionedPollerConfig?: { readonly MinimumPollers?: number; readonly MaximumPollers?: number };
  readonly State: 'Creating' | 'Enabling' | 'Enabled' | 'Disabling' | 'Disabled' | 'Updating' | 'Deleting';
  readonly StateTransitionReason: string;
  /** `No records processed`, `OK`, `PROBLEM: …`. */
  readonly LastProcessingResult: string;
  /** Seconds since the epoch. */
  readonly LastModified: number;
}

/** Answer of a synchronous invocation. */
export interface InvocationResult {
  /** 200, or 4xx/5xx when the function was not run (throttled, missing, payload too large). */
  readonly statusCode: number;
  /** `Unhandled` when the function failed; absent on success. */
  readonly functionError?: string;
  /** The function's answer, or the error object `{errorType, errorMessage, trace}`. */
  readonly payload: Buffer;
}

/** What the event source driver tells of a mapping. */
export interface MappingProgress {
  /** A report of `Disabled` for a mapping in `Deleting` says that it may go. */
  readonly state?: EventSourceMapping['State'];
  readonly lastProcessingResult?: string;
  /** Why the driver disabled a mapping that nobody asked it to disable. */
  readonly stateTransitionReason?: string;
}

/**
 * What the event source driver needs of a Lambda: ours in this process, or one behind an HTTP endpoint. Mappings are
 * followed, functions invoked synchronously, progress reported.
 */
export interface LambdaService {
  listEventSourceMappings(): Promise<readonly EventSourceMapping[]>;
  /** Calls back after mappings were created, changed or deleted. Returns a function that ends it. */
  onMappingsChanged(listener: () => void): () => void;
  /** Runs the function; the payload is the event's JSON. Never rejects for what the function did. */
  invoke(functionArn: string, payload: Buffer, signal?: AbortSignal): Promise<InvocationResult>;
  reportProgress(mappingUuid: string, progress: MappingProgress): Promise<void>;
}
