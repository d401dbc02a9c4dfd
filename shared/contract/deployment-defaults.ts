/** Where the bundles of one kind of function lie. `S3Bucket: "hot-reload"` with a folder as key is a local folder. */
export interface CodeLocation {
  readonly S3Bucket: string;
  readonly S3Key: string;
}

/**
 * What a connector that is made by REST needs besides its own JSON. CDK writes it into the control function's
 * environment; the local stack makes the same object.
 */
export interface DeploymentDefaults {
  readonly stage: string;
  /** ARN of the execution role of sink and filter functions. */
  readonly roleArn: string;
  /** Further roles that a connector may choose by `aws.role.arn`. */
  readonly roleArns?: readonly string[];
  readonly code: { readonly sink: CodeLocation; readonly filter: CodeLocation };
  readonly architecture: 'x86_64' | 'arm64';
  readonly memorySizeMb: number;
  readonly timeoutSeconds: number;
  /** Cluster that the mappings read: exactly one of the two is set. */
  readonly clusterArn?: string;
  readonly bootstrapServers?: readonly string[];
  /** Identity of the cluster in the ledger; the MSK ARN or `source.id`. */
  readonly sourceId: string;
  /** How the mappings log in to the brokers, as Lambda's `SourceAccessConfigurations`; absent: by role, or not at all. */
  readonly sourceAccess?: readonly { readonly Type: string; readonly URI: string }[];
  /** Network of the sink functions; absent: none, they reach public addresses only. */
  readonly network?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  /** Provisioned pollers, when the mappings have them; partial batch responses need them on AWS. */
  readonly provisionedPollers?: { readonly minimum: number; readonly maximum: number; readonly group?: string };
  /** Absent: Lambda's own 500 ms, which a mapping that ever had a window cannot get back. */
  readonly maximumBatchingWindowSeconds?: number;
  /** Log group of the functions, which then log as JSON; absent: one of each function's own, which Lambda makes. */
  readonly logGroup?: string;
  /** Customer key of the functions' environment; absent: a key of AWS. */
  readonly encryptionKeyArn?: string;
  /** Further environment variables of sink and filter functions. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Properties that every connector of the stage has unless its own JSON says otherwise. */
  readonly connectorDefaults: Readonly<Record<string, string>>;
}
