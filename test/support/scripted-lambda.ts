import { randomUUID } from 'node:crypto';
import type { FollowedMapping } from '../../localstack/event-source/poller-settings.ts';
import type { ReportedProgress } from '../../localstack/event-source/progress-report.ts';
import type { InvocationResult, LambdaService } from '../../localstack/lambda/lambda-service.ts';
import type { KafkaEvent } from '../../shared/kafka/event.ts';

/** One invocation that a {@link ScriptedLambda} got. */
export interface ScriptedInvocation {
  readonly functionArn: string;
  readonly event: KafkaEvent;
  readonly payload: Buffer;
  /** `<topic>-<partition>:<offset>` of every record, in the event's order. */
  readonly offsets: readonly string[];
}

/** A Lambda service whose mappings a test sets and whose functions a test plays. */
export class ScriptedLambda implements LambdaService {
  readonly #mappings = new Map<string, FollowedMapping>();
  readonly #listeners = new Set<() => void>();
  readonly invocations: ScriptedInvocation[] = [];
  readonly reports: { uuid: string; progress: ReportedProgress }[] = [];
  /** Plays the function. */
  handler: (invocation: ScriptedInvocation, signal?: AbortSignal) => InvocationResult | Promise<InvocationResult> =
    () => succeeded();
  /** Called before each report; what it throws is what the report rejects with. */
  reportFault: () => void = () => {};

  /** Creates a mapping of the topic, in state `Creating` unless told otherwise, and tells of it. */
  createMapping(topic: string, settings: Partial<FollowedMapping> = {}): FollowedMapping {
    const mapping: FollowedMapping = {
      UUID: randomUUID(),
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
      Topics: [topic],
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      StartingPosition: 'TRIM_HORIZON',
      SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['127.0.0.1:9092'] } },
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'group' },
      State: 'Creating',
      StateTransitionReason: 'USER_INITIATED',
      LastProcessingResult: 'No records processed',
      LastModified: 0,
      ...settings,
    };
    this.#mappings.set(mapping.UUID, mapping);
    this.#notify();
    return mapping;
  }

  /** Changes a mapping and tells of it. */
  updateMapping(uuid: string, changes: Partial<FollowedMapping>): void {
    this.#mappings.set(uuid, { ...this.mapping(uuid), ...changes });
    this.#notify();
  }

  removeMapping(uuid: string): void {
    this.#mappings.delete(uuid);
    this.#notify();
  }

  mapping(uuid: string): FollowedMapping {
    return this.#mappings.get(uuid)!;
  }

  /** All offsets that were sent, in the order of sending. */
  get sent(): readonly string[] {
    return this.invocations.flatMap((invocation) => invocation.offsets);
  }

  async listEventSourceMappings(): Promise<readonly FollowedMapping[]> {
    return [...this.#mappings.values()];
  }

  onMappingsChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async invoke(functionArn: string, payload: Buffer, signal?: AbortSignal): Promise<InvocationResult> {
    const copy = Buffer.from(payload);
    const event = JSON.parse(copy.toString('utf8')) as KafkaEvent;
    const offsets = Object.values(event.records).flatMap((records) =>
      records.map(({ topic, partition, offset }) => `${topic}-${partition}:${offset}`),
    );
    const invocation = { functionArn, event, payload: copy, offsets };
    this.invocations.push(invocation);
    await new Promise((resolve) => setImmediate(resolve));
    return await this.handler(invocation, signal);
  }

  async reportProgress(uuid: string, progress: ReportedProgress): Promise<void> {
    this.reportFault();
    this.reports.push({ uuid, progress });
    const mapping = this.#mappings.get(uuid);
    if (mapping === undefined) return;
    this.#mappings.set(uuid, {
      ...mapping,
      State: progress.state !== undefined && follows(mapping.State, progress) ? progress.state : mapping.State,
      StateTransitionReason: progress.stateTransitionReason ?? mapping.StateTransitionReason,
      LastProcessingResult: progress.lastProcessingResult ?? mapping.LastProcessingResult,
    });
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Whether a state follows from the present one; a report that a change has overtaken does not. */
function follows(from: FollowedMapping['State'], { state, stateTransitionReason }: ReportedProgress): boolean {
  if (from === 'Disabling') return state === 'Disabled';
  const isStarting = from === 'Creating' || from === 'Enabling' || from === 'Updating';
  return isStarting && (state === 'Enabled' || stateTransitionReason !== undefined);
}

/** The function returned this value. */
export function succeeded(value: unknown = null): InvocationResult {
  return { statusCode: 200, payload: Buffer.from(JSON.stringify(value)) };
}

/** The function threw. */
export function functionError(errorType = 'Error'): InvocationResult {
  const payload = Buffer.from(JSON.stringify({ errorType, errorMessage: 'it failed', trace: [] }));
  return { statusCode: 200, functionError: 'Unhandled', payload };
}

/** The function was not run. */
export function refused(statusCode: number): InvocationResult {
  return { statusCode, payload: Buffer.alloc(0) };
}

/** A partial batch response that names these records, each as `<topic>-<partition>:<offset>`. */
export function failedItems(...items: readonly string[]): InvocationResult {
  const batchItemFailures = items.map((item) => {
    const colon = item.lastIndexOf(':');
    return { itemIdentifier: { partition: item.slice(0, colon), offset: Number(item.slice(colon + 1)) } };
  });
  return succeeded({ batchItemFailures });
}
