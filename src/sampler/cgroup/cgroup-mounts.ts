/** A mounted hierarchy of cgroups. */
export interface CgroupMount {
  readonly version: 1 | 2;
  /** Options of the file system; for v1 its controllers are among them. */
  readonly options: readonly string[];
  /** Path of the cgroup that is the mount's top, as our cgroup namespace has it: `/`, `/docker/5f0c`, `/../..`. */
  readonly root: string;
  readonly mountPoint: string;
}

/**
 * Finds the cgroup hierarchies in `/proc/self/mountinfo`, see proc_pid_mountinfo(5):
 * `31 23 0:26 /docker/5f0c /sys/fs/cgroup/cpu ro,nosuid - cgroup cgroup rw,cpu,cpuacct`. The optional fields before the
 * dash are any number. Lines that are not of this form are left out.
 */
export function parseCgroupMounts(content: string): CgroupMount[] {
  const mounts: CgroupMount[] = [];
  for (const line of content.split('\n')) {
    const dash = line.indexOf(' - ');
    if (!line.startsWith('cgroup', dash + 3)) continue;
    const [, , , root, mountPoint] = line.slice(0, dash).split(' ');
    const [type, , options] = line.slice(dash + 3).split(' ');
    if (!root?.startsWith('/') || !mountPoint?.startsWith('/')) continue;
    if (type !== 'cgroup' && type !== 'cgroup2') continue;
    mounts.push({
      version: type === 'cgroup' ? 1 : 2,
      options: options?.split(',') ?? [],
      root: decodeEscapes(root),
      mountPoint: decodeEscapes(mountPoint),
    });
  }
  return mounts;
}

/** The kernel writes space, tab, newline, backslash and `#` as a backslash and three octal digits. */
function decodeEscapes(text: string): string {
  return text.replace(/\\([0-1][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
