import fs from 'node:fs';
import { HwmonChip, type HwmonSensor } from '../../../proc/hwmon.ts';
import type { Sysroot } from '../../../sysroot.ts';

/** The files of a card's sensors; those that it does not have are `undefined`. */
export interface SensorFiles {
  /** Folder of the sensors; its number changes when the driver is loaded anew. */
  readonly folder: string;
  /** Temperature of the GPU's package, thousandths of a °C. */
  readonly temperature: string | undefined;
  /** Energy that was drawn, microjoules. */
  readonly energy: string | undefined;
  /** Whether the energy is that of the GPU's package alone, not of the whole card. */
  readonly isPackageEnergy: boolean;
  /** Limit of sustained power, microwatts; 0 where it is off. */
  readonly sustainedLimit: string | undefined;
  /** Limit of power in bursts, microwatts; 0 where it is off. */
  readonly burstLimit: string | undefined;
}

/**
 * The sensors of a discrete card: integrated GPUs have none (Linux, `Documentation/ABI/testing/sysfs-driver-intel-i915-hwmon`
 * and `…-xe-hwmon`; `xe_hwmon_read_label` of `xe_hwmon.c`). xe labels them `card` for the whole card, `pkg` for the GPU's
 * package, `vram` and others; i915 and early xe have one of a kind, without a label. Only names and labels are looked at,
 * which the kernel keeps: no device is woken.
 *
 * @param device the device's folder, as the system names it
 * @param driver name of its driver; i915's chips of single parts have longer names
 */
export function findSensors(sysroot: Sysroot, device: string, driver: string): SensorFiles | undefined {
  const folder = chipFolders(sysroot, `${device}/hwmon`).find(
    candidate => new HwmonChip(sysroot, candidate).name === driver,
  );
  if (folder === undefined) return undefined;
  const chip = new HwmonChip(sysroot, folder);
  const energy = choose(chip.sensors('energy'), ['card', '', 'pkg']);
  const limit = (kind: string): string | undefined =>
    (energy === undefined ? [1, 2] : [energy.number])
      .map(number => sysroot.path(`${folder}/power${String(number)}_${kind}`))
      .find(file => fs.existsSync(file));
  return {
    folder: sysroot.path(folder),
    temperature: pathOf(sysroot, choose(chip.sensors('temp'), ['pkg', ''])),
    energy: pathOf(sysroot, energy),
    isPackageEnergy: energy?.label === 'pkg',
    sustainedLimit: limit('max'),
    burstLimit: limit('cap'),
  };
}

function choose(sensors: readonly HwmonSensor[], labels: readonly string[]): HwmonSensor | undefined {
  for (const label of labels) {
    const sensor = sensors.find(candidate => candidate.label === label);
    if (sensor) return sensor;
  }
  return undefined;
}

function pathOf(sysroot: Sysroot, sensor: HwmonSensor | undefined): string | undefined {
  return sensor && sysroot.path(sensor.path);
}

function chipFolders(sysroot: Sysroot, parent: string): string[] {
  try {
    return fs
      .readdirSync(sysroot.path(parent))
      .filter(name => /^hwmon\d{1,5}$/.test(name))
      .sort()
      .map(name => `${parent}/${name}`);
  } catch {
    return [];
  }
}
