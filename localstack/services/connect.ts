import { once } from 'node:events';
import type { Server } from 'node:http';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { createAdaptorServer } from '@hono/node-server';
import { createApp } from '../../functions/control/app.ts';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { RunningService } from './service.ts';

/** What {@link startConnect} needs. */
export interface ConnectOptions {
  /** URL of the local Lambda endpoint. */
  readonly lambdaEndpoint: string;
  readonly defaults: DeploymentDefaults;
  /** 0: any free port. */
  readonly port: number;
}

/**
 * Starts the Connect REST API on this machine: the control function's own app, whose Lambda is the local endpoint.
 *
 * @throws SluiceError `PORT_TAKEN`
 */
export async function startConnect(options: ConnectOptions): Promise<RunningService & { readonly url: string }> {
  const client = new LambdaClient({
    endpoint: options.lambdaEndpoint,
    region: 'us-east-1',
    // Any will do: the local endpoint checks none.
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const app = createApp({ client, defaults: options.defaults, now: Date.now });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  try {
    server.listen(options.port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    client.destroy();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new SluiceError('PORT_TAKEN', `Port ${options.port} of the Connect REST API is taken.`, { cause: error });
  }
  const address = server.address() as { readonly port: number };
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      client.destroy();
    },
  };
}
