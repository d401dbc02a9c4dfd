import type { AwsEnvironment } from '../aws/aws-environment.ts';

/** What converters that read schemas from a registry reach outside themselves, besides the network. */
export interface ConverterPorts {
  /**
   * What a text refers to; a text that is no reference stands for itself.
   *
   * @throws SluiceError `SECRET_UNREADABLE`, `SECRET_UNAVAILABLE`, `CONFIG_INVALID`
   */
  readonly resolveSecret: (text: string) => Promise<string>;
  /** Forgets secrets that were read, so that the next {@link resolveSecret} sees those that were rotated. */
  readonly forgetSecrets: () => void;
  /**
   * Region, credentials and endpoints of AWS.
   *
   * @throws SluiceError `CONFIG_INVALID` where there are none
   */
  readonly aws: () => AwsEnvironment;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
