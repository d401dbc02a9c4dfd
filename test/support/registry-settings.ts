import type { ConverterPorts } from '../../shared/converter/converter-ports.ts';
import type { HttpRegistrySettings } from '../../shared/converter/registry/registry-settings.ts';

/** Settings of a registry whose attempts wait 5 ms at most. */
export function toRegistrySettings(
  urls: readonly string[],
  more: Partial<HttpRegistrySettings> = {},
): HttpRegistrySettings {
  return {
    kind: 'http',
    urls,
    auth: { kind: 'none' },
    tls: { verifyHost: true },
    connectTimeoutMs: 5_000,
    readTimeoutMs: 5_000,
    maxRetries: 2,
    retryWaitMs: 1,
    maxRetryWaitMs: 5,
    missingTtlMs: 60_000,
    maxSchemas: 1_000,
    schemaId: 'either',
    recordFormat: 'auto',
    subject: 'topic',
    ...more,
  };
}

/** Ports that resolve no references, have no AWS, and live in real time. */
export function toConverterPorts(more: Partial<ConverterPorts> = {}): ConverterPorts {
  return {
    resolveSecret: async (text) => text,
    forgetSecrets: () => {},
    aws: () => {
      throw new Error('These ports have no AWS.');
    },
    now: Date.now,
    ...more,
  };
}
