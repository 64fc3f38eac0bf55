import path from 'node:path';

/** Maps absolute paths of the system to where they are read: below `/`, or below a fixture tree in tests. */
export class Sysroot {
  readonly root: string;

  /** @throws RangeError when `root` is not absolute: a relative one would depend on the current directory. */
  constructor(root = '/') {
    if (!path.isAbsolute(root)) throw new RangeError('OPTIMETRICS_SYSROOT must be an absolute path');
    // On Windows normalizing would make a backslash of it.
    this.root = root === '/' ? root : path.normalize(root);
  }

  /** Whether a fixture tree stands in for the system. Nothing outside it may then be read. */
  get isFixture(): boolean {
    return this.root !== '/';
  }

  /** Path to read for the absolute path `systemPath`. */
  path(systemPath: string): string {
    return this.root === '/' ? systemPath : path.join(this.root, systemPath);
  }
}
