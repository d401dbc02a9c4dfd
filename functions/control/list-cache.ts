import {
  type EventSourceMappingConfiguration,
  type FunctionConfiguration,
  type LambdaClient,
  paginateListEventSourceMappings,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';

/** How long a list may be old: two such calls a second would use up a good part of an account's 15. */
const maxAgeMs = 2_000;

/** The account's lists as one paged call each tells them, cut to a stage. They may be 2 seconds old. */
export interface ListCache {
  /** Functions whose name begins as those of the stage. */
  functions(): Promise<readonly FunctionConfiguration[]>;
  /** Event source mappings of such functions. */
  mappings(): Promise<readonly EventSourceMappingConfiguration[]>;
  /** What comes next asks Lambda again. */
  forget(): void;
}

/** Lists of one stage; `now` answers milliseconds since the epoch. */
export function createListCache(client: LambdaClient, stage: string, now: () => number): ListCache {
  const prefix = `sluice-${stage}-`;
  const functions = cached(now, async () => {
    const found: FunctionConfiguration[] = [];
    for await (const page of paginateListFunctions({ client }, {})) found.push(...(page.Functions ?? []));
    return found.filter(({ FunctionName }) => FunctionName?.startsWith(prefix) === true);
  });
  const mappings = cached(now, async () => {
    const found: EventSourceMappingConfiguration[] = [];
    for await (const page of paginateListEventSourceMappings({ client }, {})) {
      found.push(...(page.EventSourceMappings ?? []));
    }
    return found.filter(({ FunctionArn }) => FunctionArn?.split(':')[6]?.startsWith(prefix) === true);
  });
  return {
    functions: functions.read,
    mappings: mappings.read,
    forget: () => {
      functions.forget();
      mappings.forget();
    },
  };
}

/** Callers that come while a list is read share it; a failure is not kept. */
function cached<List>(now: () => number, read: () => Promise<List>) {
  let last: { readonly at: number; readonly list: Promise<List> } | undefined;
  return {
    read: (): Promise<List> => {
      if (last !== undefined && now() - last.at < maxAgeMs) return last.list;
      const fresh = { at: now(), list: read() };
      last = fresh;
      fresh.list.catch(() => {
        if (last === fresh) last = undefined;
      });
      return fresh.list;
    },
    forget: () => {
      last = undefined;
    },
  };
}
