import { invalid, isLeaf, type Leaf, type LeafRule, parseLeafRule } from './filter-leaf.ts';

/** True when the JSON value is one that the pattern wants; undefined stands for a value that is not there. */
export type NodeRule = (value: unknown) => boolean;

/** Nesting that a pattern may have: far beyond what 4096 characters of a useful one hold. */
const maxDepth = 100;

/**
 * Rules for an object of a filter pattern: all its fields must match, one of the rules in each list, one of the
 * alternatives of `$or`. In the data, a list matches when one of its elements does, and a field of something that is no
 * object is a field that is not there.
 *
 * Source: Amazon EventBridge user guide, "Creating Amazon EventBridge event patterns", "Arrays in event patterns".
 *
 * @throws SluiceError `CONFIG_INVALID`
 */
export function parseNode(pattern: unknown, depth = 0): NodeRule {
  if (depth > maxDepth) throw invalid(`it is nested deeper than ${maxDepth} levels`);
  const entries = toEntries(pattern);
  if (entries.length === 0) throw invalid('an object of it has no fields');
  const rules = entries.map(([name, rule]): NodeRule => {
    if (name === '$or') return toAny(toAlternatives(rule).map((alternative) => parseNode(alternative, depth + 1)));
    const matches = Array.isArray(rule) ? parseLeaves(rule) : parseNode(rule, depth + 1);
    return (object) => matches(memberOf(object, name));
  });
  const matchesObject: NodeRule = (object) => rules.every((rule) => rule(object));
  return (value) =>
    Array.isArray(value) && value.length > 0 ? flatten(value).some(matchesObject) : matchesObject(value);
}

/**
 * A list of rules, one of which must match the value or, where that is a list, one of its elements.
 *
 * @throws SluiceError `CONFIG_INVALID`
 */
export function parseLeaves(list: readonly unknown[]): NodeRule {
  if (list.length === 0) throw invalid('a list of rules is empty');
  const rules: readonly LeafRule[] = list.map(parseLeafRule);
  const matches = (leaf: Leaf | undefined) => rules.some((rule) => rule(leaf));
  return (value) => {
    const leaves = flatten([value]).filter(isLeaf);
    return leaves.length === 0 ? matches(undefined) : leaves.some(matches);
  };
}

/** Name and rules of every field. @throws SluiceError `CONFIG_INVALID` when the pattern is no object */
export function toEntries(pattern: unknown): readonly (readonly [name: string, rule: unknown])[] {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) {
    throw invalid('the rules of a field are a list, or an object with fields');
  }
  return Object.entries(pattern);
}

/** The alternatives of `$or`. @throws SluiceError `CONFIG_INVALID` when it is not a list of them */
export function toAlternatives(list: unknown): readonly unknown[] {
  if (!Array.isArray(list) || list.length === 0) throw invalid('$or needs a list of alternatives');
  return list;
}

/** True when one of the rules matches. */
export function toAny<T>(rules: readonly ((value: T) => boolean)[]): (value: T) => boolean {
  return (value) => rules.some((rule) => rule(value));
}

function memberOf(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined;
  return Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;
}

function flatten(list: readonly unknown[]): readonly unknown[] {
  return list.flat(Number.POSITIVE_INFINITY);
}
