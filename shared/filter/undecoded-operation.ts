const opMember = Buffer.from('"op"');
const unicodeEscape = Buffer.from('\\u');

/** The op as the first member of the document. */
const first = /^\s*\{\s*$/;
/** The op, and behind it nothing but members of no depth, up to the end of the document. */
const last = /^"op"\s*:\s*"(\w)"\s*(?:,\s*"[^"\\]*"\s*:\s*(?:null|true|false|[-+.\deE]+|"[^"\\]*")\s*)*\}\s*$/;
const value = /^"op"\s*:\s*"(\w)"/;
/** Longest run of members behind the op that is looked at, and of white space before it, in bytes. */
const maxTailBytes = 512;
const maxHeadBytes = 64;

/**
 * The op of an envelope in JSON as far as its bytes tell it without being decoded, in lower case; undefined when it has to be
 * decoded. It is told when the text `"op"` stands there once, unescaped, as the first member of the document, or among the
 * last ones, where none has a depth: the brace behind them is the document's, so that the member is no column's.
 */
export function decideOperation(json: Buffer): string | undefined {
  const at = json.indexOf(opMember);
  if (at < 0 || json.indexOf(opMember, at + opMember.length) >= 0 || json.includes(unicodeEscape)) return undefined;
  const tail = json.length - at;
  const isFirst = at <= maxHeadBytes && first.test(json.toString('latin1', 0, at));
  if (!isFirst && tail > maxTailBytes) return undefined;
  const text = json.toString('latin1', at, at + Math.min(tail, maxTailBytes));
  return (isFirst ? value : last).exec(text)?.[1]?.toLowerCase();
}
