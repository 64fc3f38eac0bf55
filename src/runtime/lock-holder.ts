import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { readOwner } from './owner.ts';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';

/** How long a lock from where processes cannot be looked up counts after it was last confirmed. */
export const STALE_MS = 90_000;

/** Who holds a lock on a folder. */
export interface LockHolder extends ProcessIdentity {
  /** Where its process number counts; empty where that cannot be told. */
  readonly world: string;
}

/** This process. */
export function thisHolder(): LockHolder {
  return { ...(identify(process.pid) ?? { pid: process.pid, started: '' }), world: thisWorld() };
}

/** Whoever a lock file names; `undefined` when there is none or it is damaged. */
export function readHolder(file: string): LockHolder | undefined {
  const owner = readOwner(file);
  if (!owner) return undefined;
  try {
    const { world } = JSON.parse(fs.readFileSync(file, 'utf8')) as { world?: unknown };
    return { ...owner, world: typeof world === 'string' ? world : '' };
  } catch {
    return undefined;
  }
}

/** Whether two holders are the same process. */
export function isSameHolder(a: LockHolder, b: LockHolder): boolean {
  return a.pid === b.pid && a.started === b.started && a.world === b.world;
}

/** Whether the process of a holder can be looked up from here; not in another container or on another machine. */
export function isOfThisWorld(holder: LockHolder, me: LockHolder): boolean {
  return holder.world === '' || me.world === '' || holder.world === me.world;
}

/**
 * Whether a holder of a lock still runs. One that cannot be looked up counts as running while it confirms its lock.
 *
 * @param sinceConfirmedMs time since the lock was last confirmed, by the clock of its file system
 */
export function isAlive(holder: LockHolder, me: LockHolder, sinceConfirmedMs: number): boolean {
  return isOfThisWorld(holder, me) ? isRunning(holder) : sinceConfirmedMs < STALE_MS;
}

/** A number for the running kernel and, on Linux, the process namespace: process numbers are unique within it. */
function thisWorld(): string {
  if (process.platform !== 'linux') return '';
  try {
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    const namespace = fs.readlinkSync('/proc/self/ns/pid');
    return createHash('sha256').update(boot).update(namespace).digest('hex').slice(0, 16);
  } catch {
    return '';
  }
}
