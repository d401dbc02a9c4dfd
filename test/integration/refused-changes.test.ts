import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openSink } from '../support/open-sink.ts';

const setup = `
  create table members (id integer primary key, owner text not null, balance numeric default 0);
  insert into members values (1, 'first', 1)`;
const config = { topics: 'members', 'target.tablename': 'members', writeMode: 'upsert', 'poison.key': 'skip' };

/**
 * Streams in which PostgreSQL refuses a change whose row a later change of the batch writes, too, or would refuse a row
 * if it were asked to insert what only updates one.
 */
const streams: readonly [name: string, values: string[], rows: string[], letters: number[]][] = [
  [
    'a refused partial image leaves none of its columns behind',
    ['{"op":"c","after":{"id":5,"balance":7}}', '{"op":"c","after":{"id":5,"owner":"x"}}'],
    ['1 first 1', '5 x 0'],
    [0],
  ],
  [
    'a refused move leaves the row where it is, though another row takes the new key',
    [
      '{"op":"u","before":{"id":1},"after":{"id":2,"owner":null,"balance":2}}',
      '{"op":"c","after":{"id":2,"owner":"second","balance":3}}',
    ],
    ['1 first 1', '2 second 3'],
    [0],
  ],
  [
    'a refused move leaves the row where it is, though the new key is deleted afterwards',
    ['{"op":"u","before":{"id":1},"after":{"id":2,"owner":null,"balance":2}}', '{"op":"d","before":{"id":2}}'],
    ['1 first 1'],
    [0],
  ],
  [
    'a refused update in the middle leaves the good ones before it in force',
    [
      '{"op":"u","before":{"id":1},"after":{"id":1,"balance":2}}',
      '{"op":"u","before":{"id":1},"after":{"id":1,"owner":null,"balance":3}}',
      '{"op":"u","before":{"id":1},"after":{"id":1,"owner":"late"}}',
    ],
    ['1 late 2'],
    [1],
  ],
  [
    'a move from a row that is missing to one that exists updates it, though its image would not make a new row',
    [
      '{"op":"u","before":{"id":9},"after":{"id":1,"balance":2}}',
      '{"op":"u","before":{"id":1},"after":{"id":1,"balance":3}}',
    ],
    ['1 first 3'],
    [],
  ],
];

for (const [name, values, rows, letters] of streams) {
  for (const batchSize of [1, values.length]) {
    test(`${name} (${batchSize === 1 ? 'record by record' : 'in one batch'})`, async (t) => {
      const { database, worker } = await openSink(t, { setup, config });
      const records = values.map((value, offset) => ({ topic: 'members', partition: 0, offset, value }));
      for (let from = 0; from < records.length; from += batchSize) {
        await worker.invoke(buildKafkaEvent(records.slice(from, from + batchSize)));
      }
      const found = await database.query("select concat_ws(' ', id, owner, balance) as row from members order by id");
      assert.deepEqual(
        found.map(({ row }) => row),
        rows,
      );
      const refused = await database.query('select "offset"::integer as at from sluice.dead_letters order by 1');
      assert.deepEqual(
        refused.map(({ at }) => at),
        letters,
      );
    });
  }
}
