/** What converters that ask a schema registry reach outside themselves. */
export interface ConverterPorts {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Credentials, region and endpoints of AWS, for the Glue Schema Registry; as AWS's SDKs read them. */
  readonly environment: NodeJS.ProcessEnv;
  readonly secrets: ReferenceReader;
  /** Hosts that may be connected to; absent: every host. */
  readonly allowedHosts?: readonly string[];
}

/** Reads what the texts of a connector's configuration refer to. */
export interface ReferenceReader {
  /**
   * What a text refers to (`${secretsmanager:…}`); a text that is no reference stands for itself.
   *
   * @throws SluiceError `SECRET_UNREADABLE`, `SECRET_UNAVAILABLE`, `CONFIG_INVALID`
   */
  resolve(text: string): Promise<string>;
  /** Forgets what was read, so that values that were changed meanwhile are read again. */
  forget(): void;
}

/** The ports of a function: AWS by its environment, secrets by the reader that its database logs in with. */
export function createConverterPorts(
  environment: NodeJS.ProcessEnv,
  secrets: { resolve(text: string): Promise<string>; forget(): void },
  now: () => number,
): ConverterPorts {
  return {
    resolveSecret: (text) => secrets.resolve(text),
    forgetSecrets: () => secrets.forget(),
    aws: () => readAwsEnvironment(environment),
    now,
  };
}
