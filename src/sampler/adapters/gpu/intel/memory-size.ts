import fs from 'node:fs';
import type { Sysroot } from '../../../sysroot.ts';

/** Of the root of the control groups, version 2; where they are mounted beside version 1, it is in a folder of its own. */
const FILES = ['/sys/fs/cgroup/dmem.capacity', '/sys/fs/cgroup/unified/dmem.capacity'];

/**
 * Memory of a card, from the controller of device memory (Linux 6.14 and later, `Documentation/admin-guide/cgroup-v2.rst`,
 * section DMEM): lines such as `drm/0000:03:00.0/vram0 8514437120`, one a tile. No file of the driver tells it. Nothing of
 * the card is touched.
 *
 * @param pdev the card's place on the PCI bus as the kernel writes it
 * @returns bytes; `undefined` where the card or the kernel does not tell
 */
export function memorySize(sysroot: Sysroot, pdev: string): number | undefined {
  for (const file of FILES) {
    const sizes = readLines(sysroot.path(file))
      .map(line => /^drm\/(\S+)\/vram\d+ (\d{1,15})$/.exec(line))
      .filter(match => match?.[1] === pdev)
      .map(match => Number(match?.[2]));
    const sum = sizes.reduce((total, size) => total + size, 0);
    if (sum > 0) return sum;
  }
  return undefined;
}

function readLines(path: string): string[] {
  try {
    return fs.readFileSync(path, 'latin1').split('\n');
  } catch {
    return [];
  }
}
