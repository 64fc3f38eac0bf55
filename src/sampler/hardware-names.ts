import fs from 'node:fs';
import os from 'node:os';
import { GIB } from '../common/units.ts';
import type { HardwareNames } from './hardware-id.ts';
import { readMachineNames } from './native/windows/machine-names.ts';
import { askForNames, type NamePart } from './names-process/ask.ts';
import type { Sysroot } from './sysroot.ts';

/** Placeholders that firmware makers leave where a name should be. */
const PLACEHOLDER =
  /^(to be filled by o\.?e\.?m\.?|default string|not specified|none|n\/a|unknown|system .*name)?$/i;

/**
 * Names that the system tells at the cost of a few small files. GPU names come from the adapters.
 *
 * On Linux the CPU's is the `model name` of `/proc/cpuinfo` (or, on ARM, `Model` or `Hardware`) and the board's are
 * the DMI strings that every user may read. On Windows all are in the registry.
 */
export function readNativeNames(sysroot: Sysroot): HardwareNames {
  const names = { gpus: [], ramGib: readRamGib(sysroot) };
  if (process.platform === 'win32' && !sysroot.isFixture) {
    const { cpu, boardVendor, boardProduct } = readMachineNames();
    const board = {
      boardVendor: withoutPlaceholder(boardVendor),
      boardProduct: withoutPlaceholder(boardProduct),
    };
    return { ...names, cpu, ...board };
  }
  if (process.platform !== 'linux' && !sysroot.isFixture) {
    return { ...names, cpu: os.cpus()[0]?.model ?? '', boardVendor: '', boardProduct: '' };
  }
  const cpuinfo = readText(sysroot, '/proc/cpuinfo');
  return {
    ...names,
    cpu: field(cpuinfo, 'model name') ?? field(cpuinfo, 'Model') ?? field(cpuinfo, 'Hardware') ?? '',
    boardVendor: withoutPlaceholder(readText(sysroot, '/sys/class/dmi/id/board_vendor')),
    boardProduct: withoutPlaceholder(readText(sysroot, '/sys/class/dmi/id/board_name')),
  };
}

/**
 * Fills the gaps of `names` with what {@link askForNames} finds.
 *
 * @param mayAskGpus whether looking for GPUs is harmless now; see {@link hasSleepingDisplay}
 * @throws what that throws
 */
export async function completeNames(names: HardwareNames, mayAskGpus: boolean): Promise<HardwareNames> {
  const parts: NamePart[] = [];
  if (names.cpu === '') parts.push('cpu');
  if (names.boardVendor === '' && names.boardProduct === '') parts.push('board');
  if (names.gpus.length === 0 && mayAskGpus) parts.push('gpus');
  if (parts.length === 0) return names;
  const found = await askForNames(parts);
  return {
    ...names,
    cpu: found.cpu ?? names.cpu,
    gpus: found.gpus ?? names.gpus,
    boardVendor: found.board ? withoutPlaceholder(found.board.vendor) : names.boardVendor,
    boardProduct: found.board ? withoutPlaceholder(found.board.product) : names.boardProduct,
  };
}

/**
 * Whether a graphics card sleeps: the programs that `systeminformation` asks for GPUs (`lspci`, `nvidia-smi`) would wake
 * it, which costs a laptop several watts.
 */
export function hasSleepingDisplay(sysroot: Sysroot): boolean {
  const bus = '/sys/bus/pci/devices';
  let devices: string[];
  try {
    devices = fs.readdirSync(sysroot.path(bus));
  } catch {
    return false;
  }
  return devices.some(
    device =>
      readText(sysroot, `${bus}/${device}/class`).startsWith('0x03') &&
      readText(sysroot, `${bus}/${device}/power/runtime_status`).trim() === 'suspended',
  );
}

function readRamGib(sysroot: Sysroot): number {
  if (!sysroot.isFixture) return Math.round(os.totalmem() / GIB);
  const kib = /^MemTotal:\s+(\d+) kB$/m.exec(readText(sysroot, '/proc/meminfo'))?.[1];
  return kib === undefined ? 0 : Math.round(Number(kib) / 2 ** 20);
}

function readText(sysroot: Sysroot, file: string): string {
  try {
    return fs.readFileSync(sysroot.path(file), 'utf8').slice(0, 65_536);
  } catch {
    // A name that cannot be read is unknown, and an unknown part is left out of the id.
    return '';
  }
}

function field(text: string, name: string): string | undefined {
  const value = new RegExp(`^${name}\\s*:[ \\t]*(.+)$`, 'm').exec(text)?.[1]?.trim();
  return value === '' ? undefined : value;
}

function withoutPlaceholder(text: string): string {
  const name = text.trim();
  return PLACEHOLDER.test(name) ? '' : name;
}
