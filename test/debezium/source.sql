-- The source of the example: four tables, two of which are transferred.
create extension if not exists citext;
create extension if not exists hstore;
create extension if not exists ltree;
create schema shop;
create type shop.mood as enum ('sad', 'ok', 'it''s, fine');
create domain shop.cents as integer check (value >= 0);

create table shop.customers (
  id integer primary key,
  name text not null,
  email citext
);

-- Transferred as far as a condition holds. Its updates carry the whole row before, so that a row that comes to satisfy the
-- condition brings its large text along.
create table shop.orders (
  id bigint primary key,
  customer_id integer,
  region text not null,
  status varchar(20) not null,
  quantity integer,
  price numeric(12,2),
  note text,
  ordered_at timestamptz not null,
  updated_at timestamp
);
alter table shop.orders alter column note set storage external;
alter table shop.orders replica identity full;

-- Every type of column that Debezium reads; keeps the default replica identity. Values that Debezium itself cannot carry
-- (docs/debezium.md) are left out.
create table shop.types (
  id uuid primary key,
  a_smallint smallint,
  a_integer integer,
  a_bigint bigint,
  an_oid oid,
  a_real real,
  a_double double precision,
  a_numeric numeric(30,6),
  a_free_numeric numeric,
  a_money money,
  a_boolean boolean,
  a_char char(8),
  a_varchar varchar(20),
  a_text text,
  a_citext citext,
  a_bytea bytea,
  a_date date,
  a_time time,
  a_timetz timetz,
  a_timestamp timestamp,
  a_timestamp_3 timestamp(3),
  a_timestamptz timestamptz,
  an_interval interval,
  a_json json,
  a_jsonb jsonb,
  an_hstore hstore,
  an_xml xml,
  an_inet inet,
  a_cidr cidr,
  a_macaddr macaddr,
  a_macaddr8 macaddr8,
  an_int4range int4range,
  an_int8range int8range,
  a_numrange numrange,
  a_tsrange tsrange,
  a_tstzrange tstzrange,
  a_daterange daterange,
  a_bit bit(1),
  bits bit(12),
  a_varbit varbit(70),
  a_mood shop.mood,
  a_domain shop.cents,
  a_point point,
  a_tsvector tsvector,
  an_ltree ltree,
  smallints smallint[],
  integers integer[],
  bigints bigint[],
  reals real[],
  doubles double precision[],
  numerics numeric(12,3)[],
  booleans boolean[],
  texts text[],
  varchars varchar(20)[],
  byteas bytea[],
  uuids uuid[],
  dates date[],
  times time[],
  timestamps timestamp[],
  timestamptzs timestamptz[],
  jsonbs jsonb[],
  inets inet[],
  int4ranges int4range[],
  moods shop.mood[],
  big_text text,
  big_bytea bytea,
  big_jsonb jsonb,
  big_texts text[],
  big_integers integer[]
);
alter table shop.types
  alter column big_text set storage external,
  alter column big_bytea set storage external,
  alter column big_jsonb set storage external,
  alter column big_texts set storage external,
  alter column big_integers set storage external;

create table shop.audit (
  id bigserial primary key,
  what text not null
);

create function shop.id_of(g integer) returns uuid language sql immutable as
$$ select md5('type ' || g)::uuid $$;

-- Row number g of shop.types: 0 all null, 1 the smallest values, 2 the greatest ones, then ordinary ones.
create function shop.types_row(g integer) returns shop.types language sql immutable as $$
  select
    shop.id_of(g),
    (case g when 1 then -32768 when 2 then 32767 else g % 30000 end)::smallint,
    (case g when 1 then -2147483648 when 2 then 2147483647 else g end)::integer,
    (case g when 1 then -9223372036854775808 when 2 then 9223372036854775807 else g % 2000 * 4503599627370497 + g end)::bigint,
    (case g when 1 then 0 when 2 then 4294967295 else g end)::oid,
    (case g when 1 then '-Infinity' when 2 then 'NaN' else (g / 7.0)::text end)::real,
    (case g when 1 then '-Infinity' when 2 then '1.7976931348623157e308' else (g / 7.0)::text end)::double precision,
    (case g when 1 then -999999999999999999999999.999999 when 2 then 999999999999999999999999.999999
      else g * 12345678901.000001 end)::numeric(30,6),
    (case g when 1 then '-0.00000000000000000000000000001' when 2 then '123456789012345678901234567890.5'
      else trim_scale(g::numeric / 1000)::text end)::numeric,
    (case g when 1 then -1234567.89 when 2 then 92233720368547.07 else g / 100.0 end)::numeric::money,
    g % 2 = 0,
    ('c' || g % 1000)::char(8),
    (case g when 1 then '' when 2 then repeat('ü', 20) else 'varchar ' || g end)::varchar(20),
    case g when 1 then '' when 2 then E'quote '' " \\ tab \t newline \n €𝄞' else 'text ' || g end,
    (case g when 1 then '' else 'CiTeXt ' || g end)::citext,
    case g when 1 then ''::bytea when 2 then '\x00ff80fe'::bytea else decode(md5(g::text), 'hex') end,
    (case g when 1 then '0001-01-01' when 2 then '9999-12-31' else '2024-02-29'::date + g % 1000 end)::date,
    (case g when 1 then '00:00:00' when 2 then '23:59:59.999999'
      else '12:34:56.789012'::time + g % 1000 * interval '1 second' end)::time,
    (case g when 1 then '00:00:00+00' when 2 then '23:59:59+00' else '04:05:06.123456+00' end)::timetz,
    (case g when 1 then '0001-01-01 00:00:00' when 2 then '9999-12-31 23:59:59.999999'
      else '2024-02-29 12:34:56.789012'::timestamp + g * interval '1 hour' end)::timestamp,
    (case g when 1 then '1969-12-31 23:59:59.999' when 2 then '9999-12-31 23:59:59.999'
      else '2024-02-29 12:34:56.789'::timestamp + g * interval '1 hour' end)::timestamp(3),
    (case g when 1 then '0001-01-01 00:00:00+00' when 2 then '9999-12-31 23:59:59.999999+00'
      else '2024-02-29 12:34:56.789012+05:30'::timestamptz + g * interval '1 hour' end)::timestamptz,
    (case g when 1 then '-1 year -2 mons -3 days -04:05:06.789012' when 2 then '178 years 11 mons 30 days 23:59:59.999999'
      else '1 year 2 mons 3 days 04:05:06.789012' end)::interval,
    (case g when 1 then '{}' when 2 then '[1, 1.10, "x", null, {"deep": [9007199254740993]}]' else '{"g": ' || g || '}' end)::json,
    (case g when 1 then '[]' when 2 then '{"big": 9007199254740993, "exact": 0.10000000000000000001, "text": "ü\"\\"}'
      else '{"g": ' || g || ', "list": [1, 2]}' end)::jsonb,
    hstore(array['key', 'empty', 'null'], array[g::text, '', null]),
    xmlparse(content '<a n="' || g || '">x &amp; y</a>'),
    (case g when 1 then '::1' when 2 then '192.168.0.0/16' else '10.0.0.' || g % 255 end)::inet,
    (case g when 1 then '::/0' else '10.' || g % 255 || '.0.0/16' end)::cidr,
    '08:00:2b:01:02:03'::macaddr,
    '08:00:2b:01:02:03:04:05'::macaddr8,
    case g when 1 then 'empty' when 2 then int4range(null, null) else int4range(g, g + 10) end,
    int8range(g, g + 9007199254740993),
    numrange(g, g + 0.5),
    tsrange('2024-01-01', '2024-01-01'::timestamp + g * interval '1 microsecond' + interval '1 day'),
    tstzrange('2024-01-01+00', null),
    daterange('2024-01-01', '2024-01-02'::date + g % 100),
    (g % 2)::bit(1),
    (g % 4096)::bit(12),
    (case g when 1 then repeat('0', 70) when 2 then repeat('10', 35) else repeat('0', 62) || (g % 256)::bit(8)::text end)::varbit(70),
    (case g % 3 when 0 then 'sad' when 1 then 'ok' else 'it''s, fine' end)::shop.mood,
    (g % 100)::shop.cents,
    point(g, -g / 2.0),
    to_tsvector('simple', 'direct ''insert'' ' || g),
    ('top.science.n' || g)::ltree,
    case g when 1 then '{}'::smallint[] else array[1, null, g % 30000]::smallint[] end,
    case g when 1 then '{}'::integer[] else array[g, null, -g]::integer[] end,
    array[g, 9223372036854775807, null]::bigint[],
    array[g / 8.0, null, -0.5]::real[],
    array[g / 7.0, null]::double precision[],
    array[g / 8.0, null, -123456.789]::numeric(12,3)[],
    array[true, null, false],
    case g when 1 then '{}'::text[] else array['a,b', null, 'quote " \ {}', 'ü' || g] end,
    array['x', null, 'v' || g]::varchar(20)[],
    array['\x00ff'::bytea, null],
    array[shop.id_of(g), null],
    array['2024-02-29'::date, null],
    array['12:34:56.789'::time, null],
    array['2024-02-29 12:34:56.789012'::timestamp, null],
    array['2024-02-29 12:34:56.789012+00'::timestamptz, null],
    array['{"a": [1, "x,y"]}'::jsonb, null],
    array['10.0.0.1'::inet, null],
    array[int4range(1, 5), null],
    array['ok', 'sad']::shop.mood[],
    case when g % 20 = 3 then repeat(md5(g::text), 100) end,
    case when g % 20 = 3 then decode(repeat(md5(g::text), 100), 'hex') end,
    case when g % 20 = 3 then jsonb_build_object('long', repeat(md5(g::text), 100)) end,
    case when g % 20 = 3 then array_fill(md5(g::text), array[100]) end,
    case when g % 20 = 3 then array_fill(g, array[1000]) end
  where g <> 0
  union all
  select (jsonb_populate_record(null::shop.types, jsonb_build_object('id', shop.id_of(0)))).* where g = 0
$$;

create function shop.orders_rows(first integer, last integer) returns setof shop.orders language sql as $$
  select g::bigint, g % 1000, (array['EU', 'US', 'APAC'])[1 + g % 3], 'new', g % 10, (g % 5000) / 100.0,
    case when g % 25 < 3 then repeat(md5(g::text), 100) else 'note ' || g end,
    '2024-02-29 12:00:00+00'::timestamptz + g * interval '1 second', null::timestamp
  from generate_series(first, last) g
$$;
