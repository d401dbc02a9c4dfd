import { categoryOf, isPreferred, operatorsNamed, type Routine } from './catalog.ts';
import { canCoerce } from './coercion.ts';
import { agreesOnParameters } from './polymorphic-types.ts';

/** A routine with its argument types for one call, a repeated last one written out. */
export interface Candidate {
  readonly routine: Routine;
  readonly types: readonly string[];
}

/** Why no routine was chosen. */
export type NoChoice = 'none' | 'ambiguous';

/**
 * The operator that PostgreSQL takes for operands of these types.
 *
 * Source: PostgreSQL, `oper` and `left_oper`.
 */
export function chooseOperator(name: string, types: readonly string[]): Candidate | NoChoice {
  const count = types.length === 1 ? 1 : 2;
  const candidates = operatorsNamed(name, count).map((routine) => ({ routine, types: routine.argumentTypes }));
  // An untyped operand is first taken to be of the type of the other one.
  const known = types.find((type) => type !== 'unknown');
  const assumed = count === 2 && known !== undefined ? types.map((type) => (type === 'unknown' ? known : type)) : types;
  return findExact(candidates, assumed) ?? chooseCandidate(candidates, types);
}

/** The candidate whose types are just these. */
export function findExact(candidates: readonly Candidate[], types: readonly string[]): Candidate | undefined {
  return candidates.find((candidate) => candidate.types.every((type, index) => type === types[index]));
}

/**
 * Source: PostgreSQL, `func_match_argtypes` and `func_select_candidate`; the manual calls it "Function Type Resolution".
 */
export function chooseCandidate(candidates: readonly Candidate[], types: readonly string[]): Candidate | NoChoice {
  let left = candidates.filter(
    (candidate) =>
      candidate.types.every((type, index) => canCoerce(types[index]!, type, 'implicit')) &&
      agreesOnParameters(candidate.types, types),
  );
  if (left.length === 0) return 'none';
  if (left.length === 1) return left[0]!;
  left = keepBest(left, types, (input, type) => input !== 'unknown' && input === type);
  if (left.length === 1) return left[0]!;
  left = keepBest(left, types, (input, type) => {
    if (input === 'unknown') return false;
    return input === type || (categoryOf(type) === categoryOf(input) && isPreferred(type));
  });
  if (left.length === 1) return left[0]!;
  if (!types.includes('unknown')) return 'ambiguous';
  const byCategory = keepByCategory(left, types);
  if (byCategory.length === 1) return byCategory[0]!;
  return chooseByKnownType(byCategory, types) ?? 'ambiguous';
}

function keepBest(
  candidates: readonly Candidate[],
  types: readonly string[],
  matches: (input: string, type: string) => boolean,
): Candidate[] {
  const counts = candidates.map((each) => each.types.filter((type, index) => matches(types[index]!, type)).length);
  const best = Math.max(...counts);
  return candidates.filter((_, index) => counts[index] === best);
}

/** For each untyped argument: one category, strings before others, and its preferred type where a candidate takes it. */
function keepByCategory(candidates: Candidate[], types: readonly string[]): Candidate[] {
  const slots: { index: number; category: string; hasPreferred: boolean }[] = [];
  for (const [index, input] of types.entries()) {
    if (input !== 'unknown') continue;
    const taken = candidates.map((candidate) => candidate.types[index]!);
    const categories = new Set(taken.map(categoryOf));
    if (categories.size > 1 && !categories.has('S')) return candidates;
    const category = categories.has('S') ? 'S' : categoryOf(taken[0]!);
    const hasPreferred = taken.some((type) => categoryOf(type) === category && isPreferred(type));
    slots.push({ index, category, hasPreferred });
  }
  const kept = candidates.filter((candidate) =>
    slots.every(({ index, category, hasPreferred }) => {
      const type = candidate.types[index]!;
      return categoryOf(type) === category && (!hasPreferred || isPreferred(type));
    }),
  );
  return kept.length > 0 ? kept : candidates;
}

/** When all typed arguments have one type, the others are taken to have it too. */
function chooseByKnownType(candidates: readonly Candidate[], types: readonly string[]): Candidate | undefined {
  const known = new Set(types.filter((type) => type !== 'unknown'));
  if (known.size !== 1) return undefined;
  const [type = ''] = known;
  const assumed = types.map(() => type);
  const fitting = candidates.filter(
    (candidate) =>
      candidate.types.every((each) => canCoerce(type, each, 'implicit')) &&
      agreesOnParameters(candidate.types, assumed),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}
