import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '../common/faults.ts';
import {
  isAlive,
  isOfThisWorld,
  isSameHolder,
  type LockHolder,
  readHolder,
  STALE_MS,
  thisHolder,
} from './lock-holder.ts';

/** What a lock of a folder is for. */
export interface LockUse {
  /** Name of the lock's file in the folder. */
  readonly file: string;
  /**
   * What is told of a folder that somebody else holds, in one line.
   *
   * @param holder “process 123”, or where it is when it cannot be looked up from here
   */
  readonly refusal: (holder: string) => string;
}

/** Another process holds the folder. */
export class DirectoryLockedError extends Error {
  override readonly name = 'DirectoryLockedError';
  /**
   * When a holder that cannot be looked up from here last confirmed its lock, by the clock of the file system. It may
   * have died since; when this changes, it lives. `undefined` for one that is known to live.
   */
  readonly confirmedMs: number | undefined;

  constructor({ refusal }: LockUse, { pid }: LockHolder, confirmedMs: number | undefined) {
    super(refusal(confirmedMs === undefined ? `process ${String(pid)}` : 'in another container or machine'));
    this.confirmedMs = confirmedMs;
  }
}

/**
 * Sees to it that one process at a time writes a folder. A lock left by a process that has died is taken over; one of
 * another container or machine that shares the folder, when it has not been confirmed for a minute and a half.
 */
export class DirectoryLock {
  readonly #file: string;
  readonly #use: LockUse;
  readonly #me: LockHolder;

  private constructor(file: string, use: LockUse, me: LockHolder) {
    this.#file = file;
    this.#use = use;
    this.#me = me;
  }

  /**
   * @throws DirectoryLockedError when a running process holds the lock
   * @throws the system's error when the folder cannot be written
   */
  static acquire(directory: string, use: LockUse): DirectoryLock {
    const file = path.join(directory, use.file);
    const me = thisHolder();
    // By chance and not by process number: another container may have a process of the same one.
    const mine = `${file}.${randomBytes(4).toString('hex')}`;
    try {
      fs.writeFileSync(`${mine}.new`, JSON.stringify(me), { mode: 0o600, flag: 'wx' });
      const nowMs = fs.statSync(`${mine}.new`).mtimeMs;
      while (!create(file, `${mine}.new`)) {
        refuseIfHeld(file, use, me, nowMs);
        takeAway(file, use, `${mine}.old`, me, nowMs);
      }
      removeLeftovers(directory, use, nowMs);
      return new DirectoryLock(file, use, me);
    } finally {
      fs.rmSync(`${mine}.new`, { force: true });
    }
  }

  /**
   * Tells those who cannot look this process up that it lives; to be called every half minute.
   *
   * @throws DirectoryLockedError when somebody else has taken the lock, because this process did not confirm it in time
   * @throws the system's error when the lock cannot be written
   */
  confirm(): void {
    const holder = readHolder(this.#file);
    if (holder && !isSameHolder(holder, this.#me))
      throw new DirectoryLockedError(this.#use, holder, undefined);
    if (!holder) return;
    // The same bytes: what changes is the time, and that by the clock of the file system.
    const fd = fs.openSync(this.#file, 'r+');
    try {
      fs.writeSync(fd, JSON.stringify(this.#me), 0, 'latin1');
    } finally {
      fs.closeSync(fd);
    }
  }

  /** Frees the folder, unless somebody else has taken the lock since. */
  release(): void {
    const holder = readHolder(this.#file);
    if (!holder || isSameHolder(holder, this.#me)) fs.rmSync(this.#file, { force: true });
  }
}

/** @throws DirectoryLockedError when another process holds the lock and runs, as far as can be told */
function refuseIfHeld(file: string, use: LockUse, me: LockHolder, nowMs: number): void {
  const holder = readHolder(file);
  if (!holder || isSameHolder(holder, me)) return;
  const confirmedMs = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (isAlive(holder, me, nowMs - confirmedMs))
    throw new DirectoryLockedError(use, holder, isOfThisWorld(holder, me) ? undefined : confirmedMs);
}

/** Gives `file` the content of `source` if there is no `file` yet: the creation is the lock. */
function create(file: string, source: string): boolean {
  try {
    // A link appears whole or not at all, and fails when the name is taken.
    fs.linkSync(source, file);
    return true;
  } catch (error) {
    switch (codeOf(error)) {
      case 'EEXIST':
        return false;
      case 'EPERM':
      case 'ENOTSUP':
      case 'EOPNOTSUPP':
      case 'ENOSYS':
        return createByCopy(file, source);
      default:
        throw error;
    }
  }
}

/** For file systems without hard links, such as FAT on a memory stick. */
function createByCopy(file: string, source: string): boolean {
  try {
    fs.copyFileSync(source, file, fs.constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Takes a stale lock away by renaming it first: should another process have replaced it since it was looked at, what
 * was taken is a live lock, and is put back.
 */
function takeAway(file: string, use: LockUse, away: string, me: LockHolder, nowMs: number): void {
  try {
    fs.renameSync(file, away);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    refuseIfHeld(away, use, me, nowMs);
  } catch (error) {
    if (!(error instanceof DirectoryLockedError)) throw error;
    create(file, away);
  }
  fs.rmSync(away, { force: true });
}

const LEFTOVER = /^\.[0-9a-f]{8}\.(?:new|old)$/;

/** Removes what processes left that died while they were acquiring the lock. */
function removeLeftovers(directory: string, use: LockUse, nowMs: number): void {
  for (const name of fs.readdirSync(directory)) {
    if (!name.startsWith(use.file) || !LEFTOVER.test(name.slice(use.file.length))) continue;
    const file = path.join(directory, name);
    const madeMs = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? nowMs;
    if (nowMs - madeMs > STALE_MS) fs.rmSync(file, { force: true });
  }
}
