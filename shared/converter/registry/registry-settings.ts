/**
 * What the bytes of a record are when Lambda took the schema's frame off (`EventRecordFormat` of the event source mapping):
 * JSON text, the producer's bytes, or to be found out by the bytes.
 */
export type EventRecordFormat = 'auto' | 'json' | 'source';

/** The schema registry of one part of a connector's records. */
export type RegistrySettings = HttpRegistrySettings | GlueRegistrySettings;

/** A registry with Confluent's API (Confluent, Apicurio, Karapace, Redpanda). */
export interface HttpRegistrySettings {
  readonly kind: 'http';
  /** `http` or `https`, without user, password or slash at the end; at least one. They are tried in turn. */
  readonly urls: readonly string[];
  readonly auth: RegistryAuth;
  readonly tls: RegistryTls;
  /** For the connection, then for the answer. */
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** Further attempts after a failure that may pass; the wait doubles from the first to the longest. */
  readonly maxRetries: number;
  readonly retryWaitMs: number;
  readonly maxRetryWaitMs: number;
  /** How long a schema that does not exist is not asked for again. */
  readonly missingTtlMs: number;
  /** Most schemas kept. */
  readonly maxSchemas: number;
  /** Where the id of a schema may stand. */
  readonly schemaId: SchemaIdPlace;
  readonly recordFormat: EventRecordFormat;
  /** Which subject a schema belongs to; needed for {@link latest} alone. */
  readonly subject: SubjectStrategy;
  /** Read with the latest schema of the subject instead of the one that wrote; absent: with the latter. */
  readonly latest?: LatestSchema;
}

/** `either`: in a header, else before the value. */
export type SchemaIdPlace = 'either' | 'header' | 'prefix';

/** Confluent's subject name strategies. */
export type SubjectStrategy = 'topic' | 'record' | 'topic-record';

/** Which schema counts as the latest, and for how long it is kept. */
export interface LatestSchema {
  /** Only versions with this metadata; absent: any. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly ttlMs: number;
}

/**
 * How the registry knows the function. Texts that may hold a secret may be references; they are resolved when they are
 * needed.
 */
export type RegistryAuth =
  | { readonly kind: 'none' }
  /** `user:password`, or a JSON object with `username` and `password`, as a secret of Secrets Manager holds it. */
  | { readonly kind: 'basic'; readonly userInfo: string }
  | ({ readonly kind: 'bearer'; readonly token: string } & CloudScope)
  | ({
      readonly kind: 'oauth';
      readonly issuerUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scope?: string;
      /** A token is renewed this long before it ends. */
      readonly expiryBufferMs: number;
    } & CloudScope);

/** What Confluent Cloud wants to know with a token. */
export interface CloudScope {
  /** Header `target-sr-cluster`. */
  readonly logicalCluster?: string;
  /** Header `Confluent-Identity-Pool-Id`. */
  readonly identityPoolId?: string;
}

/** PEM texts or references to them; absent members are Node's own. */
export interface RegistryTls {
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly keyPassword?: string;
  /** False: any certificate of a trusted authority is accepted, whatever its host. */
  readonly verifyHost: boolean;
}

/** AWS Glue Schema Registry. */
export interface GlueRegistrySettings {
  readonly kind: 'glue';
  /** Absent: the region of the function. */
  readonly region?: string;
  /** Absent: schemas of every registry are read, as their ids are unique. */
  readonly registryName?: string;
  /** Another address of the service. */
  readonly endpoint?: string;
  readonly timeoutMs: number;
  readonly recordFormat: EventRecordFormat;
  readonly missingTtlMs: number;
  readonly maxSchemas: number;
}
