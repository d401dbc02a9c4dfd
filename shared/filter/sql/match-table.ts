import { type TableIdentity, toTableIdentifiers } from '../table-identity.ts';

/**
 * True when a table's name in SQL means the record's table: it is one of the names by which table lists find it, or the end of
 * one behind a point. `orders` names `public.orders` and `shop.public.orders`, `public.orders` also the latter.
 */
export function namesTable(name: string, identity: TableIdentity): boolean {
  return toTableIdentifiers(identity).some((identifier) => isEnd(name, identifier));
}

/** True when two names may mean the same table. */
export function overlap(a: string, b: string): boolean {
  return isEnd(a, b) || isEnd(b, a);
}

function isEnd(name: string, identifier: string): boolean {
  return identifier === name || identifier.endsWith(`.${name}`);
}
