/** Environment variables as the API nests them. */
export interface FunctionEnvironment {
  readonly Variables?: Readonly<Record<string, string>>;
}

/**
 * A function's configuration as the API shows it. Fields that this endpoint does not act upon (VpcConfig, Layers,
 * Architectures, …) are kept and returned as they were sent.
 */
export interface FunctionConfiguration {
  readonly FunctionName: string;
  readonly FunctionArn: string;
  readonly Runtime: string;
  readonly Handler: string;
  readonly Role: string;
  readonly Timeout: number;
  readonly MemorySize: number;
  readonly CodeSha256: string;
  readonly CodeSize: number;
  readonly Environment?: FunctionEnvironment;
  readonly LoggingConfig?: { readonly LogFormat?: string; readonly ApplicationLogLevel?: string };
  /** ISO 8601. */
  readonly LastModified: string;
  readonly RevisionId: string;
  /** `$LATEST`, or the number of a published version. */
  readonly Version: string;
  readonly State: 'Active';
  readonly LastUpdateStatus: 'Successful';
  readonly [field: string]: unknown;
}

/** Where a function's code lies on this machine. */
export interface FunctionCode {
  readonly folder: string;
  /** Base64 SHA-256 of what was uploaded, or of the folder's files. */
  readonly sha256: string;
  readonly bytes: number;
}

/** A version: configuration and code as they were when it was published. */
export interface PublishedVersion {
  readonly configuration: FunctionConfiguration;
  readonly code: FunctionCode;
  /** Revision of `$LATEST` that it was made of. */
  readonly publishedFrom: string;
}

/** An alias as the API shows it. */
export interface FunctionAlias {
  readonly AliasArn: string;
  readonly Name: string;
  readonly FunctionVersion: string;
  readonly Description: string;
  readonly RevisionId: string;
}

/** Everything that is kept of a function. */
export interface FunctionRecord {
  readonly configuration: FunctionConfiguration;
  readonly code: FunctionCode;
  readonly tags: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  /** Ascending by number; absent: none was published. */
  readonly versions?: readonly PublishedVersion[];
  /** Number of the version that was published last, also when it is gone; numbers are never used again. */
  readonly lastVersion?: number;
  readonly aliases?: Readonly<Record<string, FunctionAlias>>;
}

/** Account and region that every name of this endpoint belongs to. */
export interface LambdaIdentity {
  readonly accountId: string;
  readonly region: string;
}

/** Unqualified ARN of a function. */
export function functionArn(identity: LambdaIdentity, functionName: string): string {
  return `arn:aws:lambda:${identity.region}:${identity.accountId}:function:${functionName}`;
}
