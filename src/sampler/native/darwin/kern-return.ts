import type { Absence } from '../../../common/frame.ts';

/** Codes that Mach calls return, after `<mach/kern_return.h>`. */
export const KernReturn = {
  success: 0,
  protectionFailure: 2,
  noAccess: 8,
  notSupported: 46,
} as const;

/** Why a Mach call gave nothing, from the code that it returned. */
export function absenceOfKern(code: number): Absence {
  switch (code) {
    case KernReturn.protectionFailure:
    case KernReturn.noAccess:
      return 'denied';
    case KernReturn.notSupported:
      return 'unsupported';
    default:
      return 'failed';
  }
}
