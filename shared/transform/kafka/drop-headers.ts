import { requiredList } from '../option.ts';
import type { TransformDefinition } from '../plugin-definition.ts';

const headers = requiredList('headers', 'Names of the headers to remove.');

/** `org.apache.kafka.connect.transforms.DropHeaders`: the record without the headers of those names. */
export const dropHeaders: TransformDefinition = {
  options: [headers],
  build(options) {
    const names = new Set(options.get(headers) ?? []);
    return {
      readsHeaders: true,
      apply: (record) => ({ ...record, headers: record.headers.filter(({ name }) => !names.has(name)) }),
    };
  },
};
