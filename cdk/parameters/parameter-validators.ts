/** Accepts texts of the pattern; `problem` is the sentence for all others. */
export function matches(pattern: RegExp, problem: string): (value: string) => string | undefined {
  return (value) => (pattern.test(value) ? undefined : problem);
}

/** Accepts lists whose elements all have the pattern. */
export function eachMatches(pattern: RegExp, problem: string): (values: readonly string[]) => string | undefined {
  return (values) => (values.every((value) => pattern.test(value)) ? undefined : `${problem} for each`);
}

/** Accepts ARNs of a service whose resource begins so. */
export function arnOf(service: string, resource: string): (value: string) => string | undefined {
  return (value) => {
    const parts = value.split(':');
    const isArn = parts[0] === 'arn' && parts.length >= 6 && /^\d{12}$/.test(parts[4]!);
    if (isArn && parts[2] === service && parts.slice(5).join(':').startsWith(resource)) return undefined;
    return `An ARN is needed: arn:aws:${service}:region:account:${resource}…`;
  };
}
