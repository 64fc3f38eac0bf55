import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether an address is of this machine's loopback (RFC 1122 3.2.1.3, RFC 4291 2.5.3). */
export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && LOOPBACK.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether the host of a URL, as `URL.hostname` writes it, is a literal loopback address or `localhost`. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || isLoopbackAddress(hostname.replace(/^\[(.*)\]$/, '$1'));
}

/** Looks names up and takes none that leads elsewhere than to this machine: a name is whatever a hosts file says. */
export const lookupLoopback: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const own = (error ? [] : addresses).filter(({ address }) => isLoopbackAddress(address));
    const [first] = own;
    if (!first)
      callback(error ?? Object.assign(new Error('not this machine'), { code: 'ENOTLOOPBACK' }), '', 0);
    else if (options.all === true) callback(null, own);
    else callback(null, first.address, first.family);
  });
};
