import type { Absence } from '../../../common/frame.ts';

/** Codes that functions of the kernel return, after the `NTSTATUS` values of [MS-ERREF] 2.3.1. */
export const STATUS = {
  success: 0,
  notImplemented: 0xc000_0002,
  invalidInfoClass: 0xc000_0003,
  accessDenied: 0xc000_0022,
  privilegeNotHeld: 0xc000_0061,
  notSupported: 0xc000_00bb,
} as const;

/** Codes of `GetLastError` and of functions that return them, after the Win32 error codes of [MS-ERREF] 2.2. */
export const ERROR = {
  success: 0,
  invalidFunction: 1,
  fileNotFound: 2,
  pathNotFound: 3,
  accessDenied: 5,
  notSupported: 50,
  invalidParameter: 87,
  callNotImplemented: 120,
  insufficientBuffer: 122,
  /** `FVE_E_LOCKED_VOLUME`: BitLocker has not been given the key. */
  lockedVolume: 0x8031_0000,
} as const;

/** Why a function of the kernel gave nothing, from the status that it returned. */
export function absenceOfStatus(status: number): Absence {
  switch (status) {
    case STATUS.accessDenied:
    case STATUS.privilegeNotHeld:
      return 'denied';
    case STATUS.notImplemented:
    case STATUS.invalidInfoClass:
    case STATUS.notSupported:
      return 'unsupported';
    default:
      return 'failed';
  }
}

/** Why a function gave nothing, from its error code. */
export function absenceOfError(code: number): Absence {
  switch (code) {
    case ERROR.accessDenied:
    case ERROR.lockedVolume:
      return 'denied';
    case ERROR.invalidFunction:
    case ERROR.notSupported:
    case ERROR.callNotImplemented:
      return 'unsupported';
    default:
      return 'failed';
  }
}
