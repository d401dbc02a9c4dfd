import { type AwsEnvironment, readAwsEnvironment } from '../aws/aws-environment.ts';
import { parseAllowedHosts } from '../config/allowed-hosts.ts';
import { environmentVariable } from '../contract/environment-variable.ts';

/** What converters that ask a schema registry reach outside themselves. */
export interface ConverterPorts {
  /**
   * What a text refers to (`${secretsmanager:…}`); a text that is no reference stands for itself.
   *
   * @throws SluiceError `SECRET_UNREADABLE`, `SECRET_UNAVAILABLE`, `CONFIG_INVALID`
   */
  readonly resolveSecret: (text: string) => Promise<string>;
  /** Forgets what was read, so that secrets that were changed meanwhile are read again. */
  readonly forgetSecrets: () => void;
  /**
   * Credentials, region and endpoints for the Glue Schema Registry.
   *
   * @throws SluiceError `CONFIG_INVALID` when there are no credentials
   */
  readonly aws: () => AwsEnvironment;
  /** Hosts that may be connected to; absent: every host. */
  readonly allowedHosts?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The ports of a function: AWS and hosts by its environment, secrets by the reader that its database logs in with. */
export function createConverterPorts(
  environment: NodeJS.ProcessEnv,
  secrets: { resolve(text: string): Promise<string>; forget(): void },
  now: () => number,
): ConverterPorts {
  const allowedHosts = parseAllowedHosts(environment[environmentVariable.allowedHosts]);
  return {
    resolveSecret: (text) => secrets.resolve(text),
    forgetSecrets: () => secrets.forget(),
    aws: () => readAwsEnvironment(environment),
    ...(allowedHosts && { allowedHosts }),
    now,
  };
}
