import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Mounts a file system in memory over a folder. @param options `size=300k` and the like, see tmpfs(5) */
export function mountSmallDisk(folder: string, options: string): void {
  assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status, 0);
}

export function makeReadOnly(folder: string): void {
  assert.equal(spawnSync('mount', ['-o', 'remount,ro', folder]).status, 0);
}

/** Lazily: something may be open there. */
export function unmount(folder: string): void {
  spawnSync('umount', ['-l', folder]);
}

/** Why no file system can be mounted here; false where one can. */
export const CANNOT_MOUNT = cannotMount();

function cannotMount(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root can mount on Linux';
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'disk-'));
  try {
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', directory]);
    if (status !== 0) return 'this container may not mount';
    spawnSync('umount', [directory]);
    return false;
  } finally {
    fs.rmdirSync(directory);
  }
}
