import { requiredText } from '../option.ts';
import { parseLiteral } from '../parse-literal.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { withHeaders } from './header-from.ts';

const header = requiredText('header', 'Name of the header.');
const literal = requiredText('value.literal', 'Its value; numbers, dates, arrays and maps are read as such.');

/** `org.apache.kafka.connect.transforms.InsertHeader`: one more header, always the same. */
export const insertHeader: TransformDefinition = {
  options: [header, literal],
  build(options) {
    const added = [{ name: options.get(header) ?? '', ...parseLiteral(options.get(literal) ?? '') }];
    return { apply: (record) => withHeaders(record, added) };
  },
};
