/** The 85 characters of Z85, none of which JSON escapes. Source: ZeroMQ RFC 32/Z85. */
const alphabet = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#');
const values = new Uint8Array(128).fill(255);
for (const [value, character] of alphabet.entries()) values[character] = value;

/** Text of five characters for every four bytes; the last group is filled with zeros. */
export function encodeZ85(bytes: Uint8Array): string {
  const groups = Math.ceil(bytes.length / 4);
  const padded = Buffer.alloc(groups * 4);
  padded.set(bytes);
  const text = Buffer.allocUnsafe(groups * 5);
  for (let group = 0; group < groups; group++) {
    let rest = padded.readUInt32BE(group * 4);
    for (let digit = 4; digit >= 0; digit--) {
      text[group * 5 + digit] = alphabet[rest % 85]!;
      rest = Math.floor(rest / 85);
    }
  }
  return text.toString('latin1');
}

/** The bytes of a text, filling zeros included; undefined for one that {@link encodeZ85} does not make. */
export function decodeZ85(text: string): Buffer | undefined {
  if (text.length % 5 !== 0) return undefined;
  const bytes = Buffer.allocUnsafe((text.length / 5) * 4);
  for (let group = 0; group < text.length / 5; group++) {
    let number = 0;
    for (let digit = 0; digit < 5; digit++) {
      const value = values[text.charCodeAt(group * 5 + digit)] ?? 255;
      if (value === 255) return undefined;
      number = number * 85 + value;
    }
    if (number > 0xffffffff) return undefined;
    bytes.writeUInt32BE(number, group * 4);
  }
  return bytes;
}
