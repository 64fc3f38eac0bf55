import fs from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../common/faults.ts';
import { decodeMountEscapes, parseMountinfo } from '../../common/mountinfo.ts';
import { runProgram } from '../keys/run-program.ts';

/** File systems of Linux on disks and in memory of this machine. All others count as elsewhere: networks, programs (FUSE), hosts. */
const LOCAL = new Set(
  'bcachefs btrfs ecryptfs exfat ext2 ext3 ext4 f2fs fuseblk hfs hfsplus jfs msdos nilfs2 ntfs ntfs3 overlay ramfs reiserfs tmpfs ubifs udf vfat xfs zfs'.split(
    ' ',
  ),
);

/**
 * Whether a folder, or the nearest one above it that exists, is on a file system of this machine. `false` too where that
 * cannot be told. What is behind a file system is not seen: a disk of a network (iSCSI), or a program that copies the folder to
 * a cloud.
 */
export async function isOnThisMachine(folder: string): Promise<boolean> {
  try {
    const real = await realPathOf(folder);
    if (process.platform === 'win32') return isLocalOnWindows(real);
    if (process.platform === 'darwin') {
      const { code, stdout } = await runProgram('/sbin/mount', [], '');
      return code === 0 && isLocalOnMac(real, stdout);
    }
    return isLocalOnLinux(real, await fs.readFile('/proc/self/mountinfo', 'latin1'));
  } catch {
    return false;
  }
}

/** Exported for tests. @param mountinfo text of `/proc/self/mountinfo`, Latin-1 */
export function isLocalOnLinux(real: string, mountinfo: string): boolean {
  const type = innermost(inLatin1(real), parseMountinfo(mountinfo))?.type;
  return type !== undefined && LOCAL.has(type);
}

/**
 * Exported for tests.
 *
 * @param mounts what mount(8) of macOS prints: `/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled)`; `local` is the
 *   flag MNT_LOCAL of statfs(2)
 */
export function isLocalOnMac(real: string, mounts: string): boolean {
  const found = [...mounts.matchAll(/^.*? on (\/.*) \(([^()]*)\)$/gm)].map(
    ([, mountPoint = '', flags = '']) => ({
      mountPoint,
      flags,
    }),
  );
  return innermost(real, found)?.flags.split(', ').includes('local') === true;
}

/** Exported for tests. Of a drive letter that stands for a share, the real path is the share's. */
export function isLocalOnWindows(real: string): boolean {
  return /^(\\\\\?\\)?[A-Za-z]:[\\/]/.test(real);
}

/**
 * Whether a folder is below a mount point of `/etc/fstab` on which nothing is mounted now: what is written there would fill the
 * disk below, and be covered as soon as the disk comes back.
 */
export async function isAwaitingMount(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    const [fstab, mountinfo] = await Promise.all([
      fs.readFile('/etc/fstab', 'latin1'),
      fs.readFile('/proc/self/mountinfo', 'latin1'),
    ]);
    return isBelowUnmounted(await realPathOf(folder), fstab, mountinfo);
  } catch {
    // Most containers have neither.
    return false;
  }
}

/** Exported for tests. @param fstab text of `/etc/fstab`, see fstab(5), Latin-1 */
export function isBelowUnmounted(real: string, fstab: string, mountinfo: string): boolean {
  const place = inLatin1(real);
  const on = innermost(place, parseMountinfo(mountinfo))?.mountPoint ?? '';
  return fstab
    .split('\n')
    .filter(line => !line.trimStart().startsWith('#'))
    .map(line => decodeMountEscapes(line.trim().split(/\s+/)[1] ?? ''))
    .map(mountPoint => mountPoint.replace(/(?<=.)\/+$/, ''))
    .some(point => point.startsWith('/') && isWithin(place, point) && point.length > on.length);
}

/** The mount that a path is on: of those above it the deepest, of two in one place the later. */
function innermost<M extends { readonly mountPoint: string }>(
  real: string,
  mounts: readonly M[],
): M | undefined {
  return mounts
    .filter(({ mountPoint }) => isWithin(real, mountPoint))
    .reduce<M | undefined>(
      (best, mount) => (best && best.mountPoint.length > mount.mountPoint.length ? best : mount),
      undefined,
    );
}

function isWithin(real: string, folder: string): boolean {
  return folder === '/' || real === folder || real.startsWith(`${folder}/`);
}

/** A character a byte, as {@link parseMountinfo} has it. */
function inLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

async function realPathOf(folder: string): Promise<string> {
  try {
    return await fs.realpath(folder);
  } catch (error) {
    const above = path.dirname(folder);
    if (codeOf(error) !== 'ENOENT' || above === folder) throw error;
    return path.join(await realPathOf(above), path.basename(folder));
  }
}
