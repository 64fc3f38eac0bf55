import type { Absence } from '../../../common/frame.ts';
import { ByteReader } from '../../proc/byte-reader.ts';
import { KeptFile } from '../../proc/kept-file.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { FrequencySource } from './frequency-source.ts';

const KHZ_PER_MHZ = 1000;

/** Where cpufreq says how fast a core runs, in kHz. */
export function cpufreqPath(cpuId: number): string {
  return `/sys/devices/system/cpu/cpu${cpuId}/cpufreq/scaling_cur_freq`;
}

/** Reads each core's `scaling_cur_freq` every tick, through a descriptor a core. */
export class Cpufreq implements FrequencySource {
  readonly name = 'cpufreq';
  readonly mhz: Float64Array;
  readonly #files: readonly KeptFile[];
  readonly #wasOnline: Uint8Array;
  /** 1 where the file was read: a core whose file does not tell its clock has none. */
  readonly #wasRead: Uint8Array;
  readonly #reader = new ByteReader(64);

  /** @param cpuIds kernel numbers of the cores, in the order of the columns */
  constructor(sysroot: Sysroot, cpuIds: readonly number[]) {
    this.mhz = new Float64Array(cpuIds.length).fill(Number.NaN);
    this.#wasOnline = new Uint8Array(cpuIds.length);
    this.#wasRead = new Uint8Array(cpuIds.length);
    this.#files = cpuIds.map(id => new KeptFile(sysroot.path(cpufreqPath(id)), { missing: 'unsupported' }));
  }

  update(isOnline: (index: number) => boolean): void {
    const reader = this.#reader;
    for (let index = 0; index < this.#files.length; index++) {
      const file = this.#files[index];
      this.mhz[index] = Number.NaN;
      if (!isOnline(index)) {
        this.#wasOnline[index] = 0;
        continue;
      }
      if (this.#wasOnline[index] === 0) this.#reopen(index);
      this.#wasRead[index] = file?.read(reader) === true ? 1 : 0;
      if (this.#wasRead[index] === 0) continue;
      const khz = reader.unsigned();
      if (khz > 0) this.mhz[index] = khz / KHZ_PER_MHZ;
    }
  }

  absence(index: number): Absence {
    return this.#wasRead[index] === 1 ? 'unsupported' : (this.#files[index]?.absence ?? 'failed');
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  /** The kernel takes a core's file away while it is offline and makes a new one when it comes back. */
  #reopen(index: number): void {
    this.#wasOnline[index] = 1;
    this.#files[index]?.close();
    this.#files[index]?.retryNow();
  }
}
