import type { Unavailable } from '../../base.ts';
import { NvmlCode } from './return-code.ts';

/** All devices sleep. */
export const ASLEEP: Unavailable = {
  available: false,
  reason: 'asleep',
  why: 'the NVIDIA GPU sleeps, and reading would wake it; it is read when something else wakes it',
};

export const FOREIGN_DRIVER: Unavailable = {
  available: false,
  reason: 'unsupported',
  why: 'the NVIDIA GPU is used by another driver than NVIDIA’s',
  remedy: 'Install NVIDIA’s own driver to read the GPU.',
};

export const RELATIVE_LIBRARY: Unavailable = {
  available: false,
  reason: 'failed',
  why: 'OPTIMETRICS_NVML is not an absolute path, so it is not loaded',
  remedy: 'Give OPTIMETRICS_NVML the absolute path of the library, or unset it.',
};

export const MISSING_NAMED_LIBRARY: Unavailable = {
  available: false,
  reason: 'unsupported',
  why: 'the library that OPTIMETRICS_NVML names does not exist',
  remedy: 'Correct OPTIMETRICS_NVML, or unset it.',
};

export const BROKEN_LIBRARY: Unavailable = {
  available: false,
  reason: 'failed',
  why: 'the NVIDIA management library is there and cannot be loaded',
  remedy: 'Reinstall the NVIDIA driver; its library must fit this system and processor.',
};

/** What is said where there is no library, which is what most computers without such a GPU say. */
export function missingLibrary(platform: NodeJS.Platform): Unavailable {
  const unsupported = { available: false, reason: 'unsupported' } as const;
  if (platform === 'darwin') return { ...unsupported, why: 'NVIDIA’s driver does not exist for macOS' };
  return {
    ...unsupported,
    why: 'the NVIDIA management library (NVML) is not installed',
    remedy:
      'With an NVIDIA GPU: install NVIDIA’s driver, which brings the library; in a container, start it with the GPUs.',
  };
}

/** What is said while a call into the driver has not come back. */
export const NO_ANSWER: Unavailable = {
  available: false,
  reason: 'failed',
  why: 'the NVIDIA driver does not answer',
  remedy:
    'Restarting the computer frees a driver that hangs; on Linux, NVRM or Xid messages in the system log say more.',
};

const DENIED: Unavailable = {
  available: false,
  reason: 'denied',
  why: 'this user may not use the NVIDIA driver',
  remedy:
    'On Linux, give this user access to the NVIDIA device files (often the group “video” or “render”); in a container, start it with the GPUs.',
};

/**
 * Why NVML could not be opened.
 *
 * @param code what `nvmlInit` or a call after it returned, not success; `undefined` for no answer in time
 * @param hasHardware whether the system lists an NVIDIA GPU, so that a driver ought to be there
 */
export function openingFault(code: number | undefined, hasHardware: boolean): Unavailable {
  const failed = (why: string, remedy: string): Unavailable => ({
    available: false,
    reason: 'failed',
    why,
    remedy,
  });
  switch (code) {
    case undefined:
      return NO_ANSWER;
    case NvmlCode.noPermission:
    case NvmlCode.operatingSystem:
      return DENIED;
    case NvmlCode.driverNotLoaded:
      return {
        available: false,
        // The library is often installed where there is no GPU: nothing is wrong then.
        reason: hasHardware ? 'failed' : 'unsupported',
        why: 'the NVIDIA driver is not loaded',
        remedy:
          'Install the NVIDIA driver, or load it, for this system’s kernel; in a container, start it with the GPUs.',
      };
    case NvmlCode.gpuNotFound:
      return NO_GPU;
    case NvmlCode.versionMismatch:
      return failed(
        'the NVIDIA driver in the kernel and its library are of different versions',
        'Restart the computer: the driver was updated while the old one was running.',
      );
    case NvmlCode.libraryNotFound:
      return failed(
        'the NVIDIA management library does not find its own parts',
        'Reinstall the NVIDIA driver.',
      );
    case NvmlCode.gpuIsLost:
    case NvmlCode.resetRequired:
      return failed(
        'the NVIDIA GPU does not respond any more',
        'Restart the computer; if it happens again, check the GPU’s power supply, seating and temperature.',
      );
    case NvmlCode.insufficientPower:
      return failed(
        'a power cable of the NVIDIA GPU is not connected properly',
        'Connect the GPU’s power cables.',
      );
    case NvmlCode.irqIssue:
      return failed(
        'the system does not deliver the NVIDIA GPU’s interrupts',
        'Update the firmware of the mainboard; on Linux, NVRM messages in the system log say more.',
      );
    default:
      return failed(
        `the NVIDIA driver reports error ${String(code)}`,
        'Update or reinstall the NVIDIA driver; the program nvidia-smi shows whether it works by itself.',
      );
  }
}

/** What is said when the driver works and has no GPU. */
export const NO_GPU: Unavailable = {
  available: false,
  reason: 'unsupported',
  why: 'the NVIDIA driver is there, but it finds no GPU',
};
