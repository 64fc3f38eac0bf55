import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '../common/faults.ts';
import { identify, isRunning } from '../runtime/process-identity.ts';
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
      for (;;) {
        try {
          // A link appears whole or not at all, and fails when the name is taken: the creation is the lock.
          fs.linkSync(mine, file);
          return new DirectoryLock(file);
        } catch (error) {
          if (codeOf(error) !== 'EEXIST') throw error;
        }
        const holder = readOwner(file);
        if (holder && holder.pid !== process.pid && isRunning(holder)) {
          throw new DirectoryLockedError(
            `another OptiMetrics sampler (process ${String(holder.pid)}) writes this log folder; choose another with --log-dir or logging.log_directory`,
          );
        }
        fs.rmSync(file, { force: true });
      }
    } finally {
      fs.rmSync(mine, { force: true });
    }
  }

  release(): void {
    fs.rmSync(this.#file, { force: true });
  }
}
