import { openWindowsLibraries, type WindowsNativeOptions } from './library.ts';
import { MachineRegistry } from './registry.ts';

/** Where Windows puts at each start what the firmware calls its parts. */
const PROCESSOR = 'HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0';
const FIRMWARE = 'HARDWARE\\DESCRIPTION\\System\\BIOS';

/** Names of the processor and of the main board, from the registry; empty where unknown. Does not throw. */
export function readMachineNames(options: WindowsNativeOptions = {}): {
  readonly cpu: string;
  readonly boardVendor: string;
  readonly boardProduct: string;
} {
  const libraries = openWindowsLibraries(options);
  if (!libraries.available) return { cpu: '', boardVendor: '', boardProduct: '' };
  const registry = new MachineRegistry(libraries.advapi32);
  return {
    cpu: registry.text(PROCESSOR, 'ProcessorNameString').trim(),
    boardVendor: registry.text(FIRMWARE, 'BaseBoardManufacturer'),
    boardProduct: registry.text(FIRMWARE, 'BaseBoardProduct'),
  };
}
