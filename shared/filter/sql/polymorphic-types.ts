import { isPolymorphic } from './catalog.ts';
import { canCoerce, commonType } from './coercion.ts';

/** What the type parameters of a routine stand for in a call. */
export interface ResolvedTypes {
  readonly argumentTypes: readonly string[];
  readonly result: string;
}

/**
 * Puts real types where a routine has `anyelement`, `anyarray` and their relatives. Undefined where the arguments
 * contradict one another, or nothing tells the type.
 *
 * Source: PostgreSQL, `enforce_generic_type_consistency`.
 */
export function resolvePolymorphic(
  declared: readonly string[],
  actual: readonly string[],
  result: string,
): ResolvedTypes | undefined {
  if (!declared.some(isParameter)) return { argumentTypes: declared, result };
  const strict = declared.some((type) => /^any(element|array|nonarray)$/.test(type));
  const element = strict ? exactElement(declared, actual) : compatibleElement(declared, actual);
  if (element === undefined || element === 'unknown') return undefined;
  const resolve = (type: string) => {
    if (type === 'any' || !isPolymorphic(type)) return type;
    return type.endsWith('array') && !type.endsWith('nonarray') ? `_${element}` : element;
  };
  return { argumentTypes: declared.map(resolve), result: resolve(result) };
}

/** True when arguments of these types agree on what the type parameters stand for, as far as they have types. */
export function agreesOnParameters(declared: readonly string[], actual: readonly string[]): boolean {
  if (!declared.some(isParameter) || elementTypes(declared, actual).length === 0) return true;
  const resolved = resolvePolymorphic(declared, actual, 'bool');
  if (resolved === undefined) return false;
  return resolved.argumentTypes.every((type, index) => canCoerce(actual[index]!, type, 'implicit'));
}

function isParameter(type: string): boolean {
  return isPolymorphic(type) && type !== 'any';
}

function elementTypes(declared: readonly string[], actual: readonly string[]): string[] {
  return declared.flatMap((type, index) => {
    const given = actual[index]!;
    if (!isParameter(type) || given === 'unknown') return [];
    return type === 'anyarray' || type === 'anycompatiblearray' ? [given.replace(/^_/, '')] : [given];
  });
}

function exactElement(declared: readonly string[], actual: readonly string[]): string | undefined {
  const found = new Set(elementTypes(declared, actual));
  return found.size === 1 ? [...found][0] : undefined;
}

function compatibleElement(declared: readonly string[], actual: readonly string[]): string | undefined {
  const found = elementTypes(declared, actual);
  return found.length === 0 ? undefined : commonType(found);
}
