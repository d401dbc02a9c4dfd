import {
  type EventSourceMappingConfiguration,
  InvokeCommand,
  LambdaClient,
  LambdaServiceException,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import type { EventSourceMapping, InvocationResult, LambdaService, MappingProgress } from '../lambda/lambda-service.ts';

/** Settings of a {@link RemoteLambda}. */
export interface RemoteLambdaOptions {
  /** URL of the emulator: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly region: string;
}

const reportTimeoutMs = 5_000;

/**
 * A Lambda service behind an emulator's HTTP endpoint, as the event source driver needs it. It does not tell of changes,
 * so the driver has to list the mappings now and then.
 */
export class RemoteLambda implements LambdaService {
  readonly #endpoint: string;
  readonly #client: LambdaClient;

  constructor({ endpoint, region }: RemoteLambdaOptions) {
    this.#endpoint = endpoint;
    this.#client = new LambdaClient({
      endpoint,
      region,
      // Emulators look at no credentials; the key names the account.
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'test' },
      // A second try would run the function twice.
      maxAttempts: 1,
    });
  }

  /** Mappings that read a topic. Rejects with the client's own errors. */
  async listEventSourceMappings(): Promise<readonly EventSourceMapping[]> {
    const mappings: EventSourceMapping[] = [];
    for await (const page of paginateListEventSourceMappings({ client: this.#client }, {})) {
      const found = page.EventSourceMappings ?? [];
      mappings.push(...found.filter(({ Topics }) => Topics?.length === 1).map(toMapping));
    }
    return mappings;
  }

  onMappingsChanged(): () => void {
    return () => {};
  }

  /** Rejects only when the emulator cannot be reached, or with the signal's reason. */
  async invoke(functionArn: string, payload: Buffer, signal?: AbortSignal): Promise<InvocationResult> {
    const command = new InvokeCommand({ FunctionName: functionArn, Payload: payload });
    try {
      const output = await this.#client.send(command, signal === undefined ? {} : { abortSignal: signal });
      return {
        statusCode: output.StatusCode ?? 200,
        payload: Buffer.from(output.Payload ?? []),
        ...(output.FunctionError !== undefined && { functionError: output.FunctionError }),
      };
    } catch (error) {
      const statusCode = error instanceof LambdaServiceException ? error.$metadata.httpStatusCode : undefined;
      if (statusCode === undefined) throw error;
      return { statusCode, payload: Buffer.from(JSON.stringify({ Type: (error as Error).name })) };
    }
  }

  /** A mapping that is gone needs no report. Rejects when the emulator does not take it. */
  async reportProgress(mappingUuid: string, progress: MappingProgress): Promise<void> {
    const response = await fetch(`${this.#endpoint}/_sluice/event-source-mappings/${mappingUuid}/progress`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(progress),
      signal: AbortSignal.timeout(reportTimeoutMs),
    });
    await response.arrayBuffer();
    if (!response.ok && response.status !== 404) {
      throw new Error(`The emulator answered a report with HTTP ${response.status}; has it the plugin?`);
    }
  }

  /** Closes the connections. */
  close(): void {
    this.#client.destroy();
  }
}

/** The client gives times as dates; the API, and the driver, have seconds since the epoch. */
function toMapping(mapping: EventSourceMappingConfiguration): EventSourceMapping {
  const { StartingPositionTimestamp, LastModified, BatchSize } = mapping;
  return {
    ...mapping,
    BatchSize: BatchSize ?? 100,
    LastModified: toSeconds(LastModified) ?? 0,
    ...(StartingPositionTimestamp && { StartingPositionTimestamp: toSeconds(StartingPositionTimestamp) }),
  } as unknown as EventSourceMapping;
}

function toSeconds(date: Date | undefined): number | undefined {
  return date === undefined ? undefined : date.getTime() / 1000;
}
