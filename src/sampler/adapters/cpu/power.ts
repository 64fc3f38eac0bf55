import type { Absence, FrameWriter } from '../../../common/frame.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { Limitation } from '../base.ts';
import { createAmdEnergy, createRapl, createZenpower, type PowerSource } from './power-sources.ts';

const WHAT = 'CPU power';

/** The power of the CPU packages, from the first of RAPL, amd_energy and zenpower that is there and may be read. */
export class CpuPower {
  readonly #sources: readonly PowerSource[];

  constructor(sysroot: Sysroot, log: (message: string) => void) {
    this.#sources = [createRapl, createAmdEnergy, createZenpower].map(create => create(sysroot, log));
  }

  /** Looks for sources: what is used, in words, and what is missing. */
  open(): { readonly found: string; readonly limitations: readonly Limitation[] } {
    const limitations: Limitation[] = [];
    for (const source of this.#sources) {
      const reading = source.read(Number.NaN);
      source.forget();
      const count = source.files.sensors.length;
      if (count === 0) continue;
      if (reading === 'denied') limitations.push(deniedLimitation(source.name));
      else if (reading === 'unsupported') limitations.push(silentLimitation(source.name));
      else return { found: `power from ${source.name}`, limitations };
    }
    if (limitations.length === 0) {
      const why = 'there is neither RAPL nor a driver that stands in for it; a virtual machine has none';
      const remedy =
        'on a real machine, load the driver: modprobe intel_rapl_msr (also for AMD since Linux 5.11)';
      limitations.push({ what: WHAT, why, remedy });
    }
    return { found: '', limitations };
  }

  /** @param elapsedSeconds time since the last read; NaN on the first */
  read(frame: FrameWriter, slot: number, elapsedSeconds: number): void {
    let reason: Absence = 'unsupported';
    // Power that is not collected is not asked for.
    let isDone = slot < 0;
    for (const source of this.#sources) {
      if (isDone) {
        source.forget();
        continue;
      }
      const reading = source.read(elapsedSeconds);
      if (typeof reading === 'number') {
        frame.set(slot, reading);
        isDone = true;
      } else if (reading === 'failed') {
        // It is there: a moment's failure is no reason to show what another way of measuring says.
        frame.absent(slot, reading);
        isDone = true;
      } else if (reading === 'denied') {
        reason = reading;
      }
    }
    if (!isDone) frame.absent(slot, reason);
  }

  close(): void {
    for (const source of this.#sources) source.files.close();
  }
}

function deniedLimitation(source: string): Limitation {
  const why = `since CVE-2020-8694 only root may read the energy counters (${source}): read often, they give away what other programs compute`;
  const files = source === 'RAPL' ? 'powercap/intel-rapl*:*/energy_uj' : 'hwmon/hwmon*/energy*_input';
  const remedy = `if you trust everybody in GROUP, run as root after each start: chgrp GROUP /sys/class/${files} && chmod g+r /sys/class/${files}`;
  return { what: WHAT, why, remedy };
}

function silentLimitation(source: string): Limitation {
  return {
    what: WHAT,
    why: `${source} is there but stands at 0, as in a virtual machine that does not pass it on`,
  };
}
