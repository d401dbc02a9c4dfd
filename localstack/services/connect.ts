import { once } from 'node:events';
import type { Server } from 'node:http';
import { isIP } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { createAdaptorServer } from '@hono/node-server';
import { createApp } from '../../functions/control/app.ts';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { BrokerPort } from '../../shared/kafka/broker-port.ts';
import type { RunningService } from './service.ts';

/** What {@link startConnect} needs. */
export interface ConnectOptions {
  /** URL of the local Lambda endpoint. */
  readonly lambdaEndpoint: string;
  readonly defaults: DeploymentDefaults;
  /** 0: any free port. */
  readonly port: number;
  /** Address that is listened at; absent: the loopback, where no token is needed. */
  readonly host?: string | undefined;
  /** `TOKEN` or `TOKEN:scope,scope`, with blanks between several; needed at any address but the loopback. */
  readonly tokens?: string | undefined;
  readonly broker?: BrokerPort | undefined;
  /** How often changes are looked for that were interrupted; absent: every 30 s. */
  readonly reconcileIntervalMs?: number;
}

/**
 * Starts the Connect REST API on this machine: the control function's own app, whose Lambda is the local endpoint, and the
 * schedule that finishes what interrupted calls left.
 *
 * @throws SluiceError `PORT_TAKEN`; `CONFIG_INVALID` for an address other than the loopback without a token
 */
export async function startConnect(options: ConnectOptions): Promise<RunningService & { readonly url: string }> {
  const { host = '127.0.0.1', reconcileIntervalMs = 30_000 } = options;
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.');
  const tokens = options.tokens?.trim() ?? '';
  if (!isLoopback && tokens === '') {
    const text = `The Connect REST API may listen at ${host} only with a token: set SLUICE_CONNECT_TOKEN.`;
    throw new SluiceError('CONFIG_INVALID', text);
  }
  const client = new LambdaClient({
    endpoint: options.lambdaEndpoint,
    region: 'us-east-1',
    // Any will do: the local endpoint checks none.
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const app = createApp({
    client,
    defaults: options.defaults,
    now: Date.now,
    broker: options.broker,
    local: { isLoopback, tokens },
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  try {
    server.listen(options.port, host);
    await once(server, 'listening');
  } catch (error) {
    client.destroy();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new SluiceError('PORT_TAKEN', `Port ${options.port} of the Connect REST API is taken.`, { cause: error });
  }
  let reconciling: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    // Whatever stays undone is found by the next run.
    reconciling = reconciling.then(() => app.reconcile()).catch(() => undefined);
  }, reconcileIntervalMs);
  const address = server.address() as { readonly port: number };
  return {
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${address.port}`,
    stop: async () => {
      clearInterval(timer);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, reconciling]);
      client.destroy();
    },
  };
}
