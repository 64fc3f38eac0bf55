import { STATFS_SIZE } from '../../native/darwin/mount-table.ts';
import type { LocalFileSystem } from './local-file-systems.ts';

/** Members of `struct statfs` of `<sys/mount.h>`, the form with 64-bit inodes. */
const FLAGS_OFFSET = 64;
const TYPE = { start: 72, size: 16 } as const;
const MOUNT_POINT = { start: 88, size: 1024 } as const;
const DEVICE = { start: 1112, size: 1024 } as const;

/** Flags of a mount, of `<sys/mount.h>`. */
const MNT = { readOnly: 0x1, local: 0x1000, notBrowsed: 0x10_0000 } as const;

/** One line of the mount table. Text is Latin-1, so that every byte of a name stays what it is. */
export interface DarwinMount {
  /** What is mounted: `/dev/disk3s5`. */
  readonly device: string;
  readonly mountPoint: string;
  /** Kind of file system: `apfs`. */
  readonly type: string;
  readonly isLocal: boolean;
  readonly isReadOnly: boolean;
  /** Whether the system hides it from users, as it does with the volumes it keeps for itself. */
  readonly isHidden: boolean;
}

/** Reads the table that getfsstat(2) gives: a `struct statfs` a mount. What is left at its end is passed over. */
export function decodeMounts(table: Buffer): DarwinMount[] {
  const mounts: DarwinMount[] = [];
  for (let at = 0; at + STATFS_SIZE <= table.length; at += STATFS_SIZE) {
    const flags = table.readUInt32LE(at + FLAGS_OFFSET);
    mounts.push({
      device: textOf(table, at, DEVICE),
      mountPoint: textOf(table, at, MOUNT_POINT),
      type: textOf(table, at, TYPE),
      isLocal: (flags & MNT.local) !== 0,
      isReadOnly: (flags & MNT.readOnly) !== 0,
      isHidden: (flags & MNT.notBrowsed) !== 0,
    });
  }
  return mounts;
}

/**
 * Chooses the file systems to show: those on disks that users can write to and see. The volumes of an APFS container share
 * its space, so a container counts once, whatever is mounted of it. The one with the root is always among them: its own
 * volume is a sealed snapshot, and the users’ data lie on a hidden one beside it. Left out are disk images and discs that
 * can only be read, file systems over a network or from a process, and what the system keeps for itself.
 *
 * The root file system comes first, then they are in the order of their mount points.
 */
export function chooseDarwinFileSystems(mounts: readonly DarwinMount[]): LocalFileSystem[] {
  const chosen = new Map<string, string>();
  for (const mount of mounts) {
    const key = keyOf(mount);
    if (key === undefined) continue;
    const other = chosen.get(key);
    if (other === undefined || mount.mountPoint < other) chosen.set(key, mount.mountPoint);
  }
  const list = [...chosen].map(([key, mountPoint]) => ({ key, mountPoint }));
  return list.sort((a, b) => (a.mountPoint < b.mountPoint ? -1 : 1));
}

/** How many file systems are left out because asking them for their space could wait without end. */
export function countRemoteMounts(mounts: readonly DarwinMount[]): number {
  return mounts.filter(({ isLocal, isHidden, type }) => !isLocal && !isHidden && type !== 'autofs').length;
}

/**
 * What a file system is known by: its device, and an APFS volume by the disk that stands for its container (`disk3` of
 * `/dev/disk3s1s1`). `undefined` for one that is not shown.
 */
function keyOf({ device, mountPoint, type, isLocal, isReadOnly, isHidden }: DarwinMount): string | undefined {
  const disk = /^\/dev\/(disk\d+)(?:s\d+)*$/.exec(device);
  if (!disk || !isLocal || !mountPoint.startsWith('/')) return undefined;
  if (mountPoint !== '/' && (isReadOnly || isHidden)) return undefined;
  return type === 'apfs' ? disk[1] : disk[0];
}

function textOf(table: Buffer, mount: number, { start, size }: { start: number; size: number }): string {
  const bytes = table.subarray(mount + start, mount + start + size);
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? size : end);
}
