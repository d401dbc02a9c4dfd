import { unprocessable } from './kafka-rest-error.ts';

/** A whole number of a query string. @throws RestError 422 */
export function toCount(text: string | undefined, name: string, absent: number, max: number): number {
  if (text === undefined) return absent;
  const value = Number(text);
  if (!/^\d{1,16}$/.test(text) || value > max) throw unprocessable(`${name} must be a whole number from 0 to ${max}.`);
  return value;
}
