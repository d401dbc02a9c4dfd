/** How large a run is, by numbers of rows that the snapshot finds. */
export interface SourceSize {
  readonly orders: number;
  readonly types: number;
  readonly customers: number;
}

/** Splits a number of rows over the tables. */
export function toSourceSize(rows: number): SourceSize {
  const types = Math.max(50, Math.floor(rows / 20));
  const customers = Math.floor(rows / 10);
  return { orders: rows - types - customers, types, customers };
}

/** Statements that fill the tables before Debezium looks at them. */
export function buildSnapshot({ orders, types, customers }: SourceSize): readonly string[] {
  return [
    `insert into shop.customers select g, 'customer ' || g, 'C' || g || '@example.com' from generate_series(1, ${customers}) g`,
    `insert into shop.orders select * from shop.orders_rows(1, ${orders})`,
    `insert into shop.types select r.* from generate_series(0, ${types - 1}) g, shop.types_row(g) r`,
    `insert into shop.audit (what) select 'snapshot ' || g from generate_series(1, 20) g`,
  ];
}

/** What happens at the source while records flow; every text is a transaction, and their order counts. */
export function buildChanges({ orders, types }: SourceSize): readonly string[] {
  const tenth = Math.ceil(orders / 10);
  const typesTenth = Math.ceil(types / 10);
  return [
    // Inserts, also into the tables that are not transferred.
    `insert into shop.orders select * from shop.orders_rows(${orders + 1}, ${orders + tenth});
     insert into shop.customers select g, 'late', null from generate_series(-50, -1) g;
     insert into shop.audit (what) values ('inserted')`,
    `insert into shop.types select r.* from generate_series(${types}, ${types + typesTenth}) g, shop.types_row(g) r`,
    // Updates that leave large values as they are, and rows that come to satisfy the condition or cease to.
    `update shop.orders set status = 'paid', updated_at = '2024-03-01 08:00:00.5' where id % 3 = 0`,
    `update shop.orders set region = 'EU' where id % 11 = 0`,
    `update shop.orders set region = 'US' where id % 13 = 0`,
    `update shop.orders set price = price / 2 where id % 17 = 0`,
    `update shop.orders set note = 'shorter' where id % 101 = 0`,
    `update shop.types set a_text = 'touched', a_numeric = a_numeric - 1 where a_integer % 4 = 3`,
    `update shop.types set big_jsonb = jsonb_build_object('long', repeat('other', 700)), big_integers = null where a_integer % 40 = 3`,
    `update shop.customers set name = upper(name)`,
    // Keys that move.
    `update shop.orders set id = id + 100000000 where id % 19 = 0`,
    `update shop.types set id = shop.id_of(a_integer + 1000000) where a_integer % 20 = 7 and a_integer < 1000000`,
    // Deletes, rows that come again, rows that live for one transaction.
    `delete from shop.orders where id % 23 = 0; delete from shop.types where a_integer % 20 = 9`,
    `insert into shop.orders select * from shop.orders_rows(23, 23);
     delete from shop.orders where id = 23;
     insert into shop.orders select * from shop.orders_rows(23, 23);
     update shop.orders set region = 'EU', price = 99.99 where id = 23`,
    `insert into shop.orders select id + 200000000, customer_id, 'EU', status, quantity, 50, note, ordered_at, updated_at
       from shop.orders_rows(1, 10);
     delete from shop.orders where id > 200000000`,
    // A table that is emptied, and filled again with less.
    `truncate shop.types`,
    `insert into shop.types select r.* from generate_series(0, ${Math.ceil(types / 2)}) g, shop.types_row(g) r`,
    // The schema changes while records flow: a column is added, two are widened.
    `alter table shop.orders add column priority integer;
     alter table shop.orders alter column quantity type bigint;
     alter table shop.orders alter column status type varchar(200)`,
    `update shop.orders set priority = id % 5, quantity = 3000000000 + id, status = repeat('long ', 10) where id % 7 = 0;
     insert into shop.orders (id, region, status, quantity, price, ordered_at, priority)
       select g, 'EU', 'late', 9000000000, 20, '2024-04-01 00:00:00+00', 1 from generate_series(300000000, 300000049) g`,
    `alter table shop.types add column late text;
     update shop.types set late = 'late ' || a_text where a_integer % 2 = 0`,
    // Many small transactions.
    ...Array.from(
      { length: 200 },
      (_, index) =>
        `update shop.orders set price = ${(index % 30) + 0.25}, quantity = quantity + 1 where id = ${(index % 40) + 1}`,
    ),
    `update shop.types set a_boolean = not a_boolean where a_integer % 20 = 3`,
  ];
}
