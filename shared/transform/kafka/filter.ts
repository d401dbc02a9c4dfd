import type { TransformDefinition } from '../plugin-definition.ts';

/** `org.apache.kafka.connect.transforms.Filter`: drops the record; a predicate says which. */
export const filter: TransformDefinition = {
  options: [],
  build: () => ({ apply: () => null }),
};
