import type { Absence } from '../../../../common/frame.ts';

/**
 * The return codes of NVML that are told apart here, with the values of `nvmlReturn_t` in NVIDIA's public `nvml.h`
 * (CUDA 13.3).
 */
export const NvmlCode = {
  success: 0,
  notSupported: 3,
  noPermission: 4,
  insufficientSize: 7,
  insufficientPower: 8,
  driverNotLoaded: 9,
  irqIssue: 11,
  libraryNotFound: 12,
  functionNotFound: 13,
  gpuIsLost: 15,
  resetRequired: 16,
  operatingSystem: 17,
  versionMismatch: 18,
  argumentVersionMismatch: 25,
  deprecated: 26,
  gpuNotFound: 28,
  unknown: 999,
} as const;

/** What every `unsigned int` of NVML holds in place of a value that is not available (`NVML_VALUE_NOT_AVAILABLE`). */
export const NOT_AVAILABLE = 0xffff_ffff;

/** Why a value is missing when the call for it returned `code`, which is not success. */
export function absenceOf(code: number): Absence {
  switch (code) {
    case NvmlCode.notSupported:
    case NvmlCode.functionNotFound:
    case NvmlCode.argumentVersionMismatch:
    case NvmlCode.deprecated:
      return 'unsupported';
    case NvmlCode.noPermission:
      return 'denied';
    default:
      return 'failed';
  }
}
