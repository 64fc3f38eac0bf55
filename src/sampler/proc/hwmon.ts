import fs from 'node:fs';
import type { Sysroot } from '../sysroot.ts';

/** Folder of the kernel's hardware monitoring chips, see `Documentation/ABI/testing/sysfs-class-hwmon` of Linux. */
export const HWMON_FOLDER = '/sys/class/hwmon';

/** What a sensor measures: the start of its files' names. */
export type SensorKind = 'temp' | 'power' | 'energy';

/**
 * One sensor of a chip. Its value is a whole number: millidegrees Celsius of a `temp`, microwatts of a `power`, microjoules
 * since some moment of an `energy`.
 */
export class HwmonSensor {
  /** Number of the sensor on its chip. */
  readonly number: number;
  /** File of the value, as the system names it. */
  readonly path: string;
  readonly #labelPath: string;
  #label: string | undefined;

  constructor(sysroot: Sysroot, folder: string, kind: SensorKind, number: number) {
    this.number = number;
    this.path = `${folder}/${kind}${String(number)}_input`;
    this.#labelPath = sysroot.path(`${folder}/${kind}${String(number)}_label`);
  }

  /** What the driver calls it; empty where it has no name. Read when it is first asked for: chips of wide CPUs have hundreds. */
  get label(): string {
    this.#label ??= readLine(this.#labelPath);
    return this.#label;
  }
}

/** One chip: a driver's view of a device with sensors. */
export class HwmonChip {
  /** Name of the driver's kind of chip (`coretemp`); which number its folder has differs from boot to boot. */
  readonly name: string;
  readonly #sysroot: Sysroot;
  readonly #folder: string;

  constructor(sysroot: Sysroot, folder: string) {
    this.#sysroot = sysroot;
    this.#folder = folder;
    this.name = readLine(sysroot.path(`${folder}/name`));
  }

  /** Its sensors of one kind in the order of their numbers. Empty when it has gone. */
  sensors(kind: SensorKind): HwmonSensor[] {
    const pattern = new RegExp(`^${kind}(\\d{1,5})_input$`);
    return listFolder(this.#sysroot, this.#folder)
      .map(file => pattern.exec(file))
      .filter(match => match !== null)
      .map(match => Number(match[1]))
      .sort((a, b) => a - b)
      .map(number => new HwmonSensor(this.#sysroot, this.#folder, kind, number));
  }
}

/** All chips there are now, in the order of their numbers. */
export function listHwmonChips(sysroot: Sysroot): HwmonChip[] {
  return listFolder(sysroot, HWMON_FOLDER)
    .filter(entry => /^hwmon\d{1,5}$/.test(entry))
    .sort((a, b) => Number(a.slice('hwmon'.length)) - Number(b.slice('hwmon'.length)))
    .map(entry => new HwmonChip(sysroot, `${HWMON_FOLDER}/${entry}`));
}

function listFolder(sysroot: Sysroot, folder: string): string[] {
  try {
    return fs.readdirSync(sysroot.path(folder));
  } catch {
    return [];
  }
}

function readLine(path: string): string {
  try {
    return fs.readFileSync(path, 'latin1').trim();
  } catch {
    return '';
  }
}
