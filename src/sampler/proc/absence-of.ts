import type { Absence } from '../../common/frame.ts';

/** The code of a system error (`ENOENT`); empty for anything else. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

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
