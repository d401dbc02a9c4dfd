import { invalid } from './filter-leaf.ts';
import { type NodeRule, parseLeaves, parseNode, toAlternatives, toAny, toEntries } from './filter-node.ts';
import type { SourceRecord } from './record-source.ts';

/** True when the record goes to the function. */
export type RecordFilter = (record: Pick<SourceRecord, 'value'>) => boolean;

/** A record's value as the filters see it. */
interface FilteredValue {
  /** The object or list that the value is as JSON; undefined when it is something else. */
  readonly json: object | undefined;
  readonly text: string;
  /** The text, number or boolean that the value is as JSON, else the text itself. */
  readonly scalar: unknown;
}

type ValueRule = (value: FilteredValue) => boolean;

/**
 * The filter of a mapping: a record passes when one of the patterns matches it. A pattern can say something about the
 * `value` alone, as an object of fields (for JSON) or as a list of rules (for plain strings). A value of the other format
 * passes, and so does one that is not UTF-8, which Avro is not.
 *
 * What Lambda does with a tombstone is not documented. Here it passes, because a delete that is dropped is never made up
 * for. A JSON number, boolean or string counts as a plain string, which may match as what it stands for, too.
 *
 * Source: AWS Lambda developer guide, "Filtering events from Amazon MSK and self-managed Apache Kafka event sources".
 *
 * @param patterns JSON texts, as in `FilterCriteria.Filters[].Pattern`
 * @returns undefined when there are no patterns: everything passes
 * @throws SluiceError `CONFIG_INVALID` for a pattern that Lambda would refuse
 */
export function parseRecordFilter(patterns: readonly string[]): RecordFilter | undefined {
  if (patterns.length === 0) return undefined;
  const matches = toAny(patterns.map((pattern) => parseRecordRule(parseJsonPattern(pattern))));
  return ({ value }) => {
    if (value === null) return true;
    const text = decode(value);
    return text === undefined || matchesOrOverflows(matches, toFilteredValue(text));
  };
}

/** Lists in lists, thousands deep, are more than the stack takes: such a record passes, as one that cannot be read. */
function matchesOrOverflows(matches: ValueRule, value: FilteredValue): boolean {
  try {
    return matches(value);
  } catch (error) {
    if (error instanceof RangeError) return true;
    throw error;
  }
}

/** Rules for the record itself, whose one field that can be filtered is the value. */
function parseRecordRule(pattern: unknown): ValueRule {
  const rules = toEntries(pattern).map(([name, rule]): ValueRule => {
    if (name === '$or') return toAny(toAlternatives(rule).map(parseRecordRule));
    if (name !== 'value') throw invalid(`Kafka records are filtered by value alone, not by ${name.slice(0, 40)}`);
    return parseValueRule(rule);
  });
  return (value) => rules.every((rule) => rule(value));
}

function parseValueRule(rule: unknown): ValueRule {
  if (!Array.isArray(rule)) {
    const matches: NodeRule = parseNode(rule);
    return ({ json }) => json === undefined || matches(json);
  }
  const matches = parseLeaves(rule);
  return ({ json, text, scalar }) => json !== undefined || matches(text) || matches(scalar);
}

function parseJsonPattern(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined when the bytes are not UTF-8. */
function decode(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function toFilteredValue(text: string): FilteredValue {
  let parsed: unknown = text;
  try {
    parsed = JSON.parse(text);
  } catch {
    // A plain string.
  }
  const json = typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  return { json, text, scalar: parsed };
}
