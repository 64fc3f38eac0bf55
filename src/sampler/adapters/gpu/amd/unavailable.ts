import type { Limitation, Unavailable } from '../../base.ts';
import type { PciDisplay } from '../pci-display.ts';

/** What is said where there is no such GPU, which is what most computers say. */
export const NO_GPU: Unavailable = { available: false, reason: 'unsupported', why: 'no AMD GPU was found' };

interface Explanation {
  readonly why: string;
  readonly remedy: string;
}

/** Why a GPU cannot be read that another driver has, or none. */
function explain(driver: string | undefined): Explanation {
  switch (driver) {
    case undefined:
      return {
        why: 'the AMD GPU has no driver',
        remedy: 'Load the kernel’s driver amdgpu, or install the firmware it asks for in the system log.',
      };
    case 'radeon':
      return {
        why: 'the AMD GPU is used by the driver radeon, which tells none of its readings',
        remedy:
          'GPUs from the Radeon HD 7700 on can use amdgpu: start the kernel with radeon.si_support=0 radeon.cik_support=0 amdgpu.si_support=1 amdgpu.cik_support=1.',
      };
    case 'vfio-pci':
    case 'pci-stub':
    case 'xen-pciback':
      return {
        why: 'the AMD GPU is set aside for a virtual machine',
        remedy: 'Read it inside the virtual machine.',
      };
    default:
      return {
        why: 'the AMD GPU is used by another driver than amdgpu',
        remedy: 'Use the kernel’s own driver amdgpu to read the GPU.',
      };
  }
}

/** What is said when no GPU has the driver amdgpu. */
export function foreignDriver(displays: readonly PciDisplay[]): Unavailable {
  return { available: false, reason: 'unsupported', ...explain(displays[0]?.driver) };
}

/** What is said of the GPUs with other drivers beside those that are read. */
export function foreignLimitations(displays: readonly PciDisplay[]): Limitation[] {
  const drivers = new Set(displays.map(({ driver }) => driver));
  return [...drivers].map(driver => ({ what: 'another AMD GPU', ...explain(driver) }));
}
