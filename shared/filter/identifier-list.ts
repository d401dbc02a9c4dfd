import { compileLinear } from './linear-expression.ts';

/** Tells whether an identifier is on a list of regular expressions. */
export type IdentifierList = (identifier: string) => boolean;

/**
 * A list as Debezium reads its include and exclude lists: an identifier is on it if one of the expressions matches all
 * of it, whatever the case, in time linear in the identifier. Anchors, flags and state that the expressions come with make no difference.
 *
 * Source: Debezium documentation, `table.include.list`: "Debezium applies the regular expression that you specify as an
 * anchored regular expression."
 */
export function toIdentifierList(expressions: readonly RegExp[]): IdentifierList {
  const whole = expressions.map(({ source, unicode }) => compileLinear(source, unicode));
  return (identifier) => whole.some((matches) => matches(identifier));
}
