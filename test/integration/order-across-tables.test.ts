import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, openStream, remove, update } from '../support/open-stream.ts';

// By their names the child comes first.
const setup = `
  create table b_parent (id integer primary key, a text);
  create table a_child (id integer primary key, parent integer not null references b_parent, a text);`;
// biome-ignore lint/suspicious/noTemplateCurlyInString: Kafka Connect's placeholder
const config = { topics: 'a_child,b_parent', 'table.name.format': '${topic}' };
const child = <Value>(record: Value) => ({ topic: 'a_child', ...record });
const parent = <Value>(record: Value) => ({ topic: 'b_parent', ...record });
const rows = "select 'c' as t, id from a_child union all select 'p', id from b_parent";

test('parents are written before their children, and deleted after them, whatever the names and the order', async (t) => {
  const stream = await openStream(t, setup, config);
  await stream.send(child(create({ id: 10, parent: 1 })), parent(create({ id: 1 })), parent(create({ id: 2 })));
  assert.deepEqual(await stream.rows(rows), ['c 10', 'p 1', 'p 2']);
  // The child moves to a parent that is new, and its old parent goes, in one batch.
  await stream.send(
    parent(remove({ id: 1 })),
    parent(remove({ id: 2 })),
    child(remove({ id: 10 })),
    parent(create({ id: 3 })),
    child(create({ id: 11, parent: 3 })),
  );
  assert.deepEqual([await stream.rows(rows), await stream.letters()], [['c 11', 'p 3'], []]);
});

test('a child whose parent is missing waits, however long, and holds no other partition back', async (t) => {
  const stream = await openStream(t, setup, config);
  const answer = await stream.send(
    child({ partition: 0, ...create({ id: 10, parent: 1 }) }),
    child({ partition: 1, ...create({ id: 11, parent: 2 }) }),
    parent(create({ id: 2 })),
  );
  assert.deepEqual(
    answer?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier.partition),
    ['a_child-0', 'a_child-1'],
  );
  assert.deepEqual(await stream.letters(), []);
  const deliverAgain = stream.keep();
  await stream.send(parent(create({ id: 1 })));
  assert.deepEqual((await deliverAgain())?.batchItemFailures, []);
  assert.deepEqual([await stream.rows(rows), await stream.letters()], [['c 10', 'c 11', 'p 1', 'p 2'], []]);
});

test('tables that refer to one another in a circle are written where a constraint is deferrable', async (t) => {
  const circle = `
    create table a_child (id integer primary key, parent integer);
    create table b_parent (id integer primary key, favourite integer references a_child deferrable);
    alter table a_child add foreign key (parent) references b_parent deferrable`;
  const stream = await openStream(t, circle, { ...config, topics: 'a_child,b_parent,both' });
  await stream.send(child(create({ id: 10, parent: 1 })), parent(create({ id: 1 })));
  await stream.send(parent(update({ id: 1 }, { id: 1, favourite: 10 })));
  assert.deepEqual(await stream.rows(rows), ['c 10', 'p 1']);
});

test('a tree in one table is written in one batch, root last or first', async (t) => {
  const tree = 'create table t (id integer primary key, up integer references t)';
  const stream = await openStream(t, tree);
  await stream.send(create({ id: 2, up: 1 }), create({ id: 1, up: null }), create({ id: 3, up: 2 }));
  await stream.send(remove({ id: 1 }), remove({ id: 3 }), remove({ id: 2 }));
  assert.deepEqual([await stream.rows('select id from t'), await stream.letters()], [[], []]);
});

test('a delete frees a unique value before an upsert of the batch takes it', async (t) => {
  const table = "create table t (id integer primary key, u text unique); insert into t values (1, 'x'), (2, 'y')";
  const stream = await openStream(t, table);
  await stream.send(create({ id: 3, u: 'x' }), remove({ id: 1 }));
  assert.deepEqual([await stream.rows('select id, u from t'), await stream.letters()], [['2 y', '3 x'], []]);
});

test('five hundred key changes in a batch, onto free keys and in each other’s wake, end as they do one by one', async (t) => {
  const table =
    'create table t (id integer primary key, a text); insert into t select g, g from generate_series(1, 500) g';
  const stream = await openStream(t, table);
  const ids = Array.from({ length: 500 }, (_, i) => i + 1);
  await stream.send(...ids.map((id) => update({ id }, { id: id + 1_000, a: 'moved' })));
  assert.deepEqual(await stream.rows('select count(*), min(id) as low, max(id) as high, min(a) as a from t'), [
    '500 1001 1500 moved',
  ]);
  await stream.send(...ids.map((id) => update({ id: id + 1_000 }, { id: id + 1_001, a: 'shifted' })).reverse());
  assert.deepEqual(await stream.rows('select count(*), min(id) as low, max(id) as high, min(a) as a from t'), [
    '500 1002 1501 shifted',
  ]);
});
