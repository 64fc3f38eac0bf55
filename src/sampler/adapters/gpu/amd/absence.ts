import { codeOf } from '../../../../common/faults.ts';
import type { Absence } from '../../../../common/frame.ts';
import { absenceOf as absenceOfSystemError } from '../../../proc/absence-of.ts';

/**
 * Why a file of amdgpu has no value. Its files are open to all users, and it uses the system's codes in its own way
 * (Linux, `amdgpu_pm.c`): EPERM and EBUSY while the GPU is reset or suspended, EINVAL and ENODATA for sensors that the
 * GPU does not have.
 *
 * @param missing what it means that there is no such file
 */
export function absenceOf(error: unknown, missing: Absence): Absence {
  switch (codeOf(error)) {
    case 'EPERM':
    case 'EBUSY':
      return 'failed';
    case 'EINVAL':
    case 'ENODATA':
      return 'unsupported';
    default:
      return absenceOfSystemError(error, missing);
  }
}
