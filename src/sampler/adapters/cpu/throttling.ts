import fs from 'node:fs';
import type { FrameWriter } from '../../../common/frame.ts';
import { type SensorFile, SensorFiles } from '../../proc/sensor-files.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { Limitation } from '../base.ts';

const CPU_FOLDER = '/sys/devices/system/cpu';

/**
 * How often the CPU packages were throttled because they were too hot: `thermal_throttle/package_throttle_count`, which
 * Linux keeps for Intel's CPUs (`therm_throt.c`; `Documentation/ABI/testing/sysfs-devices-system-cpu`).
 *
 * The hardware tells all CPUs of a package, and each counts for itself. So the first CPU of each package speaks for it, as in
 * node_exporter's `node_cpu_package_throttles_total`: one file a package and tick. The counters of single cores
 * (`core_throttle_count`) are not read: with hundreds of cores they would cost more than everything else of a tick. Nor are
 * those of power limits, which a CPU runs into by design.
 */
export class CpuThrottling {
  readonly #files: SensorFiles<SensorFile>;

  constructor(sysroot: Sysroot, log: (message: string) => void) {
    this.#files = new SensorFiles(sysroot, {
      folder: CPU_FOLDER,
      find: () => findCounters(sysroot),
      what: 'the CPU’s throttle counter',
      log,
    });
  }

  /** Looks for counters: what is missing. */
  open(): { readonly limitations: readonly Limitation[] } {
    const files = this.#files;
    if (files.read() || files.absence !== 'unsupported') return { limitations: [] };
    const why = 'the kernel counts it for Intel’s CPUs alone; a virtual machine has no such counter';
    return { limitations: [{ what: 'CPU throttling', why }] };
  }

  read(frame: FrameWriter, slot: number): void {
    const files = this.#files;
    if (!files.read()) {
      frame.absent(slot, files.absence ?? 'failed');
      return;
    }
    let sum = 0;
    for (const value of files.values) sum += value;
    frame.set(slot, sum);
  }

  close(): void {
    this.#files.close();
  }
}

/** The counter of the first CPU of each package that is online; that of an offline one has no files. */
function findCounters(sysroot: Sysroot): SensorFile[] {
  const counters = new Map<string, SensorFile>();
  for (const id of listCpus(sysroot)) {
    const folder = `${CPU_FOLDER}/cpu${String(id)}`;
    const packageId = readLine(sysroot, `${folder}/topology/physical_package_id`);
    if (!/^\d{1,5}$/.test(packageId) || counters.has(packageId)) continue;
    const path = `${folder}/thermal_throttle/package_throttle_count`;
    // All CPUs of a machine have it or none.
    if (!fs.existsSync(sysroot.path(path))) return [];
    counters.set(packageId, { path });
  }
  return [...counters.values()];
}

function listCpus(sysroot: Sysroot): number[] {
  try {
    return fs
      .readdirSync(sysroot.path(CPU_FOLDER))
      .filter(entry => /^cpu\d{1,5}$/.test(entry))
      .map(entry => Number(entry.slice('cpu'.length)))
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

function readLine(sysroot: Sysroot, path: string): string {
  try {
    return fs.readFileSync(sysroot.path(path), 'latin1').trim();
  } catch {
    return '';
  }
}
