import { codeOf } from '../../common/faults.ts';
import type { Absence } from '../../common/frame.ts';

/**
 * Why a reading has no value, from the system error that came instead.
 *
 * @param missing what it means that there is no such file: `unsupported` for one that not every kernel has
 */
export function absenceOf(error: unknown, missing: Absence): Absence {
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
