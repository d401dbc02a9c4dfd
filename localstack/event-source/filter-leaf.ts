import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** What a rule looks at: a value of JSON that is no object and no list. */
export type Leaf = string | number | boolean | null;

/** True when the leaf is one that the rule wants; undefined stands for a field that is not there. */
export type LeafRule = (leaf: Leaf | undefined) => boolean;

type TextTest = (text: string, wanted: string) => boolean;

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/**
 * One rule of a filter pattern: a value that must be equal, or an object with one operator.
 *
 * Source: AWS Lambda developer guide, "Filter rule syntax"; Amazon EventBridge user guide, "Comparison operators for use
 * in event patterns", those of pipes, which are the ones that Lambda takes.
 *
 * @throws SluiceError `CONFIG_INVALID` for an operator that Lambda does not have, or an operand of another kind
 */
export function parseLeafRule(rule: unknown): LeafRule {
  if (isLeaf(rule)) return (leaf) => leaf === rule;
  const [[operator, operand] = ['', undefined], ...more] = Object.entries(rule as object);
  if (Array.isArray(rule) || more.length > 0) throw invalid('a rule is a value or an object with one operator');
  switch (operator) {
    case 'prefix':
      return toAffixRule(operator, operand, (text, wanted) => text.startsWith(wanted));
    case 'suffix':
      return toAffixRule(operator, operand, (text, wanted) => text.endsWith(wanted));
    case 'equals-ignore-case':
      return toTextRule(operator, operand, (text, wanted) => text.toLowerCase() === wanted.toLowerCase());
    case 'anything-but':
      return toAnythingBut(operand);
    case 'numeric':
      return toNumericRule(operand);
    case 'exists':
      if (typeof operand !== 'boolean') throw invalid('exists needs true or false');
      return (leaf) => (leaf !== undefined) === operand;
    default:
      throw invalid(`Lambda has no operator ${JSON.stringify(operator.slice(0, 40))}`);
  }
}

/** True for a value that has no members. */
export function isLeaf(value: unknown): value is Leaf {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** The error for a pattern that cannot be understood; the reason is put into a sentence. */
export function invalid(reason: string): SluiceError {
  return new SluiceError('CONFIG_INVALID', `A filter pattern is not valid: ${reason}.`);
}

/** The operand is a text, or a text of any case as `{"equals-ignore-case": text}`. */
function toAffixRule(operator: string, operand: unknown, test: TextTest): LeafRule {
  const folded = (operand as { readonly 'equals-ignore-case'?: unknown } | null | undefined)?.['equals-ignore-case'];
  if (folded === undefined) return toTextRule(operator, operand, test);
  return toTextRule(operator, folded, (text, wanted) => test(text.toLowerCase(), wanted.toLowerCase()));
}

function toTextRule(operator: string, operand: unknown, test: TextTest): LeafRule {
  if (typeof operand !== 'string') throw invalid(`${operator} needs a text`);
  return (leaf) => typeof leaf === 'string' && test(leaf, operand);
}

function toAnythingBut(operand: unknown): LeafRule {
  const unwanted: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (unwanted.length === 0 || !unwanted.every(isLeaf)) throw invalid('anything-but needs a value or a list of values');
  return (leaf) => leaf !== undefined && !unwanted.includes(leaf);
}

/** `[">", 0, "<=", 5]`: every comparison must hold. */
function toNumericRule(operand: unknown): LeafRule {
  const parts: readonly unknown[] = Array.isArray(operand) ? operand : [];
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const operator = parts[index];
    const bound = parts[index + 1];
    const compare = typeof operator === 'string' ? comparisons[operator] : undefined;
    if (compare === undefined || typeof bound !== 'number') break;
    tests.push((value) => compare(value, bound));
  }
  if (tests.length === 0 || tests.length !== parts.length / 2 || tests.length > 2) {
    throw invalid('numeric needs one or two pairs of a comparison and a number');
  }
  return (leaf) => typeof leaf === 'number' && tests.every((test) => test(leaf));
}
