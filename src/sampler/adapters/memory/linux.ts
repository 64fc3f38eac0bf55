import type { FrameWriter } from '../../../common/frame.ts';
import type { Limits } from '../../../common/protocol.ts';
import type { LimitedSpace } from '../../cgroup/limited-space.ts';
import { Pace } from '../../cgroup/pace.ts';
import { MemoryLimit } from '../../cgroup/memory-limit.ts';
import { unseenLimit } from '../../cgroup/unseen-limit.ts';
import { ByteReader } from '../../proc/byte-reader.ts';
import { KeptFile } from '../../proc/kept-file.ts';
import type { Adapter, AdapterContext, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { Meminfo } from '../../proc/meminfo.ts';
import { parseSomePressure } from './pressure.ts';

const KIB = 1024;
const KIB_PER_MIB = 1024;
const KIB_PER_GIB = 1024 ** 2;

const MEMORY_COLUMNS = ['ram_total_mb', 'ram_used_mb', 'ram_available_mb', 'ram_percent'] as const;
const SWAP_COLUMNS = ['swap_total_mb', 'swap_used_mb', 'swap_percent'] as const;
const PRESSURES = ['cpu', 'memory', 'io'] as const;
/** The kernel reckons pressure anew so often, see `PSI_FREQ` in kernel/sched/psi.c; it holds in between. */
const PRESSURE_SECONDS = 2;

/**
 * Memory, swap and pressure stall information of a Linux machine. Where a cgroup limits memory or swap, in a container
 * for example, the columns are those of the limit and not of the machine. Pressure is always the machine's.
 */
export function createMemoryAdapter(): Adapter {
  return new LinuxMemory();
}

class LinuxMemory implements Adapter {
  readonly name = 'memory';
  readonly group = 'memory';
  readonly #reader = new ByteReader(4096);
  readonly #meminfo = new Meminfo();
  #limit: MemoryLimit | undefined;
  #memoryFile: KeptFile | undefined;
  readonly #pressures = new Float64Array(PRESSURES.length);
  readonly #pressurePace = new Pace(PRESSURE_SECONDS);
  #pressureFiles: readonly KeptFile[] = [];
  #memorySlots = new Int32Array(MEMORY_COLUMNS.length).fill(-1);
  #swapSlots = new Int32Array(SWAP_COLUMNS.length).fill(-1);
  #pressureSlots = new Int32Array(PRESSURES.length).fill(-1);

  get limits(): Limits | undefined {
    return this.#limit?.limits;
  }

  open(context: AdapterContext): Promise<AdapterInfo | Unavailable> {
    return Promise.resolve(this.#open(context));
  }

  bind(slot: SlotFinder): void {
    this.#memorySlots = Int32Array.from(MEMORY_COLUMNS, slot);
    this.#swapSlots = Int32Array.from(SWAP_COLUMNS, slot);
    this.#pressureSlots = Int32Array.from(PRESSURES, name => slot(`${name}_pressure`));
  }

  read(frame: FrameWriter, elapsedSeconds: number): void {
    this.#readMemory(frame, elapsedSeconds);
    this.#readPressure(frame, elapsedSeconds);
  }

  close(): void {
    this.#limit?.close();
    this.#memoryFile?.close();
    for (const file of this.#pressureFiles) file.close();
  }

  #open(context: AdapterContext): AdapterInfo | Unavailable {
    const { sysroot } = context;
    const log = (message: string): void => context.log(message);
    const memoryFile = new KeptFile(sysroot.path('/proc/meminfo'), { what: 'memory counters', log });
    const pressureFiles = PRESSURES.map(
      name => new KeptFile(sysroot.path(`/proc/pressure/${name}`), { missing: 'unsupported' }),
    );
    this.#memoryFile = memoryFile;
    this.#pressureFiles = pressureFiles;
    if (!memoryFile.read(this.#reader)) {
      this.close();
      return {
        available: false,
        reason: memoryFile.absence === 'denied' ? 'denied' : 'unsupported',
        why: 'the kernel’s memory counters (/proc/meminfo) cannot be read',
        remedy: 'mount proc on /proc and let this user read it',
      };
    }
    this.#meminfo.parse(this.#reader);
    const limitations: Limitation[] = [];
    const silent = pressureFiles.filter(file => !file.read(this.#reader));
    if (silent.length > 0) limitations.push(pressureLimitation(silent));
    this.#limit = new MemoryLimit(sysroot);
    this.#limit.update(this.#meminfo.total * KIB, this.#meminfo.swapTotal * KIB, Number.NaN);
    if (this.#limit.unseen) limitations.push(unseenLimit(this.#limit.unseen, 'memory'));
    const size = `${(this.#meminfo.total / KIB_PER_GIB).toFixed(1)} GiB`;
    const swap =
      this.#meminfo.swapTotal > 0
        ? `${(this.#meminfo.swapTotal / KIB_PER_GIB).toFixed(1)} GiB swap`
        : 'no swap';
    const pressure = silent.length === 0 ? ', pressure' : '';
    return { available: true, found: `${size}, ${swap}${pressure}`, limitations };
  }

  #readMemory(frame: FrameWriter, elapsedSeconds: number): void {
    const file = this.#memoryFile;
    if (file?.read(this.#reader) !== true) {
      const reason = file?.absence ?? 'failed';
      for (const slot of this.#memorySlots) frame.absent(slot, reason);
      for (const slot of this.#swapSlots) frame.absent(slot, reason);
      return;
    }
    const meminfo = this.#meminfo;
    meminfo.parse(this.#reader);
    const { total, available, swapTotal } = meminfo;
    const limit = this.#limit;
    limit?.update(total * KIB, swapTotal * KIB, elapsedSeconds);
    if (limit?.memory.isLimited === true) this.#setLimitedMemory(frame, limit.memory);
    else this.#setMemory(frame, total, total - available);
    if (limit?.swap.isLimited === true) this.#setLimitedSwap(frame, limit.swap);
    else this.#setSwap(frame, swapTotal, swapTotal - meminfo.swapFree);
  }

  /** In KiB. */
  #setMemory(frame: FrameWriter, total: number, used: number): void {
    frame.set(this.#memorySlots[0] ?? -1, total / KIB_PER_MIB);
    frame.set(this.#memorySlots[1] ?? -1, used / KIB_PER_MIB);
    frame.set(this.#memorySlots[2] ?? -1, (total - used) / KIB_PER_MIB);
    frame.set(this.#memorySlots[3] ?? -1, (100 * used) / total);
  }

  /** In KiB. */
  #setSwap(frame: FrameWriter, total: number, used: number): void {
    frame.set(this.#swapSlots[0] ?? -1, total / KIB_PER_MIB);
    frame.set(this.#swapSlots[1] ?? -1, used / KIB_PER_MIB);
    // A machine without swap uses none of it.
    frame.set(this.#swapSlots[2] ?? -1, total === 0 ? 0 : (100 * used) / total);
  }

  #setLimitedMemory(frame: FrameWriter, { total, used, absence }: LimitedSpace): void {
    this.#setMemory(frame, total / KIB, used / KIB);
    if (used >= 0) return;
    for (const slot of this.#memorySlots.subarray(1)) frame.absent(slot, absence);
  }

  #setLimitedSwap(frame: FrameWriter, { total, used, absence }: LimitedSpace): void {
    this.#setSwap(frame, total / KIB, used / KIB);
    if (used >= 0) return;
    for (const slot of this.#swapSlots.subarray(1)) frame.absent(slot, absence);
  }

  #readPressure(frame: FrameWriter, elapsedSeconds: number): void {
    const isDue = this.#pressurePace.isDue(elapsedSeconds);
    for (let i = 0; i < this.#pressureFiles.length; i++) {
      const file = this.#pressureFiles[i];
      const slot = this.#pressureSlots[i] ?? -1;
      if (isDue) {
        const isRead = file?.read(this.#reader) === true;
        this.#pressures[i] = isRead ? parseSomePressure(this.#reader) : Number.NEGATIVE_INFINITY;
      }
      const pressure = this.#pressures[i] ?? Number.NaN;
      if (pressure === Number.NEGATIVE_INFINITY) frame.absent(slot, file?.absence ?? 'failed');
      else frame.set(slot, pressure);
    }
  }
}

function pressureLimitation(silent: readonly KeptFile[]): Limitation {
  const what = 'pressure (PSI)';
  if (silent.some(file => file.absence === 'denied')) {
    return {
      what,
      why: 'this user may not read /proc/pressure',
      remedy: 'let this user read /proc/pressure',
    };
  }
  return {
    what,
    why: 'the kernel does not measure it: built without PSI, or PSI is switched off',
    remedy: 'boot with psi=1 (Linux 4.20 or newer)',
  };
}
