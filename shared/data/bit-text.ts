/** Debezium's length of a bit string whose column has none (`Integer.MAX_VALUE`). */
const unlimited = 2_147_483_647;

/**
 * The digits of Debezium's Bits: little-endian bytes as text whose first digit is the most significant bit. Without a
 * length, Debezium does not keep zeros in front: there are as many digits as the number has. Undefined for more bits than
 * the length allows.
 */
export function toBitText(bytes: Uint8Array, length: number | undefined): string | undefined {
  let digits = '';
  for (let i = bytes.length - 1; i >= 0; i--) digits += bytes[i]!.toString(2).padStart(8, '0');
  const significant = digits.replace(/^0+/, '');
  if (length === undefined || length === unlimited) return significant === '' ? '0' : significant;
  return significant.length > length ? undefined : significant.padStart(length, '0');
}
