/** Something that is wrong, or worth knowing, about one property. */
export interface Finding {
  /** Name of the property as the user wrote it, or as it stands in the table when the user wrote none. */
  readonly property: string;
  /** A sentence. It holds no value of a password. */
  readonly message: string;
}

/** Collects what is found about a configuration, so that a user sees all of it at once. */
export class Findings {
  readonly errors: Finding[] = [];
  readonly warnings: Finding[] = [];

  /** The connector cannot run so. */
  error(property: string, message: string): void {
    this.errors.push({ property, message });
  }

  /** The connector runs, but perhaps not as its author thinks. */
  warn(property: string, message: string): void {
    this.warnings.push({ property, message });
  }
}
