import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import { ByteReader } from '../proc/byte-reader.ts';
import { KeptFile } from '../proc/kept-file.ts';
import type { Sysroot } from '../sysroot.ts';
import { type CgroupMount, parseCgroupMounts } from './cgroup-mounts.ts';
import { type Membership, parseMembership } from './membership.ts';

/** A cgroup that we are in: our own, or one above it. */
export interface Level {
  /** Its path in the hierarchy. */
  readonly path: string;
  /** Its directory. */
  readonly directory: string;
}

/** The cgroups that we are in by one controller, as far as they can be seen. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** Our own cgroup first, then what it is in, up to the top of the mount. Never empty. */
  readonly levels: readonly Level[];
}

/** Deeper than anybody nests cgroups: a path beyond that is not the kernel's. */
const DEEPEST = 64;

/**
 * Finds the directories of our own cgroup and of those above it, for each controller.
 *
 * The kernel tells the path in the hierarchy (`/proc/self/cgroup`) and which part of the hierarchy is mounted where
 * (`/proc/self/mountinfo`). In a cgroup namespace both are seen from the container: the path is `/`. Without one the
 * container's mount begins at its own cgroup, and the path begins with the mount's root. Where the path leads nowhere
 * below the mount (the hierarchy of the container is mounted, the path is still the host's), the mount's top stands for
 * our cgroup.
 */
export class OwnCgroup {
  readonly #sysroot: Sysroot;
  readonly #file: KeptFile;
  readonly #reader = new ByteReader(1024);
  /** What the file held at the last look; `undefined` before the first. */
  #content: Buffer | undefined;
  #membership: Membership = parseMembership('');
  #mounts: readonly CgroupMount[] = [];

  constructor(sysroot: Sysroot) {
    this.#sysroot = sysroot;
    this.#file = new KeptFile(sysroot.path('/proc/self/cgroup'), { missing: 'unsupported' });
  }

  /** Looks where we are. True when that is not where we were at the last call; the first call is true. */
  hasMoved(): boolean {
    const isRead = this.#file.read(this.#reader);
    const content = this.#reader.bytes.subarray(0, isRead ? this.#reader.end : 0);
    if (this.#content?.equals(content) === true) return false;
    this.#content = Buffer.from(content);
    this.#membership = parseMembership(content.toString('utf8'));
    this.#mounts = parseCgroupMounts(readText(this.#sysroot, '/proc/self/mountinfo'));
    return true;
  }

  /** The cgroups by `controller`; `undefined` where they cannot be seen. Valid from the first {@link hasMoved} on. */
  find(controller: string): Hierarchy | undefined {
    const { unified, controllers } = this.#membership;
    const path = controllers.get(controller);
    return path === undefined
      ? this.#place(this.#mountsOf(2, controller), unified ?? '/')
      : this.#place(this.#mountsOf(1, controller), path);
  }

  close(): void {
    this.#file.close();
  }

  #mountsOf(version: 1 | 2, controller: string): readonly CgroupMount[] {
    if (this.#mounts.length > 0) {
      return this.#mounts.filter(
        mount => mount.version === version && (version === 2 || mount.options.includes(controller)),
      );
    }
    // A sandbox that keeps its mount table to itself has them where everybody has.
    const mountPoint = version === 2 ? '/sys/fs/cgroup' : `/sys/fs/cgroup/${controller}`;
    return [{ version, options: [], root: '/', mountPoint }];
  }

  #place(mounts: readonly CgroupMount[], path: string): Hierarchy | undefined {
    for (const mount of mounts) {
      const levels = levelsOf(mount, path);
      if (levels[0] && this.#exists(levels[0])) return { version: mount.version, levels };
    }
    for (const { version, root, mountPoint } of mounts) {
      const top = { path: root, directory: mountPoint };
      if (!climbs(mountPoint) && this.#exists(top)) return { version, levels: [top] };
    }
    return undefined;
  }

  #exists({ directory }: Level): boolean {
    return fs.existsSync(this.#sysroot.path(directory));
  }
}

/** The levels of `path` from itself up to the mount's top; none when it is not below that. */
function levelsOf({ root, mountPoint }: CgroupMount, path: string): Level[] {
  if (climbs(path) || climbs(root) || climbs(mountPoint)) return [];
  const top = root === '/' ? '' : root;
  if (path !== root && !path.startsWith(`${top}/`)) return [];
  const names = path
    .slice(top.length)
    .split('/')
    .filter(name => name !== '');
  if (names.length > DEEPEST) return [];
  const base = mountPoint === '/' ? '' : mountPoint;
  const levels: Level[] = [];
  for (let depth = names.length; depth >= 0; depth--) {
    const below = names
      .slice(0, depth)
      .map(name => `/${name}`)
      .join('');
    levels.push({ path: `${top}${below}` || '/', directory: `${base}${below}` || '/' });
  }
  return levels;
}

/** Whether a path leads upwards: one outside of our cgroup namespace does. Where it ends cannot be told from here. */
function climbs(path: string): boolean {
  return path.split('/').includes('..');
}

function readText(sysroot: Sysroot, file: string): string {
  try {
    return fs.readFileSync(sysroot.path(file), 'utf8');
  } catch {
    return '';
  }
}
