import type { Absence } from '../../../common/frame.ts';
import { ascii, ByteReader } from '../../proc/byte-reader.ts';
import { KeptFile } from '../../proc/kept-file.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { FrequencySource } from './frequency-source.ts';

/** The kernel prints about 1.3 kB a core and asks each for its clock: 10 µs a core. Above this many it is read less often. */
const MANY_CORES = 16;

/** Seconds between two reads where they are spread out. */
const PAUSE_SECONDS = 5;

/** A read that takes this long waited while the kernel measured the clocks, see `isCpufreqSlow`. */
const SLOW_MS = 5;

const PROCESSOR = ascii('processor');
const MHZ = ascii('cpu MHz');
const COLON = 0x3a;

/**
 * Reads the `cpu MHz` lines of `/proc/cpuinfo`, which x86 has where cpufreq is missing: in virtual machines.
 *
 * It is read every tick while the clocks change. With many cores, where reading it takes long, or while they stand still
 * (most hypervisors tell the nominal clock), it is read every 5 s, and the values hold in between.
 */
export class ProcCpuinfo implements FrequencySource {
  readonly name = '/proc/cpuinfo';
  readonly mhz: Float64Array;
  readonly #file: KeptFile;
  readonly #reader = new ByteReader(4096);
  readonly #indexOf: Int32Array;
  readonly #wasOnline: Uint8Array;
  readonly #isListed: Uint8Array;
  #secondsUntilDue = 0;
  #isReadable = false;

  /** @param cpuIds kernel numbers of the cores, in the order of the columns */
  constructor(sysroot: Sysroot, cpuIds: readonly number[]) {
    this.mhz = new Float64Array(cpuIds.length).fill(Number.NaN);
    this.#wasOnline = new Uint8Array(cpuIds.length);
    this.#isListed = new Uint8Array(cpuIds.length);
    this.#indexOf = new Int32Array(Math.max(-1, ...cpuIds) + 1).fill(-1);
    cpuIds.forEach((id, index) => (this.#indexOf[id] = index));
    this.#file = new KeptFile(sysroot.path('/proc/cpuinfo'), { missing: 'unsupported' });
  }

  /** Whether at least one core has a clock here. */
  get hasAny(): boolean {
    return this.mhz.some(mhz => mhz > 0);
  }

  update(isOnline: (index: number) => boolean, elapsedSeconds: number): void {
    if (!this.#isDue(isOnline, elapsedSeconds)) return;
    const start = performance.now();
    this.#isReadable = this.#file.read(this.#reader);
    const isSlow = performance.now() - start >= SLOW_MS;
    if (!this.#isReadable) {
      this.mhz.fill(Number.NaN);
      this.#secondsUntilDue = 0;
      return;
    }
    const hasChanged = this.parse(this.#reader);
    this.#secondsUntilDue = this.mhz.length > MANY_CORES || isSlow || !hasChanged ? PAUSE_SECONDS : 0;
  }

  /** Takes in the file's content; tells whether any clock differs from before. */
  parse(reader: ByteReader): boolean {
    let index = -1;
    let hasChanged = false;
    this.#isListed.fill(0);
    do {
      if (reader.take(PROCESSOR)) {
        index = this.#indexOf[valueOf(reader)] ?? -1;
      } else if (index >= 0 && reader.take(MHZ)) {
        const value = valueOf(reader);
        const mhz = value > 0 && value < Number.MAX_SAFE_INTEGER ? value : Number.NaN;
        if (!Object.is(this.mhz[index], mhz)) hasChanged = true;
        this.mhz[index] = mhz;
        this.#isListed[index] = 1;
        index = -1;
      }
    } while (reader.nextLine());
    for (let core = 0; core < this.mhz.length; core++) {
      if (this.#isListed[core] === 0) this.mhz[core] = Number.NaN;
    }
    return hasChanged;
  }

  absence(): Absence {
    return this.#isReadable ? 'unsupported' : this.#file.absence;
  }

  close(): void {
    this.#file.close();
  }

  #isDue(isOnline: (index: number) => boolean, elapsedSeconds: number): boolean {
    let hasWoken = false;
    for (let core = 0; core < this.mhz.length; core++) {
      const online = isOnline(core) ? 1 : 0;
      if (online > (this.#wasOnline[core] ?? 0)) hasWoken = true;
      this.#wasOnline[core] = online;
    }
    if (!(elapsedSeconds > 0)) return hasWoken || this.#secondsUntilDue <= 0;
    this.#secondsUntilDue -= elapsedSeconds;
    // Ticks come a little early or late: half a tick short of the pause is the pause.
    return hasWoken || this.#secondsUntilDue <= elapsedSeconds / 2;
  }
}

function valueOf(reader: ByteReader): number {
  reader.skipSpaces();
  if (reader.peek() !== COLON) return Number.NaN;
  reader.at++;
  return reader.decimal();
}
