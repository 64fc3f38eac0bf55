import type { Limitation, Unavailable } from '../../base.ts';
import type { PciDisplay } from '../pci-display.ts';

/** What is said where there is no such GPU. */
export const NO_GPU: Unavailable = {
  available: false,
  reason: 'unsupported',
  why: 'no Intel GPU was found',
};

interface Explanation {
  readonly why: string;
  readonly remedy: string;
}

/** Why a GPU cannot be read that another driver has, or none. */
function explain(driver: string | undefined): Explanation {
  switch (driver) {
    case undefined:
      return {
        why: 'the Intel GPU has no driver',
        remedy:
          'Load the kernel’s driver i915, or xe for GPUs from Lunar Lake and Battlemage on, or update the kernel when it does not know the GPU yet.',
      };
    case 'vfio-pci':
    case 'pci-stub':
    case 'xen-pciback':
      return {
        why: 'the Intel GPU is set aside for a virtual machine',
        remedy: 'Read it inside the virtual machine.',
      };
    default:
      return {
        why: 'the Intel GPU is used by another driver than i915 and xe',
        remedy: 'Use the kernel’s own driver i915 or xe to read the GPU.',
      };
  }
}

/** What is said when no GPU has the driver i915 or xe. */
export function foreignDriver(displays: readonly PciDisplay[]): Unavailable {
  return { available: false, reason: 'unsupported', ...explain(displays[0]?.driver) };
}

/** What is said of the GPUs with other drivers beside those that are read. */
export function foreignLimitations(displays: readonly PciDisplay[]): Limitation[] {
  const drivers = new Set(displays.map(({ driver }) => driver));
  return [...drivers].map(driver => ({ what: 'another Intel GPU', ...explain(driver) }));
}
