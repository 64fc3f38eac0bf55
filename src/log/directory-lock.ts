import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '../common/faults.ts';
import { identify, isRunning, type ProcessIdentity } from '../runtime/process-identity.ts';
import { readOwner, writeOwner } from '../runtime/owner.ts';

/** Another sampler writes the log folder. */
export class DirectoryLockedError extends Error {
  override readonly name = 'DirectoryLockedError';
}

/** Sees to it that one process at a time writes a log folder. A lock left by a process that has died is taken over. */
export class DirectoryLock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /**
   * @throws DirectoryLockedError when a running process holds the lock
   * @throws the system's error when the folder cannot be written
   */
  static acquire(directory: string): DirectoryLock {
    const file = path.join(directory, '.writer');
    const me = identify(process.pid) ?? { pid: process.pid, started: '' };
    const mine = `${file}.${String(process.pid)}.new`;
    writeOwner(mine, me);
    try {
      while (!create(file, mine)) {
        const holder = otherHolder(file);
        if (holder) {
          throw new DirectoryLockedError(
            `another OptiMetrics sampler (process ${String(holder.pid)}) writes this log folder; choose another with --log-dir or logging.log_directory`,
          );
        }
        takeAway(file);
      }
      removeLeftovers(directory);
      return new DirectoryLock(file);
    } finally {
      fs.rmSync(mine, { force: true });
    }
  }

  /** Frees the folder, unless somebody else has taken the lock since, after ours was deleted. */
  release(): void {
    if (!otherHolder(this.#file)) fs.rmSync(this.#file, { force: true });
  }
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

/** The running process, other than this one, that holds the lock `file`. */
function otherHolder(file: string): ProcessIdentity | undefined {
  const holder = readOwner(file);
  return holder && holder.pid !== process.pid && isRunning(holder) ? holder : undefined;
}

/**
 * Takes a stale lock away by renaming it first: should another process have replaced it since it was looked at, what
 * was taken is a live lock, and is put back.
 */
function takeAway(file: string): void {
  const away = `${file}.${String(process.pid)}.old`;
  try {
    fs.renameSync(file, away);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (otherHolder(away)) create(file, away);
  fs.rmSync(away, { force: true });
}

const LEFTOVER = /^\.writer\.(\d{1,10})\.(?:new|old)(?:\.\d{1,10})?$/;

/** Removes what processes left that died while they were acquiring the lock. */
function removeLeftovers(directory: string): void {
  for (const name of fs.readdirSync(directory)) {
    const pid = Number(LEFTOVER.exec(name)?.[1]);
    if (pid !== process.pid && Number.isInteger(pid) && identify(pid) === undefined)
      fs.rmSync(path.join(directory, name), { force: true });
  }
}
