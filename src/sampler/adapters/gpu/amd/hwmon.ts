import fs from 'node:fs';
import path from 'node:path';

/** Most sensors of a kind that are looked at; amdgpu has four at most. */
const MAX_CHANNELS = 8;

/**
 * The files of amdgpu's sensors (Linux, `Documentation/gpu/amdgpu/thermal.rst`); those that a card does not have are
 * `undefined`.
 */
export interface HwmonFiles {
  /** Folder of the sensors; its number changes when the driver is loaded anew. */
  readonly folder: string;
  /** Temperature at the edge of the die, or where there is none (MI300) at its hottest spot; thousandths of a °C. */
  readonly temperature: string | undefined;
  /** Mean power, microwatts. */
  readonly averagePower: string | undefined;
  /** Momentary power, microwatts. */
  readonly power: string | undefined;
  /** Microwatts. */
  readonly powerLimit: string | undefined;
  /** Hertz. */
  readonly coreClock: string | undefined;
  /** Hertz. */
  readonly memoryClock: string | undefined;
  /** How hard the fan is driven, 0 to 255. */
  readonly pwm: string | undefined;
  /** Revolutions a minute. */
  readonly fan: string | undefined;
  readonly fanMaximum: string | undefined;
  /** Whether it has the voltage of a north bridge, as only APUs do. */
  readonly isApu: boolean;
}

/**
 * Finds the sensors of a card by their labels. Only names, labels and access rights are looked at, which the kernel
 * keeps: no device is woken.
 *
 * @param device the device's folder in `/sys`
 * @returns `undefined` where amdgpu offers none
 */
export function findHwmon(device: string): HwmonFiles | undefined {
  const folder = folders(path.join(device, 'hwmon')).find(candidate =>
    ['amdgpu', ''].includes(text(path.join(candidate, 'name'))),
  );
  if (folder === undefined) return undefined;
  const file = (name: string): string | undefined => readable(path.join(folder, name));
  const labelled = (kind: string, label: string): string | undefined => {
    for (let channel = 1; channel <= MAX_CHANNELS; channel++) {
      const name = `${kind}${String(channel)}`;
      if (text(path.join(folder, `${name}_label`)) === label) return file(`${name}_input`);
    }
    return undefined;
  };
  /** The first sensor of a kind, where the driver gives it no label (Linux before 5.2). */
  const unlabelled = (kind: string): string | undefined =>
    fs.existsSync(path.join(folder, `${kind}1_label`)) ? undefined : file(`${kind}1_input`);
  return {
    folder,
    temperature: labelled('temp', 'edge') ?? labelled('temp', 'junction') ?? unlabelled('temp'),
    averagePower: file('power1_average'),
    power: file('power1_input'),
    powerLimit: file('power1_cap'),
    coreClock: labelled('freq', 'sclk') ?? unlabelled('freq'),
    memoryClock: labelled('freq', 'mclk'),
    pwm: file('pwm1'),
    fan: file('fan1_input'),
    fanMaximum: file('fan1_max'),
    isApu: file('in1_input') !== undefined,
  };
}

/** The path of a file that somebody may read; amdgpu takes the right away from all for what a card does not have. */
export function readable(file: string): string | undefined {
  try {
    return (fs.statSync(file).mode & 0o444) === 0 ? undefined : file;
  } catch {
    return undefined;
  }
}

function folders(parent: string): string[] {
  try {
    return fs
      .readdirSync(parent)
      .filter(name => name.startsWith('hwmon'))
      .sort()
      .map(name => path.join(parent, name));
  } catch {
    return [];
  }
}

function text(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1').trim();
  } catch {
    return '';
  }
}
