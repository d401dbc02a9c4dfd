import { isSluiceError, SluiceError } from '../../errors/sluice-error.ts';
import type { RegisteredSchema, SchemaReference, SchemaSource } from './schema-source.ts';

/** What was learnt of a reference. */
interface Memory {
  readonly outcome: RegisteredSchema | SluiceError;
  /** From then on it is asked for again. Milliseconds since the epoch. */
  readonly until: number;
  usedAt: number;
}

/** How much is remembered, and how long. */
export interface MemoryLimits {
  /** Most schemas kept; more while as many were used in the last 15 minutes, which is the longest that a function runs. */
  readonly maxSchemas: number;
  /** How long a schema that does not exist is not asked for again. */
  readonly missingTtlMs: number;
  /** After how long a schema that was found is asked for again. Absent: never. */
  readonly foundTtlMs?: number;
  readonly now: () => number;
}

const inUseMs = 15 * 60_000;
/** More than two batches can name. */
const mostOfAll = 20_000;

/**
 * A source that asks `fetchSchema` once for each schema: what it finds is kept for good, that there is none
 * (`SCHEMA_UNKNOWN`) for a while; any other failure is not kept.
 */
export function rememberSchemas(
  fetchSchema: (reference: SchemaReference) => Promise<RegisteredSchema>,
  { maxSchemas, missingTtlMs, foundTtlMs = Number.POSITIVE_INFINITY, now }: MemoryLimits,
): SchemaSource {
  const memories = new Map<SchemaReference, Memory>();
  const underWay = new Map<SchemaReference, Promise<void>>();
  const remember = (reference: SchemaReference, outcome: RegisteredSchema | SluiceError, until: number) => {
    memories.delete(reference);
    memories.set(reference, { outcome, until, usedAt: now() });
    if (memories.size > maxSchemas) forgetUnused(memories, maxSchemas, now());
  };
  const fetchOne = async (reference: SchemaReference): Promise<void> => {
    try {
      remember(reference, await fetchSchema(reference), now() + foundTtlMs);
    } catch (error) {
      if (!isSluiceError(error, 'data')) throw error;
      remember(reference, error, now() + missingTtlMs);
    } finally {
      underWay.delete(reference);
    }
  };
  return {
    load(reference) {
      const memory = memories.get(reference);
      const nowMs = now();
      if (memory !== undefined && nowMs < memory.until) {
        memory.usedAt = nowMs;
        return undefined;
      }
      let loading = underWay.get(reference);
      if (loading === undefined) {
        loading = fetchOne(reference);
        underWay.set(reference, loading);
      }
      return loading;
    },
    find(reference) {
      const outcome = memories.get(reference)?.outcome;
      if (outcome === undefined) {
        throw new SluiceError('INVARIANT_BROKEN', `The schema ${reference} was not loaded before it was needed.`);
      }
      if (outcome instanceof SluiceError) throw outcome;
      return outcome;
    },
  };
}

function forgetUnused(memories: Map<SchemaReference, Memory>, maxSchemas: number, nowMs: number): void {
  for (const [reference, { usedAt }] of memories) {
    if (memories.size <= maxSchemas) return;
    if (memories.size > mostOfAll || usedAt < nowMs - inUseMs) memories.delete(reference);
  }
}
