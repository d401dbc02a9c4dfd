import { randomUUID } from 'node:crypto';
import type { FunctionAlias, FunctionRecord, PublishedVersion } from './function-record.ts';
import type { RequestBody } from './function-request.ts';
import { invalidParameter, LambdaApiError } from './lambda-api-error.ts';

/** What stands for the configuration and code that change. */
export const latest = '$LATEST';

/**
 * The function as a qualifier means it: `$LATEST`, a version's number or an alias. Its ARN ends in the qualifier, its
 * `Version` is the one that the qualifier leads to. Undefined when there is none.
 */
export function findQualified(record: FunctionRecord, qualifier: string | undefined): FunctionRecord | undefined {
  if (qualifier === undefined || qualifier === latest) return record;
  const number = record.aliases?.[qualifier]?.FunctionVersion ?? qualifier;
  const FunctionArn = `${record.configuration.FunctionArn}:${qualifier}`;
  if (number === latest) return { ...record, configuration: { ...record.configuration, FunctionArn } };
  const version = record.versions?.find(({ configuration }) => configuration.Version === number);
  if (version === undefined) return undefined;
  return { ...record, code: version.code, configuration: { ...version.configuration, FunctionArn } };
}

/**
 * The function with a version of its present configuration and code, and that version. When nothing changed since the
 * last version, that one is answered, as Lambda does.
 */
export function publishVersion(
  record: FunctionRecord,
  { CodeSha256, Description, RevisionId }: RequestBody,
): { readonly record: FunctionRecord; readonly version: PublishedVersion } {
  const { configuration, code, versions = [] } = record;
  if (CodeSha256 !== undefined && CodeSha256 !== configuration.CodeSha256) {
    throw invalidParameter(`CodeSHA256 (${String(CodeSha256)}) is different from current CodeSHA256 in $LATEST.`);
  }
  assertRevision(configuration.RevisionId, RevisionId);
  const last = versions.at(-1);
  if (last?.publishedFrom === configuration.RevisionId) return { record, version: last };
  const number = String((record.lastVersion ?? 0) + 1);
  const version: PublishedVersion = {
    code,
    publishedFrom: configuration.RevisionId,
    configuration: {
      ...configuration,
      ...(typeof Description === 'string' && Description !== '' && { Description }),
      FunctionArn: `${configuration.FunctionArn}:${number}`,
      Version: number,
      RevisionId: randomUUID(),
    },
  };
  return { record: { ...record, versions: [...versions, version], lastVersion: Number(number) }, version };
}

/** The function without a version. Throws the API's error while an alias leads to it. */
export function withoutVersion(record: FunctionRecord, number: string): FunctionRecord {
  const aliases = Object.values(record.aliases ?? {}).filter(({ FunctionVersion }) => FunctionVersion === number);
  if (aliases.length > 0) {
    const names = aliases.map(({ Name }) => Name).join(', ');
    const message = `Unable to delete version because the following aliases reference it: [${names}]`;
    throw new LambdaApiError('ResourceConflictException', message);
  }
  return {
    ...record,
    versions: (record.versions ?? []).filter(({ configuration }) => configuration.Version !== number),
  };
}

/** The function with a new alias. */
export function withNewAlias(record: FunctionRecord, body: RequestBody): FunctionRecord {
  const { Name, FunctionVersion, Description = '' } = body;
  if (typeof Name !== 'string' || !/^(?!\d+$)[A-Za-z0-9-_]{1,128}$/.test(Name)) {
    throw invalidParameter('Name must be 1 to 128 letters, digits, hyphens and underscores, not digits alone.');
  }
  const AliasArn = `${record.configuration.FunctionArn}:${Name}`;
  if (record.aliases?.[Name] !== undefined) {
    throw new LambdaApiError('ResourceConflictException', `Alias already exists: ${AliasArn}`);
  }
  return withAlias(record, { AliasArn, Name, Description: String(Description), ...leadTo(record, FunctionVersion) });
}

/** The function with an alias that leads elsewhere. */
export function withChangedAlias(record: FunctionRecord, name: string, body: RequestBody): FunctionRecord {
  const alias = findAlias(record, name);
  const { FunctionVersion = alias.FunctionVersion, Description = alias.Description } = body;
  assertRevision(alias.RevisionId, body.RevisionId);
  return withAlias(record, { ...alias, Description: String(Description), ...leadTo(record, FunctionVersion) });
}

/** The alias of that name. Throws the API's error when there is none. */
export function findAlias(record: FunctionRecord, name: string): FunctionAlias {
  const alias = record.aliases?.[name];
  if (alias !== undefined) return alias;
  const arn = `${record.configuration.FunctionArn}:${name}`;
  throw new LambdaApiError('ResourceNotFoundException', `Cannot find alias arn: ${arn}`);
}

/** Throws the API's error when a request names another revision than the present one. */
export function assertRevision(present: string, wanted: unknown): void {
  if (wanted === undefined || wanted === present) return;
  const message = 'The RevisionId provided does not match the latest RevisionId.';
  throw new LambdaApiError('PreconditionFailedException', `${message} Call the GetFunction API to retrieve it.`);
}

function leadTo(record: FunctionRecord, number: unknown): { FunctionVersion: string; RevisionId: string } {
  const FunctionVersion = String(number);
  const exists = record.versions?.some(({ configuration }) => configuration.Version === FunctionVersion);
  if (FunctionVersion !== latest && exists !== true) {
    const arn = `${record.configuration.FunctionArn}:${FunctionVersion}`;
    throw new LambdaApiError('ResourceNotFoundException', `Function not found: ${arn}`);
  }
  return { FunctionVersion, RevisionId: randomUUID() };
}

function withAlias(record: FunctionRecord, alias: FunctionAlias): FunctionRecord {
  return { ...record, aliases: { ...record.aliases, [alias.Name]: alias } };
}
