import { isWsl } from '../../proc/wsl.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { Limitation } from '../base.ts';

/**
 * What sensors of the CPU are missing for. In the Windows Subsystem for Linux, a virtual machine that Windows gives none,
 * no driver would help.
 */
export function whySensorsAreMissing(
  sysroot: Sysroot,
  missing: readonly Limitation[],
): readonly Limitation[] {
  if (!isWsl(sysroot)) return missing;
  return missing.map(({ what }) => ({
    what,
    why: 'WSL: the sensors of the CPU are not visible here',
    remedy: 'install OptiMetrics on Windows and watch it there, in a window that is not connected to WSL',
  }));
}
