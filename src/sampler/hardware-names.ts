import fs from 'node:fs';
import os from 'node:os';
import { GIB } from '../common/units.ts';
import type { HardwareNames } from './hardware-id.ts';
import type { Sysroot } from './sysroot.ts';

/** Placeholders that firmware makers leave where a name should be. */
const PLACEHOLDER =
  /^(to be filled by o\.?e\.?m\.?|default string|not specified|none|n\/a|unknown|system .*name)?$/i;

/**
 * Names that the system tells at the cost of two small files. GPU names come from the adapters.
 *
 * On Linux the CPU's is the `model name` of `/proc/cpuinfo` (or, on ARM, `Model` or `Hardware`) and the board's are
 * the DMI strings that every user may read.
 */
export function readNativeNames(sysroot: Sysroot): HardwareNames {
  const names = { gpus: [], ramGib: readRamGib(sysroot) };
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
 * Fills the gaps of `names` from `systeminformation`, which starts a few processes: once at start, never on a tick.
 * Serial numbers and the like, which it also returns, are not looked at.
 *
 * @param mayAskGpus whether looking for GPUs is harmless now; see {@link hasSleepingDisplay}
 * @throws whatever the library throws
 */
export async function completeNames(names: HardwareNames, mayAskGpus: boolean): Promise<HardwareNames> {
  // Loaded late: it is the largest part of the bundle and most starts have the names in the cache.
  const si = await import('systeminformation');
  const [cpu, board, graphics] = await Promise.all([
    names.cpu === '' ? si.cpu() : undefined,
    names.boardVendor === '' && names.boardProduct === '' ? si.baseboard() : undefined,
    names.gpus.length === 0 && mayAskGpus ? si.graphics() : undefined,
  ]);
  return {
    cpu: cpu ? `${cpu.manufacturer} ${cpu.brand}` : names.cpu,
    boardVendor: board ? withoutPlaceholder(board.manufacturer) : names.boardVendor,
    boardProduct: board ? withoutPlaceholder(board.model) : names.boardProduct,
    gpus: graphics
      ? graphics.controllers.map(controller => controller.model).filter(model => model !== '')
      : names.gpus,
    ramGib: names.ramGib,
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
