import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { codeOf } from '../common/faults.ts';

/** Another sampler of this user owns the socket. */
export class SocketTakenError extends Error {
  override readonly name = 'SocketTakenError';
}

/** How long a listener has to accept a probe. The kernel accepts for a live process, even a hung one. */
const PROBE_MS = 1_000;

/**
 * Listens on the sampler's socket file; owning it is the lock that makes the sampler the only one. A file that nobody
 * listens on (its sampler was killed) is replaced.
 *
 * The file comes into being by a hard link to a socket that already listens, so that it is never there without a
 * listener, and of two samplers that start together exactly one gets the name.
 *
 * @throws SocketTakenError when a live sampler listens
 * @throws the system's error when the address cannot be used
 */
export async function listenAlone(server: net.Server, address: string): Promise<void> {
  // No longer than `sampler.sock`: a socket's path has a limit, and that one is known to keep it.
  const beside = path.join(path.dirname(address), `${randomBytes(4).toString('hex')}.new`);
  await listen(server, beside);
  try {
    fs.chmodSync(beside, 0o600);
    for (;;) {
      try {
        fs.linkSync(beside, address);
        return;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      const seen = inodeOf(address);
      if (seen === undefined) continue;
      if (await answers(address)) throw new SocketTakenError('a sampler is running');
      removeStale(address, seen);
    }
  } catch (error) {
    server.close();
    throw error;
  } finally {
    fs.rmSync(beside, { force: true });
  }
}

/** Removes the socket's name if it is still ours, so that a successor's is left alone. */
export function releaseAddress(address: string, inode: number | undefined): void {
  if (inode === undefined) return;
  if (inodeOf(address) === inode) fs.rmSync(address, { force: true });
}

/** Inode of the file at `address`; `undefined` when there is none. */
export function inodeOf(address: string): number | undefined {
  return fs.lstatSync(address, { throwIfNoEntry: false })?.ino;
}

/**
 * Takes the stale name away by renaming it first: should another sampler have replaced it since it was looked at, what
 * was taken is a live socket, and is put back.
 */
function removeStale(address: string, seen: number): void {
  const away = `${address}.stale-${String(process.pid)}`;
  try {
    fs.renameSync(address, away);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (inodeOf(away) !== seen) {
    try {
      fs.linkSync(away, address);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  fs.rmSync(away, { force: true });
}

/** Resolves when the server listens. @throws the system's error */
export function listen(server: net.Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function answers(address: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = net.connect(address);
    const settle = (answer: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => {
      settle(true);
    }, PROBE_MS);
    socket.once('connect', () => {
      settle(true);
    });
    socket.once('error', error => {
      // Refused: the file is there and nobody listens. Anything else (permissions, a full backlog) is no proof of that.
      settle(codeOf(error) !== 'ECONNREFUSED' && codeOf(error) !== 'ENOENT');
    });
  });
}
