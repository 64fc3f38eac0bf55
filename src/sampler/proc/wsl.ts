import fs from 'node:fs';
import type { Sysroot } from '../sysroot.ts';

/**
 * Whether this is the Windows Subsystem for Linux: its kernels have `microsoft` in their release
 * (`5.15.167.4-microsoft-standard-WSL2`; `4.4.0-19041-Microsoft` for version 1).
 */
export function isWsl(sysroot: Sysroot): boolean {
  try {
    return /microsoft/i.test(fs.readFileSync(sysroot.path('/proc/sys/kernel/osrelease'), 'latin1'));
  } catch {
    return false;
  }
}
