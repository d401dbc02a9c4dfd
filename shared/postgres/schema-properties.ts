import { honoured } from '../config/property.ts';
import { oneOf } from '../config/validators.ts';

const group = 'Schema';

/** The honoured properties of tables that follow their records. */
export const schemaProperty = {
  autoCreate: honoured({
    name: 'auto.create',
    type: 'BOOLEAN',
    defaultText: 'false',
    group,
    documentation:
      'Whether a missing target table, and its schema, is created. Columns have the types that `col.types` or the ' +
      'schema of the values names; without them boolean, bigint, numeric, jsonb or text, as the values of the batch ' +
      'need. The primary key is `pk.fields`, else the fields of the record key (`pk.mode=record_key`), else there is ' +
      'none. The connection user needs the right to do it; otherwise the batch fails with the exact SQL.',
  }),
  autoEvolve: honoured({
    name: 'auto.evolve',
    type: 'BOOLEAN',
    defaultText: 'false',
    group,
    documentation:
      'Whether columns that a target table lacks are added, nullable, and columns that are too narrow for a value become ' +
      'wider: smallint → integer → bigint → numeric, varchar(n) → text, date → timestamp. Nothing is ever renamed, ' +
      'narrowed or dropped.',
  }),
  schemaEvolution: honoured({
    name: 'schema.evolution',
    type: 'STRING',
    defaultText: 'none',
    group,
    documentation: "Debezium's name for both: `basic` is `auto.create=true` and `auto.evolve=true`.",
    validate: oneOf('none', 'basic'),
  }),
  unknownFields: honoured({
    name: 'unknown.fields',
    type: 'LIST',
    group,
    documentation:
      'What becomes of a field that the target table has no column for: `fail`, the record is a dead letter; `ignore`, it ' +
      'is not written; `add`, the column is added. Default: `add` with `auto.evolve`, else `fail`. Single tables: ' +
      '`fail,orders:add,audit.log:ignore`.',
  }),
} as const;
