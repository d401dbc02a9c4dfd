-- What Lambda said of the schemas of key and value when it took their frames off, {"key": …, "value": …}: without it the
-- bytes of such a letter cannot be decoded again.
alter table "sluice".dead_letters add column if not exists schemas jsonb;

insert into "sluice".migrations (number, name) values (2, 'letter-schemas') on conflict do nothing;
