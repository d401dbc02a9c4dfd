import type { EventSourceMappingRegistry } from './event-source-mapping-registry.ts';
import type { FunctionRegistry } from './function-registry.ts';
import { invalidParameter } from './lambda-api-error.ts';

type Tags = Readonly<Record<string, string>>;

/** Lambda allows as many tags on one resource. */
const maxTags = 50;

/** The tags of functions and event source mappings, by the ARN of either. */
export class ResourceTags {
  readonly #functions: FunctionRegistry;
  readonly #mappings: EventSourceMappingRegistry;

  constructor(functions: FunctionRegistry, mappings: EventSourceMappingRegistry) {
    this.#functions = functions;
    this.#mappings = mappings;
  }

  get(arn: string): Tags {
    const uuid = mappingUuid(arn);
    return uuid === undefined ? this.#functions.get(arn).tags : this.#mappings.tags(uuid);
  }

  async add(arn: string, tags: Tags | undefined): Promise<void> {
    if (tags === undefined) throw invalidParameter('Tags is required.');
    await this.#set(arn, { ...this.get(arn), ...tags });
  }

  async remove(arn: string, names: readonly string[]): Promise<void> {
    await this.#set(arn, Object.fromEntries(Object.entries(this.get(arn)).filter(([name]) => !names.includes(name))));
  }

  async #set(arn: string, tags: Tags): Promise<void> {
    if (Object.keys(tags).length > maxTags) throw invalidParameter(`A resource has ${maxTags} tags at most.`);
    const uuid = mappingUuid(arn);
    if (uuid === undefined) await this.#functions.setTags(arn, tags);
    else await this.#mappings.setTags(uuid, tags);
  }
}

function mappingUuid(arn: string): string | undefined {
  return /:event-source-mapping:([^:]+)$/.exec(arn)?.[1];
}
