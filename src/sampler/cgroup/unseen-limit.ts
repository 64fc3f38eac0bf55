/** Why a limit may be there that is not known. */
export type Unseen =
  /** We are in a container, and none of the files that would tell can be seen. */
  | 'hidden'
  /** This user may not read the files. */
  | 'denied'
  /** There is a limit, but not how much of it is used. */
  | 'unmeasured';

/** Says that the machine's values stand in for those of a limit, and why: a limitation for the doctor. */
export function unseenLimit(
  unseen: Unseen,
  what: 'CPU' | 'memory',
): { readonly what: string; readonly why: string; readonly remedy: string } {
  switch (unseen) {
    case 'hidden':
      return {
        what: `${what} limit of this container`,
        why: 'its cgroup cannot be seen, so the values are those of the whole machine',
        remedy: `mount the container’s cgroup on /sys/fs/cgroup, with the ${what === 'CPU' ? 'cpu' : 'memory'} controller`,
      };
    case 'denied':
      return {
        what: `${what} limit`,
        why: 'this user may not read the cgroup’s files, so the values are those of the whole machine',
        remedy: 'let this user read /sys/fs/cgroup',
      };
    case 'unmeasured':
      return {
        what: `share of the ${what} limit`,
        why: 'the cgroup’s usage cannot be read, so the values are those of the whole machine',
        remedy:
          what === 'CPU'
            ? 'put the process into the same cgroup of the cpu, cpuset and cpuacct controllers'
            : 'let this user read memory.stat and the usage of the cgroup in /sys/fs/cgroup',
      };
  }
}
