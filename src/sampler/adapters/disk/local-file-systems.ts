import type { Mount } from '../../../common/mountinfo.ts';

/** A file system whose space is shown. Text is Latin-1, as in {@link Mount}. */
export interface LocalFileSystem {
  /** What it is known by when the mount table has changed. */
  readonly key: string;
  readonly mountPoint: string;
}

/** Key of the root file system where it is shown although it is on no block device, as in a container. */
const BARE_ROOT = 'root';

/** Read-only images: always full, and nothing a user could act on. */
const IMAGES = new Set(['squashfs', 'iso9660', 'udf', 'erofs', 'cramfs', 'romfs']);

/** On block devices, but mounted under device numbers of their own; their source names the device. */
const ANONYMOUS = new Set(['btrfs', 'bcachefs']);

/**
 * File systems that answer over a network or from a process, and those shared between machines: asking one for its
 * space, or walking through one, can wait without end.
 */
const REMOTE = new Set([
  '9p',
  'afs',
  'autofs',
  'beegfs',
  'ceph',
  'cifs',
  'coda',
  'drvfs',
  'gfs2',
  'glusterfs',
  'gpfs',
  'lustre',
  'ncpfs',
  'nfs',
  'nfs4',
  'ocfs2',
  'orangefs',
  'prl_fs',
  'pvfs2',
  'smb3',
  'smbfs',
  'vboxsf',
  'virtiofs',
  'vmhgfs',
]);

/** Major number of loop devices. */
const LOOP = '7:';

/**
 * Chooses the file systems to show from the mount table: those on block devices, each once however often it or a part
 * of it is mounted; ZFS pools, each by its first data set; and if there is none, the root file system. Left out are
 * read-only images, loop devices, and whatever could not be asked without the risk of waiting for a network.
 *
 * The root file system comes first, then they are in the order of their mount points.
 */
export function chooseLocalFileSystems(mounts: readonly Mount[]): LocalFileSystem[] {
  const isReachable = reachability(mounts);
  const chosen = new Map<string, Mount>();
  for (const mount of mounts) {
    const key = keyOf(mount);
    if (key === undefined || !isReachable(mount)) continue;
    const other = chosen.get(key);
    if (!other || compareForChoice(mount, other) < 0) chosen.set(key, mount);
  }
  const list = [...chosen].map(([key, { mountPoint }]) => ({ key, mountPoint }));
  if (list.length === 0 && mounts.some(mount => isSafeRoot(mount) && isReachable(mount))) {
    return [{ key: BARE_ROOT, mountPoint: '/' }];
  }
  return list.sort((a, b) => compareMountPoints(a.mountPoint, b.mountPoint));
}

/** Where the file system with this key is mounted, by a newer choice; `undefined` when it no longer is. */
export function mountPointOf(key: string, choice: readonly LocalFileSystem[]): string | undefined {
  // The bare root is not chosen once there is a block device, yet it is still there.
  if (key === BARE_ROOT) return '/';
  return choice.find(fileSystem => fileSystem.key === key)?.mountPoint;
}

/** How many file systems are left out because asking them for their space could wait without end. */
export function countRemote(mounts: readonly Mount[]): number {
  return mounts.filter(mount => isRemote(mount) && mount.type !== 'autofs').length;
}

function keyOf(mount: Mount): string | undefined {
  if (IMAGES.has(mount.type) || isRemote(mount)) return undefined;
  if (mount.type === 'zfs') return `zfs ${mount.source.split('/', 1)[0] ?? ''}`;
  if (mount.device.startsWith('0:')) {
    if (!ANONYMOUS.has(mount.type) || !mount.source.startsWith('/dev/')) return undefined;
    return mount.source.startsWith('/dev/loop') ? undefined : `${mount.type} ${mount.source}`;
  }
  return mount.device.startsWith(LOOP) ? undefined : mount.device;
}

function isRemote({ type }: Mount): boolean {
  return REMOTE.has(type) || type === 'fuse' || type === 'fuseblk' || type.startsWith('fuse.');
}

function isSafeRoot(mount: Mount): boolean {
  return mount.mountPoint === '/' && !isRemote(mount);
}

/** Of the mounts of one file system: the root, then one of all of it, then the first by name. */
function compareForChoice(a: Mount, b: Mount): number {
  if (a.mountPoint === '/' || b.mountPoint === '/') return compareMountPoints(a.mountPoint, b.mountPoint);
  const partA = a.root === '/' ? 0 : 1;
  const partB = b.root === '/' ? 0 : 1;
  return partA - partB || compareMountPoints(a.mountPoint, b.mountPoint);
}

/** By bytes; the root is the shortest of all and comes first. */
function compareMountPoints(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Tells whether a mount can be reached by its mount point: nothing is mounted over it or over what it is mounted in,
 * and the way to it leads through no file system that could keep us waiting.
 */
function reachability(mounts: readonly Mount[]): (mount: Mount) => boolean {
  const byId = new Map(mounts.map(mount => [mount.id, mount]));
  const covers = new Map<number, Mount>();
  for (const mount of mounts) {
    const parent = byId.get(mount.parent);
    if (parent && parent !== mount && parent.mountPoint === mount.mountPoint) covers.set(parent.id, mount);
  }
  return mount => {
    if (covers.has(mount.id)) return false;
    let child = mount;
    let depth = 0;
    // A table that goes round in circles is not the kernel's, but must not hold us up.
    while (depth++ < mounts.length) {
      const parent = byId.get(child.parent);
      if (!parent || parent === child) return true;
      const cover = covers.get(parent.id);
      if (cover && cover !== child) return false;
      // Every path leads through the root, our own program's too.
      if (!cover && isRemote(parent) && parent.mountPoint !== '/') return false;
      child = parent;
    }
    return true;
  };
}
