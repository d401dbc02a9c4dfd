import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** Above what Linux gives to outgoing connections. */
const firstPort = 61_000;
const portCount = 4_500;
const portsToTry = 200;

/** The first of these ports that is free on 127.0.0.1, else any free one that is not among `taken`. */
export async function choosePort(
  preferred: readonly (number | undefined)[],
  taken: readonly number[],
): Promise<number> {
  for (const port of preferred) {
    if (port !== undefined && !taken.includes(port) && (await isFree(port))) return port;
  }
  for (let tries = 0; tries < portsToTry; tries++) {
    const port = firstPort + randomInt(portCount);
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new SluiceError('PORT_TAKEN', `No free port was found on 127.0.0.1 from ${firstPort} on.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
