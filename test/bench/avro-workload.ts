import avsc from 'avsc';
import type { KafkaEventRecord } from '../../shared/kafka/event.ts';
import { toRow } from './sink-workload.ts';

const rowSchema = {
  type: 'record',
  name: 'Row',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'small', type: 'int' },
    { name: 'num', type: 'int' },
    { name: 'flag', type: 'boolean' },
    { name: 'ratio', type: 'double' },
    { name: 'day', type: 'string' },
    { name: 'at', type: 'string' },
    { name: 'label', type: 'string' },
    { name: 'amount', type: 'string' },
    { name: 'code', type: 'string' },
  ],
};

/** Schema of the records of {@link toAvroRecords}. */
export const avroSchema = JSON.stringify({
  type: 'record',
  name: 'Change',
  fields: [
    { name: 'op', type: 'string' },
    { name: 'before', type: ['null', rowSchema] },
    { name: 'after', type: ['null', 'Row'] },
  ],
});

/** The records of the workload `append` in Avro; `frame` is what stands in front of each, with the id of the schema. */
export function toAvroRecords(rows: number, firstOffset: number, frame: Buffer): KafkaEventRecord[] {
  const type = avsc.Type.forSchema(JSON.parse(avroSchema), { wrapUnions: 'always' });
  return Array.from({ length: rows }, (_, i) => {
    const offset = firstOffset + i;
    const body = type.toBuffer({ op: 'c', before: null, after: { Row: toRow(offset) } });
    return {
      topic: 'bench',
      partition: 0,
      offset,
      timestamp: 1_790_000_000_000 + offset,
      timestampType: 'CREATE_TIME' as const,
      key: Buffer.from(JSON.stringify({ id: offset })).toString('base64'),
      value: Buffer.concat([frame, body]).toString('base64'),
      headers: [],
    };
  });
}
