import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction, Socket } from 'node:net';
import { SluiceError } from '../errors/sluice-error.ts';

/** Addresses of the machine itself and of its link, where a function's own interfaces and credentials are. */
const ownAddresses = new BlockList();
ownAddresses.addSubnet('127.0.0.0', 8, 'ipv4');
ownAddresses.addSubnet('0.0.0.0', 8, 'ipv4');
ownAddresses.addSubnet('169.254.0.0', 16, 'ipv4');
ownAddresses.addAddress('::', 'ipv6');
ownAddresses.addAddress('::1', 'ipv6');
ownAddresses.addSubnet('fe80::', 10, 'ipv6');
ownAddresses.addSubnet('fd00:ec2::', 32, 'ipv6');

/** True for a loopback, link-local or unspecified address, also one of IPv4 that is written as IPv6. */
export function isOwnAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isOwnAddress(mapped);
  return ownAddresses.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Addresses of a host that connectors may reach. Without a list of allowed hosts none is refused; with one, a name must
 * not lead to the machine itself or its link, unless the list has that very address.
 *
 * @throws SluiceError `HOST_NOT_ALLOWED`, or Node's error when the name leads nowhere
 */
export async function resolveOutbound(
  host: string,
  allowedHosts: readonly string[],
  resolve: typeof lookup = lookup,
): Promise<readonly LookupAddress[]> {
  const { promise, resolve: fulfil, reject } = Promise.withResolvers<readonly LookupAddress[]>();
  const name = host.replace(/^\[(.*)\]$/, '$1');
  resolve(name, { all: true }, (error, addresses) => (error ? reject(error) : fulfil(addresses)));
  const addresses = await promise;
  const own = addresses.find(({ address }) => isOwnAddress(address) && !allowedHosts.includes(address.toLowerCase()));
  if (own === undefined) return addresses;
  throw new SluiceError(
    'HOST_NOT_ALLOWED',
    `The host ${host} leads to ${own.address}, an address of this machine or its link, which is not one of allowedHosts.`,
  );
}

/**
 * How a connection finds the address of its host, when it must not lead to the machine itself or its link. The address that
 * was looked at is the one that is connected to. A host that is written as an address is not looked up.
 */
export function createOutboundLookup(allowedHosts: readonly string[], resolve: typeof lookup = lookup): LookupFunction {
  return (host, { all }, done) => {
    resolveOutbound(host, allowedHosts, resolve).then(
      (addresses) =>
        all === true ? done(null, [...addresses]) : done(null, addresses[0]!.address, addresses[0]!.family),
      (error: NodeJS.ErrnoException) => done(error, []),
    );
  };
}

/** A socket that connects to these addresses, whatever its host's name leads to by then. */
export function openPinnedSocket(addresses: readonly LookupAddress[]): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket);
  const pinned = (port: number, host: string) =>
    connect({
      port,
      host,
      autoSelectFamily: true,
      lookup: (_host, { all }, done) =>
        all === true ? done(null, [...addresses]) : done(null, addresses[0]!.address, addresses[0]!.family),
    });
  return Object.assign(socket, { connect: pinned });
}
