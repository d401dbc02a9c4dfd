/** A signed integer of two halves of 32 bits; a bigint where a double would not hold it. */
export function toSigned(lowHalf: number, highHalf: number): number | bigint {
  const value = (highHalf | 0) * 4_294_967_296 + (lowHalf >>> 0);
  if (Number.isSafeInteger(value)) return value;
  return (BigInt(highHalf | 0) << 32n) | BigInt(lowHalf >>> 0);
}

/** An unsigned one. */
export function toUnsigned(lowHalf: number, highHalf: number): number | bigint {
  const value = (highHalf >>> 0) * 4_294_967_296 + (lowHalf >>> 0);
  if (Number.isSafeInteger(value)) return value;
  return (BigInt(highHalf >>> 0) << 32n) | BigInt(lowHalf >>> 0);
}
