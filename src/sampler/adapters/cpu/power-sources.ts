import fs from 'node:fs';
import type { Absence } from '../../../common/frame.ts';
import { HWMON_FOLDER, type HwmonChip, listHwmonChips } from '../../proc/hwmon.ts';
import { type SensorFile, SensorFiles } from '../../proc/sensor-files.ts';
import type { Sysroot } from '../../sysroot.ts';
import { EnergyMeter } from './energy-meter.ts';

const POWERCAP_FOLDER = '/sys/class/powercap';
const MICROWATTS_PER_WATT = 1e6;

/** A way to learn what the CPU packages draw. */
export interface PowerSource {
  /** For the doctor: the driver, or the name of the method. */
  readonly name: string;
  /** The files read now, one or more a package. */
  readonly files: SensorFiles<SensorFile>;
  /**
   * Mean watts of all packages together since the last call, or now; or why there is no value: `unsupported` also where all
   * files hold 0, which a CPU that runs never does.
   *
   * @param elapsedSeconds time since the last call; NaN on the first
   */
  read(elapsedSeconds: number): number | Absence;
  /** The next read has nothing to compare with. */
  forget(): void;
}

interface Counter extends SensorFile {
  /** Where it starts at 0 again, in µJ; NaN for one that never does. */
  readonly range: number;
}

/** Counters of energy: their growth over time is the power. */
class EnergySource implements PowerSource {
  readonly name: string;
  readonly files: SensorFiles<Counter>;
  readonly #meter = new EnergyMeter();
  #ranges: readonly number[] = [];
  #generation = -1;

  constructor(name: string, files: SensorFiles<Counter>) {
    this.name = name;
    this.files = files;
  }

  read(elapsedSeconds: number): number | Absence {
    const { files } = this;
    if (!files.read() || sumOf(files.values) === 0) {
      this.#meter.forget();
      return files.absence ?? 'unsupported';
    }
    if (files.generation !== this.#generation) {
      this.#generation = files.generation;
      this.#ranges = files.sensors.map(({ range }) => range);
    }
    const watts = this.#meter.watts(files.values, this.#ranges, files.generation, elapsedSeconds);
    return Number.isNaN(watts) ? 'failed' : watts;
  }

  forget(): void {
    this.#meter.forget();
  }
}

/** Sensors that tell the power itself. */
class PowerInputs implements PowerSource {
  readonly name: string;
  readonly files: SensorFiles<SensorFile>;

  constructor(name: string, files: SensorFiles<SensorFile>) {
    this.name = name;
    this.files = files;
  }

  read(): number | Absence {
    if (!this.files.read()) return this.files.absence ?? 'failed';
    const microwatts = sumOf(this.files.values);
    return microwatts === 0 ? 'unsupported' : microwatts / MICROWATTS_PER_WATT;
  }

  forget(): void {
    // Nothing is compared.
  }
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/**
 * RAPL through the powercap framework, see `Documentation/power/powercap/powercap.rst` of Linux: one counter of energy a
 * package, or a die where packages have several. Linux has it for AMD's packages too, under Intel's name.
 *
 * Left out are the parts of packages (core, uncore, dram: zones below a package), the whole machine (psys), and the view of
 * the same packages through memory-mapped registers (`intel-rapl-mmio`), unless it is the only one.
 */
export function createRapl(sysroot: Sysroot, log: (message: string) => void): PowerSource {
  return new EnergySource(
    'RAPL',
    new SensorFiles(sysroot, {
      folder: POWERCAP_FOLDER,
      find: () => {
        const packages = findPackages(sysroot, /^intel-rapl:\d+$/);
        return packages.length > 0 ? packages : findPackages(sysroot, /^intel-rapl-mmio:\d+$/);
      },
      what: 'the CPU’s energy counter (RAPL)',
      log,
    }),
  );
}

/** The driver amd_energy, which Linux had from 5.8 to 5.12 and AMD still offers: a counter of energy a socket. */
export function createAmdEnergy(sysroot: Sysroot, log: (message: string) => void): PowerSource {
  return new EnergySource(
    'amd_energy',
    new SensorFiles(sysroot, {
      folder: HWMON_FOLDER,
      // The driver adds up the overflows of the hardware's counter itself.
      find: () =>
        chipsNamed(sysroot, 'amd_energy')
          .flatMap(chip => chip.sensors('energy'))
          .filter(({ label }) => /^Esocket\d+$/.test(label))
          .map(({ path }) => ({ path, range: Number.NaN })),
      what: 'the CPU’s energy counter (amd_energy)',
      log,
    }),
  );
}

/** The driver zenpower: what the package reports of itself, or the sum of its two main supplies. */
export function createZenpower(sysroot: Sysroot, log: (message: string) => void): PowerSource {
  return new PowerInputs(
    'zenpower',
    new SensorFiles(sysroot, {
      folder: HWMON_FOLDER,
      find: () => chipsNamed(sysroot, 'zenpower').flatMap(findZenpowerInputs),
      what: 'the CPU’s power (zenpower)',
      log,
    }),
  );
}

function findZenpowerInputs(chip: HwmonChip): readonly SensorFile[] {
  const sensors = chip.sensors('power');
  const whole = sensors.filter(({ label }) => /^(cpu\d+ )?RAPL_P_Package$/.test(label));
  return whole.length > 0
    ? whole
    : sensors.filter(({ label }) => /^(cpu\d+ )?SVI2_P_(Core|SoC)$/.test(label));
}

function chipsNamed(sysroot: Sysroot, name: string): HwmonChip[] {
  return listHwmonChips(sysroot).filter(chip => chip.name === name);
}

function findPackages(sysroot: Sysroot, zone: RegExp): Counter[] {
  try {
    return fs
      .readdirSync(sysroot.path(POWERCAP_FOLDER))
      .filter(entry => zone.test(entry))
      .sort()
      .map(entry => `${POWERCAP_FOLDER}/${entry}`)
      .filter(folder => /^package-\d+(-die-\d+)?$/.test(readLine(sysroot, `${folder}/name`)))
      .map(folder => ({
        path: `${folder}/energy_uj`,
        range: rangeOf(readLine(sysroot, `${folder}/max_energy_range_uj`)),
      }));
  } catch {
    return [];
  }
}

function rangeOf(text: string): number {
  return /^\d{1,15}$/.test(text) && Number(text) > 0 ? Number(text) : Number.NaN;
}

function readLine(sysroot: Sysroot, path: string): string {
  try {
    return fs.readFileSync(sysroot.path(path), 'latin1').trim();
  } catch {
    return '';
  }
}
