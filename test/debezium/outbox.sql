-- What an application does that has no Debezium: every change of the two tables is written down as a record of the c/u/d
-- contract, in the JSON that PostgreSQL itself makes of a row.
create table shop.outbox (
  id bigserial primary key,
  table_name text not null,
  key text,
  value text not null
);

create function shop.capture() returns trigger language plpgsql as $$
begin
  insert into shop.outbox (table_name, key, value) values (
    tg_table_name,
    case tg_op when 'TRUNCATE' then null when 'DELETE' then json_build_object('id', old.id)
      else json_build_object('id', new.id) end,
    json_build_object(
      'op', case tg_op when 'INSERT' then 'c' when 'UPDATE' then 'u' when 'DELETE' then 'd' else 't' end,
      'before', case when tg_op in ('UPDATE', 'DELETE') then to_json(old) end,
      'after', case when tg_op in ('UPDATE', 'INSERT') then to_json(new) end));
  return null;
end $$;

create trigger capture after insert or update or delete on shop.orders for each row execute function shop.capture();
create trigger capture_truncate after truncate on shop.orders for each statement execute function shop.capture();
create trigger capture after insert or update or delete on shop.types for each row execute function shop.capture();
create trigger capture_truncate after truncate on shop.types for each statement execute function shop.capture();
