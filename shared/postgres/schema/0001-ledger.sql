-- Sluice's own tables. They stand in the target database, because they move in the same transaction as the rows.
create schema if not exists "sluice";

-- One row per partition that a connector ever read: how far it is, and what became of every record. generation changes with
-- everything that an operator does to the row, so that no function goes on with what it remembers; has_gaps: rows of gaps
-- exist; parked: offsets that become dead letters before they are decoded; trials: how many instances of the function
-- began at trial_offset since the row moved last.
create table if not exists "sluice".offsets (
  connector text not null,
  source text not null,
  topic text not null,
  partition integer not null,
  next_offset bigint not null,
  floor_offset bigint not null,
  dense boolean not null default true,
  has_gaps boolean not null default false,
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
  parked bigint[] not null default '{}',
  trial_offset bigint,
  trials integer not null default 0,
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

-- Records that could not be applied, as they came from Kafka. payload says what key, value and headers hold: full,
-- encrypted (AES-256-GCM) or none. new_row_key is the key that the record moves the row to.
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
  payload text not null default 'full',
  table_name text,
  row_key text,
  new_row_key text,
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

create index if not exists dead_letters_open on "sluice".dead_letters (connector, topic, partition, "offset") where state = 'open';

-- Of the row key only the beginning, because an entry of an index must not be longer than a third of a page.
create index if not exists dead_letters_open_key on "sluice".dead_letters (connector, table_name, left(row_key, 200)) where state = 'open';

-- Which of these files were applied.
create table if not exists "sluice".migrations (
  number integer primary key,
  name text not null,
  applied_at timestamptz not null default now()
);

insert into "sluice".migrations (number, name) values (1, 'ledger') on conflict do nothing;
