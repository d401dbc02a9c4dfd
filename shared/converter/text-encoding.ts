/** Answers the text of bytes; undefined for bytes that are none. */
type ReadText = (bytes: Buffer) => string | undefined;

/**
 * What reads text of an encoding, by one of the names that Java or the WHATWG Encoding standard has for it. Where both
 * have a name, Java's meaning counts: ISO-8859-1 is just that, and UTF-16 without a byte order mark is big-endian.
 *
 * @throws RangeError for an encoding that is not known
 */
export function createTextReader(encoding: string): ReadText {
  const name = encoding.trim().toLowerCase().replaceAll('_', '-');
  if (/^(?:iso-?8859-1|latin-?1|l1)$/.test(name)) return (bytes) => bytes.toString('latin1');
  if (/^(?:us-)?ascii$/.test(name)) {
    return (bytes) => (bytes.every((byte) => byte < 0x80) ? bytes.toString('latin1') : undefined);
  }
  if (name === 'utf-16') {
    const [bigEndian, littleEndian] = [createDecoder('utf-16be', false), createDecoder('utf-16le', false)];
    return (bytes) => (bytes[0] === 0xff && bytes[1] === 0xfe ? littleEndian : bigEndian)(bytes);
  }
  return createDecoder(name, true);
}

/** Java keeps the byte order mark of UTF-8 as a character. */
function createDecoder(label: string, keepsMark: boolean): ReadText {
  const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: keepsMark });
  return (bytes) => {
    try {
      return decoder.decode(bytes);
    } catch {
      return undefined;
    }
  };
}
