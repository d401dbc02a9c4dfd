import type { AnyProperty } from '../config/property.ts';
import type { Options } from './options.ts';
import type { Part } from './part.ts';
import type { Predicate, Transform } from './transform.ts';

/** A transform that was made, and what of a record must be there for it. */
export interface BuiltTransform {
  readonly apply: Transform;
  /** Reads or changes the key, whatever its part is. */
  readonly readsKey?: boolean;
  /** Reads headers that the record came with. */
  readonly readsHeaders?: boolean;
  readonly mayChangeTopic?: boolean;
}

/** What a class of transforms is. */
export interface TransformDefinition {
  readonly options: readonly AnyProperty[];
  /**
   * Makes a transform for the part that `$Key` or `$Value` names, `value` for classes without. Problems are reported by
   * the options; what it answers then is never used.
   */
  build(options: Options, part: Part): BuiltTransform;
}

/** What a class of predicates is. */
export interface PredicateDefinition {
  readonly options: readonly AnyProperty[];
  readonly readsHeaders?: boolean;
  build(options: Options): Predicate;
}
