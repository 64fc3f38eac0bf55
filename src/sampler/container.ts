import fs from 'node:fs';
import { isWsl } from './proc/wsl.ts';
import type { Sysroot } from './sysroot.ts';

/** What container engines leave: Docker, Podman, the container manager that systemd was told of, Kubernetes. */
const MARKS = [
  '/.dockerenv',
  '/run/.containerenv',
  '/run/systemd/container',
  '/run/secrets/kubernetes.io',
  '/var/run/secrets/kubernetes.io',
];

/** `PROC_CGROUP_INIT_INO` of the kernel's `include/linux/proc_ns.h`. */
const FIRST_CGROUP_NAMESPACE = 'cgroup:[4026531835]';

/**
 * Whether we run inside a container: its engine left a mark, or we are not in the cgroup namespace that the machine
 * started with. It is told on Linux only. Distributions of WSL have a namespace each, but are no containers to those who use them.
 */
export function isContainer(sysroot: Sysroot): boolean {
  if (process.platform !== 'linux' && !sysroot.isFixture) return false;
  if (MARKS.some(mark => fs.existsSync(sysroot.path(mark)))) return true;
  try {
    const namespace = fs.readlinkSync(sysroot.path('/proc/self/ns/cgroup'));
    return namespace !== FIRST_CGROUP_NAMESPACE && !isWsl(sysroot);
  } catch {
    return false;
  }
}
