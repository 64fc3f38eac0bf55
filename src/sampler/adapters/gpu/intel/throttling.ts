import fs from 'node:fs';
import path from 'node:path';
import type { Absence } from '../../../../common/frame.ts';
import { NumberFile } from '../../../proc/number-file.ts';

/** Bits of NVML's clocks event reasons (`nvml.h`), in which the frame tells why clocks are held down. */
const Reason = {
  /** `nvmlClocksEventReasonSwPowerCap` */
  powerCap: 0x4,
  /** `nvmlClocksEventReasonSwThermalSlowdown` */
  thermal: 0x20,
  /** `nvmlClocksThrottleReasonHwThermalSlowdown` */
  hardwareThermal: 0x40,
} as const;

/**
 * Intel's reasons (files `throttle_reason_*` of i915, `intel_gt_sysfs_pm.c`, and `reason_*` of xe, `xe_gt_throttle.c`) as
 * NVML's. A limit of current counts as one of power, as both are held for the sake of the supply. Left out is what NVML has
 * no bit for (the voltage regulator's fast mode, the highest frequency).
 */
const REASONS: Readonly<Record<string, number>> = {
  // Limits of power: sustained, in bursts, peak; of the GPU and of the whole platform.
  pl1: Reason.powerCap,
  pl2: Reason.powerCap,
  pl4: Reason.powerCap,
  psys_pl1: Reason.powerCap,
  psys_pl2: Reason.powerCap,
  psys_crit: Reason.powerCap,
  // Limits of current: of the voltage regulator's design, and the highest.
  vr_tdc: Reason.powerCap,
  iccmax: Reason.powerCap,
  // Temperatures that the firmware keeps at their limit; "ratl" is the running average.
  thermal: Reason.thermal,
  ratl: Reason.thermal,
  soc_thermal: Reason.thermal,
  soc_avg_thermal: Reason.thermal,
  mem_thermal: Reason.thermal,
  // Signals that act on the clocks without the firmware.
  prochot: Reason.hardwareThermal,
  vr_thermalert: Reason.hardwareThermal,
  vr_thermal: Reason.hardwareThermal,
};

/** Why the clocks of one of a GPU's parts are held down. */
export class Throttling {
  /** Why the last read told nothing. */
  absence: Absence = 'failed';
  readonly #status: NumberFile;
  readonly #reasons: readonly { readonly file: NumberFile; readonly bit: number }[];

  /**
   * @param folder where its files are; they are opened when they are first read
   * @param prefix how the names of its files begin: `throttle_reason_` or `reason_`
   * @param status name of the file that tells whether there is any reason
   */
  constructor(folder: string, prefix: string, status: string) {
    this.#status = new NumberFile(path.join(folder, status));
    this.#reasons = list(folder)
      .filter(name => name.startsWith(prefix) && name !== status)
      .map(name => ({
        file: new NumberFile(path.join(folder, name)),
        bit: REASONS[name.slice(prefix.length)] ?? 0,
      }))
      .filter(({ bit }) => bit !== 0);
  }

  /** NVML's reasons; NaN when they are not known, and {@link absence} tells why. Does not throw. */
  read(): number {
    const status = this.#status.read();
    if (Number.isNaN(status)) {
      this.absence = this.#status.absence;
      return Number.NaN;
    }
    if (status === 0) return 0;
    let mask = 0;
    for (const { file, bit } of this.#reasons) {
      const value = file.read();
      if (Number.isNaN(value)) {
        this.absence = file.absence;
        return Number.NaN;
      }
      if (value !== 0) mask |= bit;
    }
    // Held down for a reason that NVML has no bit for: none would say that the clocks are free.
    if (mask === 0) this.absence = 'unsupported';
    return mask === 0 ? Number.NaN : mask;
  }

  retryNow(): void {
    this.#status.retryNow();
    for (const { file } of this.#reasons) file.retryNow();
  }

  close(): void {
    this.#status.close();
    for (const { file } of this.#reasons) file.close();
  }
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
