-- Sluice's own tables. They stand in the target database, because they move in the same transaction as the rows.
create schema if not exists "sluice";

-- One row per partition that a connector ever read: how far it is, and what became of every record.
create table if not exists "sluice".offsets (
  connector text not null,
  source text not null,
  topic text not null,
  partition integer not null,
  next_offset bigint not null,
  floor_offset bigint not null,
  dense boolean not null default true,
  generation integer not null default 0,
  max_timestamp bigint,
  fingerprints jsonb not null default '[]',
  applied bigint not null default 0,
  filtered bigint not null default 0,
  duplicate bigint not null default 0,
  dead_lettered bigint not null default 0,
  unmatched bigint not null default 0,
  committed_at timestamptz not null default now(),
  blocked_offset bigint,
  blocked_code text,
  blocked_message text,
  blocked_since timestamptz,
  attempts integer not null default 0,
  primary key (connector, topic, partition)
);

-- Offsets that never came and that Sluice or an operator accepted as missing.
create table if not exists "sluice".gaps (
  connector text not null,
  topic text not null,
  partition integer not null,
  from_offset bigint not null,
  to_offset bigint not null,
  reason text not null,
  accepted_at timestamptz not null default now(),
  primary key (connector, topic, partition, from_offset)
);

-- Records that could not be applied, as they came from Kafka.
create table if not exists "sluice".dead_letters (
  connector text not null,
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  source text not null,
  record_timestamp bigint not null,
  key bytea,
  value bytea,
  headers jsonb not null default '[]',
  table_name text,
  row_key text,
  stage text not null,
  code text not null,
  sqlstate text,
  column_name text,
  message text not null,
  state text not null default 'open',
  attempts integer not null default 0,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  primary key (connector, topic, partition, "offset")
);

-- Of the row key only the beginning, because an entry of an index must not be longer than a third of a page.
create index if not exists dead_letters_open on "sluice".dead_letters (connector, table_name, left(row_key, 200)) where state = 'open';

-- Which of these files were applied.
create table if not exists "sluice".migrations (
  number integer primary key,
  name text not null,
  applied_at timestamptz not null default now()
);

insert into "sluice".migrations (number, name) values (1, 'ledger') on conflict do nothing;
