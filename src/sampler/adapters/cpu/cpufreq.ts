import fs from 'node:fs';
import type { Absence } from '../../../common/frame.ts';
import { ByteReader } from '../../proc/byte-reader.ts';
import { KeptFile } from '../../proc/kept-file.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { FrequencySource } from './frequency-source.ts';

const KHZ_PER_MHZ = 1000;

/** Cores asked for their clock in one tick. A file of fixtures costs 1 µs, on a machine the driver is asked as well. */
const READS_PER_TICK = 64;

/** A read that takes this long did not only look something up. */
const SLOW_MS = 5;

/** Where cpufreq says how fast a core runs, in kHz. */
export function cpufreqPath(cpuId: number): string {
  return `/sys/devices/system/cpu/cpu${cpuId}/cpufreq/scaling_cur_freq`;
}

/**
 * Whether the kernel measures the clock while the reader waits, as Linux 4.13 to 5.17 do on x86: 10 or 20 ms for each core
 * that was not asked within the last second, see `arch_freq_get_on_cpu` of `arch/x86/kernel/cpu/aperfmperf.c` there.
 */
export function isCpufreqSlow(sysroot: Sysroot, cpuIds: readonly number[]): boolean {
  let slowReads = 0;
  for (const id of cpuIds) {
    const start = performance.now();
    try {
      fs.readFileSync(sysroot.path(cpufreqPath(id)));
    } catch {
      continue;
    }
    if (performance.now() - start < SLOW_MS) return false;
    slowReads++;
    // One alone may have been our process losing its CPU.
    if (slowReads === 2) return true;
  }
  return slowReads > 0;
}

/**
 * Reads the cores' `scaling_cur_freq` through a descriptor a core: of all in every tick up to {@link READS_PER_TICK} cores;
 * of as many in turn on wider machines, where values hold in between. A core that comes back is read at once.
 */
export class Cpufreq implements FrequencySource {
  readonly name = 'cpufreq';
  readonly mhz: Float64Array;
  readonly #files: readonly KeptFile[];
  readonly #readsPerTick: number;
  readonly #wasOnline: Uint8Array;
  /** 1 where the file was read: a core whose file does not tell its clock has none. */
  readonly #wasRead: Uint8Array;
  readonly #reader = new ByteReader(64);
  /** The first of the cores whose turn it is. */
  #turn = 0;

  /** @param cpuIds kernel numbers of the cores, in the order of the columns */
  constructor(sysroot: Sysroot, cpuIds: readonly number[], readsPerTick = READS_PER_TICK) {
    this.mhz = new Float64Array(cpuIds.length).fill(Number.NaN);
    this.#readsPerTick = readsPerTick;
    this.#wasOnline = new Uint8Array(cpuIds.length);
    this.#wasRead = new Uint8Array(cpuIds.length);
    this.#files = cpuIds.map(id => new KeptFile(sysroot.path(cpufreqPath(id)), { missing: 'unsupported' }));
  }

  update(isOnline: (index: number) => boolean): void {
    const cores = this.#files.length;
    const turn = this.#turn;
    for (let index = 0; index < cores; index++) {
      if (!isOnline(index)) {
        this.#wasOnline[index] = 0;
        this.mhz[index] = Number.NaN;
        continue;
      }
      const hasWoken = this.#wasOnline[index] === 0;
      if (hasWoken) this.#reopen(index);
      // A core that has woken has no value yet that could hold.
      if (hasWoken || (index - turn + cores) % cores < this.#readsPerTick) this.#read(index);
    }
    this.#turn = cores > this.#readsPerTick ? (turn + this.#readsPerTick) % cores : 0;
  }

  absence(index: number): Absence {
    return this.#wasRead[index] === 1 ? 'unsupported' : (this.#files[index]?.absence ?? 'failed');
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  #read(index: number): void {
    this.#wasRead[index] = this.#files[index]?.read(this.#reader) === true ? 1 : 0;
    const khz = this.#wasRead[index] === 1 ? this.#reader.unsigned() : 0;
    this.mhz[index] = khz > 0 ? khz / KHZ_PER_MHZ : Number.NaN;
  }

  /** The kernel takes a core's file away while it is offline and makes a new one when it comes back. */
  #reopen(index: number): void {
    this.#wasOnline[index] = 1;
    this.#files[index]?.close();
    this.#files[index]?.retryNow();
  }
}
