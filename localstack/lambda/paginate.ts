import { invalidParameter } from './lambda-api-error.ts';

/** One page of a list call. The marker, an opaque text to the caller, is the number of items before the next page. */
export function paginate<Item>(
  items: readonly Item[],
  query: { readonly Marker?: string; readonly MaxItems?: string },
  largestPage: number,
): { readonly page: readonly Item[]; readonly nextMarker?: string } {
  const start = Number(query.Marker ?? 0);
  const wanted = Number(query.MaxItems ?? largestPage);
  if (!Number.isSafeInteger(start) || start < 0) throw invalidParameter('Marker is not one that this API gave out.');
  if (!Number.isSafeInteger(wanted) || wanted < 1) throw invalidParameter('MaxItems must be an integer of 1 or more.');
  const end = start + Math.min(wanted, largestPage);
  const page = items.slice(start, end);
  return end < items.length ? { page, nextMarker: String(end) } : { page };
}
