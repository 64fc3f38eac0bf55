import fs from 'node:fs';
import type { Sysroot } from './sysroot.ts';

/**
 * Whether we run inside a container, by the marks that container engines leave: `/.dockerenv`,
 * `/run/.containerenv` (Podman), or the container manager that systemd was told of.
 */
export function isContainer(sysroot: Sysroot): boolean {
  return ['/.dockerenv', '/run/.containerenv', '/run/systemd/container'].some(mark =>
    fs.existsSync(sysroot.path(mark)),
  );
}
