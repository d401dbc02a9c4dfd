import type { ExactNumber } from '../../data/value.ts';

/** A JSONPath: how to come from the root, or from the element that is tested, to what is meant. */
export interface JsonPath {
  /** `$` is the whole document, `@` the element that a filter tests. */
  readonly from: '$' | '@';
  readonly steps: readonly PathStep[];
}

export type PathStep =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly start?: number; readonly end?: number }
  | { readonly kind: 'every' }
  /** `..`: what comes next is looked for at every depth. */
  | { readonly kind: 'descend' }
  | { readonly kind: 'filter'; readonly condition: Condition };

/** What a filter tests, `[?(…)]`. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'exists'; readonly path: JsonPath }
  | { readonly kind: 'compare'; readonly operator: Operator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'matches'; readonly left: Operand; readonly matches: (text: string) => boolean };

export type Operator =
  | '=='
  | '==='
  | '!='
  | '!=='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'nin'
  | 'subsetof'
  | 'anyof'
  | 'noneof'
  | 'contains'
  | 'size'
  | 'empty';

export type Operand = { readonly path: JsonPath } | { readonly literal: Literal };

export type Literal = string | number | ExactNumber | boolean | null | readonly Literal[];
