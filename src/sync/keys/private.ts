import type { Stats } from 'node:fs';

/** Whether something is this user's and nobody else's. Windows has no such modes: there, the folder's access list decides. */
export function isPrivate({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): boolean {
  return typeof process.getuid !== 'function' || (uid === process.getuid() && (mode & 0o077) === 0);
}
