import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { SluiceError } from '../errors/sluice-error.ts';
import type { ConnectorJson } from './connector-plan.ts';

/** What stands before a connector that is compressed; no JSON text begins so. */
const compressedMark = 'deflate:';

/** Texts up to this length stay readable in the console; a function's variables have 4096 bytes together. */
const maxPlainLength = 2_048;

/** Bounds what a compressed variable may unfold to. */
const maxDecodedBytes = 1_048_576;

/** A connector as its functions' environment holds it. */
export interface StoredConnector extends ConnectorJson {
  /** Names in `config` that the deployment added and the user did not write; absent: none. */
  readonly inherited?: readonly string[];
}

/** The value of the connector variable: JSON, or the same compressed and in base64url when it is long. */
export function encodeConnectorVariable(connector: StoredConnector): string {
  const text = JSON.stringify(connector);
  if (text.length <= maxPlainLength) return text;
  return compressedMark + deflateRawSync(text, { level: 9 }).toString('base64url');
}

/**
 * The connector in a function's environment, with what the deployment added to its configuration.
 *
 * @throws SluiceError `CONFIG_INVALID` when the variable is absent or holds no connector; never with its text
 */
export function decodeConnectorVariable(text: string | undefined): StoredConnector {
  let connector: Partial<StoredConnector>;
  try {
    const json = text?.startsWith(compressedMark)
      ? inflateRawSync(Buffer.from(text.slice(compressedMark.length), 'base64url'), {
          maxOutputLength: maxDecodedBytes,
        }).toString()
      : (text ?? '');
    connector = JSON.parse(json);
  } catch {
    // The parser's own message would quote the text, which may hold a password.
    throw new SluiceError('CONFIG_INVALID', 'The environment variable SLUICE_CONNECTOR holds no connector as JSON.');
  }
  if (typeof connector?.name !== 'string' || typeof connector.config !== 'object' || connector.config === null) {
    throw new SluiceError('CONFIG_INVALID', 'The environment variable SLUICE_CONNECTOR has no name or no config.');
  }
  return connector as StoredConnector;
}
