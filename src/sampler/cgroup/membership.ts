/** Paths of the cgroups that a process is in, one in each hierarchy. */
export interface Membership {
  /** In the unified hierarchy of cgroup v2; `undefined` where there is none. */
  readonly unified: string | undefined;
  /** By controller of cgroup v1 (`cpu`, `memory`), for those that are on a v1 hierarchy. */
  readonly controllers: ReadonlyMap<string, string>;
}

/**
 * Reads `/proc/self/cgroup`, see cgroups(7): a line a hierarchy, `4:cpu,cpuacct:/docker/5f0c` for v1 and `0::/init.scope`
 * for v2. A controller is on one hierarchy at a time, and one that has a line of v1 is not on v2. Lines that are not of
 * this form are left out.
 */
export function parseMembership(content: string): Membership {
  const controllers = new Map<string, string>();
  let unified: string | undefined;
  for (const line of content.split('\n')) {
    const [, id, names = '', path = ''] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
    if (id === undefined) continue;
    if (names === '') {
      if (id === '0') unified = path;
    } else {
      for (const name of names.split(',')) controllers.set(name, path);
    }
  }
  return { unified, controllers };
}
