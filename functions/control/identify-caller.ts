import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { RestError } from './rest-error.ts';
import { type Caller, type Scope, scopes, toScopes, unlimitedCaller } from './scope.ts';

/** What of an event of API Gateway or of a function URL says who sent it; both were checked by AWS. */
interface AuthorizedEvent {
  readonly requestContext?: {
    readonly authorizer?: {
      readonly jwt?: {
        readonly claims?: Readonly<Record<string, unknown>>;
        readonly scopes?: readonly string[] | null;
      };
      readonly iam?: { readonly userArn?: string };
    };
  };
}

/** Which scopes callers with signed requests have, by patterns of ARNs with `*` for any text. */
export type ScopePatterns = Readonly<Partial<Record<Scope, readonly string[]>>>;

/**
 * The caller of a request on AWS. A token has the scopes of its claim `scope`, `scp` or `scopes`, each behind the prefix;
 * a signed request those whose patterns fit its role or user, or all of them when there are no patterns. An event without
 * either was handed to the function itself by somebody whom IAM lets invoke it.
 *
 * @throws RestError 401 when tokens or patterns are wanted and there is nobody that they could be of
 */
export function identifyAwsCaller(
  event: unknown,
  options: {
    /** Present where callers have tokens. */
    readonly scopePrefix?: string | undefined;
    readonly patterns?: ScopePatterns | undefined;
  },
): Caller {
  const { jwt, iam } = (event as AuthorizedEvent | undefined)?.requestContext?.authorizer ?? {};
  if (jwt !== undefined) {
    const { scope, scp, scopes: plural } = jwt.claims ?? {};
    const texts = [...(jwt.scopes ?? []), ...[scope, scp, plural].flatMap(toTexts)];
    return { scopes: toScopes(texts, options.scopePrefix ?? '') };
  }
  const { scopePrefix, patterns } = options;
  if (scopePrefix === undefined && patterns === undefined) return unlimitedCaller;
  if (iam === undefined || patterns === undefined)
    throw new RestError(401, 'The request is neither signed nor does it carry a token.');
  const arn = toRoleArn(iam.userArn ?? '');
  return { scopes: new Set(scopes.filter((scope) => patterns[scope]?.some((pattern) => fits(pattern, arn)))) };
}

/** Claims hold scopes as one text with blanks, or as a list, which API Gateway writes as `[a b]`. */
function toTexts(claim: unknown): readonly string[] {
  if (Array.isArray(claim)) return claim.map(String);
  return typeof claim === 'string' ? claim.replace(/^\[(.*)\]$/s, '$1').split(/[\s,]+/) : [];
}

/** `arn:aws:sts::123456789012:assumed-role/NAME/SESSION` is the role NAME. */
function toRoleArn(arn: string): string {
  return arn.replace(/:sts::(\d{12}):assumed-role\/([^/]+)\/.*$/s, ':iam::$1:role/$2');
}

function fits(pattern: string, arn: string): boolean {
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`, 's').test(arn);
}

/** A token of the local stack, and what it allows. */
export interface BearerToken {
  readonly token: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Tokens with blanks between them, each as `TOKEN` or `TOKEN:scope,scope`; without scopes a token allows everything. */
export function parseBearerTokens(text: string): readonly BearerToken[] {
  return text
    .split(/\s+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [token = '', given] = entry.split(':');
      return { token, scopes: given === undefined ? unlimitedCaller.scopes : toScopes(given.split(',')) };
    });
}

/** How the API is reached on a machine that is no function. */
export interface LocalAccess {
  /** True when only this machine reaches it. */
  readonly isLoopback: boolean;
  /** Tokens as {@link parseBearerTokens} reads them; none: every request is answered. */
  readonly tokens: string;
}

/** Names by which this machine, or a container on it, reaches its loopback. */
const loopbackNames = ['localhost', '127.0.0.1', '[::1]', 'host.docker.internal'];

/**
 * The caller of a request to the local stack.
 *
 * @throws RestError 401 without a token where there are some, 403 for a name that only looks like this machine's
 */
export function identifyLocalCaller(context: Context, { isLoopback, tokens }: LocalAccess): Caller {
  const name = (context.req.header('host') ?? '').toLowerCase().replace(/:\d+$/, '');
  // A page of another site could have its own name lead to this machine.
  if (isLoopback && !loopbackNames.includes(name) && !/^127(\.\d{1,3}){3}$/.test(name)) {
    throw new RestError(403, 'At the loopback only requests to this machine by its own name are answered.');
  }
  const known = parseBearerTokens(tokens);
  return known.length === 0 ? unlimitedCaller : identifyBearer(context, known);
}

/** The caller of a request that carries one of the tokens. @throws RestError 401 */
function identifyBearer(context: Context, tokens: readonly BearerToken[]): Caller {
  const [, given] = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '') ?? [];
  const found = given === undefined ? undefined : tokens.find(({ token }) => isEqual(token, given));
  if (found) return found;
  context.header('WWW-Authenticate', 'Bearer');
  throw new RestError(401, 'The request needs the header "Authorization: Bearer" with a token of this API.');
}

/** Takes as long for a wrong token as for a right one, whatever their lengths. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
