/** Accepts exactly these texts, as Kafka's `ConfigDef.ValidString`. */
export function oneOf(...allowed: readonly string[]): (value: string) => string | undefined {
  return (value) => (allowed.includes(value) ? undefined : `String must be one of: ${allowed.join(', ')}`);
}

/** Accepts numbers from `minimum` to `maximum`, both included, as Kafka's `ConfigDef.Range`. */
export function between(minimum: number, maximum = Number.POSITIVE_INFINITY): (value: number) => string | undefined {
  return (value) => {
    if (value < minimum) return `Value must be at least ${minimum}`;
    return value > maximum ? `Value must be no more than ${maximum}` : undefined;
  };
}

/** Refuses the empty text, as Kafka's `ConfigDef.NonEmptyString`. */
export function nonEmpty(value: string): string | undefined {
  return value === '' ? 'String must be non-empty' : undefined;
}
