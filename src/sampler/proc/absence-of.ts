import { codeOf } from '../../common/faults.ts';
import type { Absence } from '../../common/frame.ts';

/** Errno that drivers of the kernel let out although programs should never see it, and for which Node has no name. */
const ENOTSUPP = -524;

/**
 * Why a reading has no value, from the system error that came instead.
 *
 * @param missing what it means that there is no such file: `unsupported` for one that not every kernel has
 */
export function absenceOf(error: unknown, missing: Absence): Absence {
  if (error instanceof Error && 'errno' in error && error.errno === ENOTSUPP) return 'unsupported';
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return 'denied';
    case 'ENOENT':
    case 'ENOTDIR':
      return missing;
    case 'ENOTSUP':
    case 'EOPNOTSUPP':
      return 'unsupported';
    default:
      return 'failed';
  }
}
