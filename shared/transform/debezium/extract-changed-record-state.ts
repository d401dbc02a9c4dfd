import { isDeepStrictEqual } from 'node:util';
import type { ConnectHeader } from '../../data/connect-record.ts';
import { getField } from '../fields.ts';
import { withHeaders } from '../kafka/header-from.ts';
import { optionalText } from '../option.ts';
import { requireStruct, requireStructSchema } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { isEnvelopeSchema, nestedStruct } from './envelope.ts';

const changedName = optionalText('header.changed.name', 'Header for the names of columns that changed.');
const unchangedName = optionalText('header.unchanged.name', 'Header for the names of columns that did not.');

/**
 * `io.debezium.transforms.ExtractChangedRecordState`: which columns an update changed, as headers; empty lists for other
 * events.
 */
export const extractChangedRecordState: TransformDefinition = {
  options: [changedName, unchangedName],
  build(options) {
    const names = { changed: options.get(changedName) ?? '', unchanged: options.get(unchangedName) ?? '' };
    const toHeader = (name: string, value: readonly string[]): ConnectHeader[] => {
      if (name.trim() === '') return [];
      const schema = { type: 'array', optional: true, name, values: { type: 'string', optional: true } } as const;
      return [{ name, schema, value }];
    };
    return {
      apply(record) {
        const { schema, value } = record.value;
        if (value === null || !isEnvelopeSchema(schema)) return record;
        const envelope = requireStruct(schema, value);
        const after = nestedStruct(schema, envelope, 'after');
        const before = nestedStruct(schema, envelope, 'before');
        const columns = after && before ? requireStructSchema(after.schema).fields.map(({ name }) => name) : [];
        const isUnchanged = (name: string) =>
          isDeepStrictEqual(getField(after!.fields, name) ?? null, getField(before!.fields, name) ?? null);
        return withHeaders(record, [
          ...toHeader(
            names.changed,
            columns.filter((name) => !isUnchanged(name)),
          ),
          ...toHeader(names.unchanged, columns.filter(isUnchanged)),
        ]);
      },
    };
  },
};
