import { honoured } from '../config/property.ts';
import { between, oneOf } from '../config/validators.ts';

const group = 'Dead letters';

/** The honoured properties of dead letters and of offsets that never came. */
export const deadLetterProperty = {
  poisonKey: honoured({
    name: 'poison.key',
    type: 'STRING',
    defaultText: 'hold',
    group,
    documentation:
      'What becomes of later events of a row when one of its events is a dead letter. `hold`: they follow it into the ' +
      'dead letters, so that a redrive keeps their order. `skip`: they apply, and the older letters count as superseded. ' +
      'Tables without key always skip.',
    validate: oneOf('hold', 'skip'),
  }),
  payload: honoured({
    name: 'errors.deadletter.payload',
    type: 'STRING',
    group,
    documentation:
      'What a dead letter keeps of its record. `full`: key, value and headers as they came. `encrypted`: the same, ' +
      'encrypted with AES-256-GCM. `none`: coordinates and reason only, so that it cannot be redriven. Default: `full`; ' +
      'for a connector that leaves out or masks columns (`column.*.list`, `fields.whitelist`, transforms) `encrypted` with a key, else `none`.',
    validate: oneOf('full', 'encrypted', 'none'),
  }),
  encryptionKey: honoured({
    name: 'errors.deadletter.encryption.key',
    type: 'PASSWORD',
    group,
    documentation:
      'The key for `encrypted`: 32 bytes in base64 or hexadecimal, or a reference as for `connection.user`. Letters can ' +
      'be read with the key that they were written with only.',
  }),
  maxOpen: honoured({
    name: 'errors.deadletter.max.open',
    type: 'INT',
    defaultText: '10000',
    group,
    documentation: 'Most open dead letters. A batch that would add more is stopped (`DEAD_LETTER_LIMIT`).',
    validate: between(0, 1_000_000),
  }),
  maxPercent: honoured({
    name: 'errors.deadletter.max.percent',
    type: 'INT',
    defaultText: '50',
    group,
    documentation:
      'Largest share of a batch of 100 records or more that may fail; one with a larger share is stopped. 100: any.',
    validate: between(0, 100),
  }),
  maxFirst: honoured({
    name: 'errors.deadletter.max.first',
    type: 'INT',
    defaultText: '100',
    group,
    documentation:
      'A partition whose first so many records all fail is stopped, because that speaks of the converter or the table. ' +
      '0: never.',
    validate: between(0),
  }),
  offsetGaps: honoured({
    name: 'offset.gaps',
    type: 'STRING',
    defaultText: 'refuse',
    group,
    documentation:
      'What becomes of offsets that never came. `refuse`: a partition that had no hole so far stops before its first one ' +
      'between two batches; holes inside a batch, and later ones, are recorded. `record`: every hole is recorded, as ' +
      'compacted and transactional topics need it. `allow`: none is recorded, and a record that comes late is a duplicate.',
    validate: oneOf('refuse', 'record', 'allow'),
  }),
} as const;
