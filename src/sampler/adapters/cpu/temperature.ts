import type { FrameWriter } from '../../../common/frame.ts';
import { HWMON_FOLDER, type HwmonSensor, listHwmonChips } from '../../proc/hwmon.ts';
import { SensorFiles } from '../../proc/sensor-files.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { Limitation } from '../base.ts';

const MILLIDEGREES_PER_DEGREE = 1000;

/** A kind of chip that measures the CPU, and which of its sensors count. */
interface ChipRule {
  /** The chip's name, dashes written as underscores. */
  readonly name: RegExp;
  /** The sensors that tell the temperature of the package, of all the chip has. */
  choose(sensors: readonly HwmonSensor[]): readonly HwmonSensor[];
}

/**
 * Chips that measure a CPU, the best first; the first kind that a machine has is used. Sources: the drivers
 * `drivers/hwmon/coretemp.c`, `drivers/hwmon/k10temp.c` and `drivers/thermal/thermal_hwmon.c` of Linux, and zenpower.
 */
const RULES: readonly ChipRule[] = [
  {
    name: /^coretemp$/,
    // CPUs before Sandy Bridge have no sensor of the package. Older kernels write “Physical id”.
    choose: sensors => first(sensors, /^(Package|Physical) id \d+$/) ?? all(sensors, /^Core \d+$/),
  },
  {
    name: /^zenpower$/,
    choose: sensors => first(sensors, /^(cpu\d+ )?Tdie$/) ?? first(sensors, /^(cpu\d+ )?Tctl$/) ?? [],
  },
  {
    name: /^k10temp$/,
    // Tctl is what the fan control goes by: on some models it lies up to 27 °C above the die, and these have Tdie too.
    // Before Zen there are no labels, and the first sensor is Tctl.
    choose: sensors =>
      first(sensors, /^Tdie$/) ??
      first(sensors, /^Tctl$/) ??
      sensors.filter(sensor => sensor.number === 1 && sensor.label === ''),
  },
  // Thermal zones of boards with Arm and RISC-V processors; newer kernels put the zone's number behind the name. Zones of
  // one name share a chip.
  { name: /^cpu[a-z\d_]*_therm(al)?(_?\d+)?$/, choose: each },
  { name: /^((big|little|mid)_?core|cluster)_?\d*_therm(al)?(_?\d+)?$/, choose: each },
  { name: /^soc_?\d*_therm(al)?(_?\d+)?$/, choose: each },
];

/** Sensors that tell the CPU's temperature, and the name of their kind of chip. */
interface CpuSensor {
  readonly path: string;
  readonly chip: string;
  readonly label: string;
}

/**
 * The CPU's temperature, from the chips of the kernel's hardware monitoring that measure it. Where several do, one for each
 * package or group of cores, it is that of the hottest.
 */
export class CpuTemperature {
  readonly #files: SensorFiles<CpuSensor>;

  constructor(sysroot: Sysroot, log: (message: string) => void) {
    this.#files = new SensorFiles(sysroot, {
      folder: HWMON_FOLDER,
      find: () => findCpuSensors(sysroot),
      what: 'the CPU’s temperature',
      log,
    });
  }

  /** Looks for sensors: what was found, in words, and what is missing. */
  open(): { readonly found: string; readonly limitations: readonly Limitation[] } {
    const files = this.#files;
    if (files.read() || files.absence !== 'unsupported')
      return { found: describe(files.sensors), limitations: [] };
    const why = 'none of the hardware monitoring chips here measures the CPU; a virtual machine has none';
    const remedy = 'on a real machine, load the driver: modprobe coretemp (Intel) or k10temp (AMD)';
    return { found: '', limitations: [{ what: 'CPU temperature', why, remedy }] };
  }

  read(frame: FrameWriter, slot: number): void {
    const files = this.#files;
    if (!files.read()) {
      frame.absent(slot, files.absence ?? 'failed');
      return;
    }
    let hottest = 0;
    for (const value of files.values) if (value > hottest) hottest = value;
    // k10temp writes 0 for all that lies below; no CPU that runs is at 0 °C to the millidegree.
    if (hottest > 0) frame.set(slot, hottest / MILLIDEGREES_PER_DEGREE);
    else frame.absent(slot, 'failed');
  }

  close(): void {
    this.#files.close();
  }
}

function findCpuSensors(sysroot: Sysroot): CpuSensor[] {
  const chips = listHwmonChips(sysroot).map(chip => ({
    chip,
    name: chip.name.toLowerCase().replaceAll('-', '_'),
  }));
  for (const rule of RULES) {
    const found = chips
      .filter(({ name }) => rule.name.test(name))
      .flatMap(({ chip, name }) =>
        rule.choose(chip.sensors('temp')).map(({ path, label }) => ({ path, label, chip: name })),
      );
    if (found.length > 0) return found;
  }
  return [];
}

function describe(sensors: readonly CpuSensor[]): string {
  const [one] = sensors;
  if (!one) return '';
  if (sensors.length > 1)
    return `temperature from ${one.chip} (the hottest of ${String(sensors.length)} sensors)`;
  return `temperature from ${one.chip}${one.label === '' ? '' : ` (${one.label})`}`;
}

function first(sensors: readonly HwmonSensor[], label: RegExp): readonly HwmonSensor[] | undefined {
  const found = sensors.find(sensor => label.test(sensor.label));
  return found && [found];
}

function all(sensors: readonly HwmonSensor[], label: RegExp): readonly HwmonSensor[] {
  return sensors.filter(sensor => label.test(sensor.label));
}

function each(sensors: readonly HwmonSensor[]): readonly HwmonSensor[] {
  return sensors;
}
