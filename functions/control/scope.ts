/**
 * What a caller may do. `read`: look at everything but payloads. `operate`: pause, resume, restart, move offsets, redrive.
 * `configure`: create, change, delete and try configurations. `payload`: see keys, values and headers of dead letters.
 */
export const scopes = ['read', 'operate', 'configure', 'payload'] as const;

export type Scope = (typeof scopes)[number];

/** Who calls, as far as the API has to know. */
export interface Caller {
  readonly scopes: ReadonlySet<Scope>;
}

/** A caller who may do everything: on the machine's own loopback, or by a token that says nothing else. */
export const unlimitedCaller: Caller = { scopes: new Set(scopes) };

/** The scopes among texts of which some may mean something else; `prefix` stands before each. */
export function toScopes(texts: readonly string[], prefix = ''): ReadonlySet<Scope> {
  return new Set(scopes.filter((scope) => texts.includes(prefix + scope)));
}
