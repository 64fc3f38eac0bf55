import fs from 'node:fs';
import type { Absence, FrameWriter } from '../../../common/frame.ts';
import type { Limits } from '../../../common/protocol.ts';
import { CpuLimit } from '../../cgroup/cpu-limit.ts';
import { Pace } from '../../cgroup/pace.ts';
import { unseenLimit } from '../../cgroup/unseen-limit.ts';
import { absenceOf } from '../../proc/absence-of.ts';
import { ByteReader } from '../../proc/byte-reader.ts';
import { KeptFile } from '../../proc/kept-file.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { Adapter, AdapterContext, AdapterInfo, Limitation, SlotFinder, Unavailable } from '../base.ts';
import { parseCpuList } from './cpu-list.ts';
import { Cpufreq, cpufreqPath, isCpufreqSlow } from './cpufreq.ts';
import type { FrequencySource } from './frequency-source.ts';
import { parseLoadAverage } from './load-average.ts';
import { ProcCpuinfo } from './proc-cpuinfo.ts';
import { CORE, ProcStat } from './proc-stat.ts';
import { CpuSensors } from './sensors.ts';
import { whySensorsAreMissing } from './wsl.ts';

const LOAD_COLUMNS = ['load_avg_1m', 'load_avg_5m', 'load_avg_15m'] as const;
/** The kernel reckons load averages anew every 5 s, see `LOAD_FREQ` in include/linux/sched/loadavg.h. */
const LOAD_SECONDS = 2;
const COUNTER_COLUMNS = ['context_switches', 'interrupts', 'soft_interrupts'] as const;

/**
 * The CPU of a Linux machine: utilization of all cores and of each, their clocks, context switches, interrupts, load,
 * temperature, power and throttling.
 */
export function createCpuAdapter(): Adapter {
  return new LinuxCpu();
}

class LinuxCpu implements Adapter {
  readonly name = 'cpu';
  readonly group = 'cpu';
  readonly #reader = new ByteReader(16_384);
  readonly #loadPace = new Pace(LOAD_SECONDS);
  readonly #loads = new Float64Array(LOAD_COLUMNS.length).fill(Number.NaN);
  #hasLoads = false;
  #limit: CpuLimit | undefined;
  #statFile: KeptFile | undefined;
  #loadFile: KeptFile | undefined;
  #stat = new ProcStat([]);
  #frequency: FrequencySource | undefined;
  #sensors: CpuSensors | undefined;
  #cores = 0;
  #totalSlot = -1;
  #averageSlot = -1;
  #utilizationSlots = new Int32Array(0);
  #hasCoreColumns = false;
  #frequencySlots = new Int32Array(0);
  #counterSlots = new Int32Array(COUNTER_COLUMNS.length).fill(-1);
  #loadSlots = new Int32Array(LOAD_COLUMNS.length).fill(-1);

  get limits(): Limits | undefined {
    return this.#limit?.limits;
  }

  open(context: AdapterContext): Promise<AdapterInfo | Unavailable> {
    return Promise.resolve(this.#open(context));
  }

  bind(slot: SlotFinder): void {
    this.#totalSlot = slot('total_utilization');
    this.#averageSlot = slot('avg_freq_mhz');
    this.#utilizationSlots = Int32Array.from({ length: this.#cores }, (_, i) =>
      slot(`core_${i}_utilization`),
    );
    this.#hasCoreColumns = this.#utilizationSlots.some(slot => slot >= 0);
    this.#frequencySlots = Int32Array.from({ length: this.#cores }, (_, i) => slot(`core_${i}_freq_mhz`));
    this.#counterSlots = Int32Array.from(COUNTER_COLUMNS, slot);
    this.#loadSlots = Int32Array.from(LOAD_COLUMNS, slot);
    this.#sensors?.bind(slot);
  }

  read(frame: FrameWriter, elapsedSeconds: number): void {
    this.#readStat(frame);
    this.#readLimit(frame, elapsedSeconds);
    this.#readFrequency(frame, elapsedSeconds);
    this.#readLoad(frame, elapsedSeconds);
    this.#sensors?.read(frame, elapsedSeconds);
  }

  close(): void {
    this.#limit?.close();
    this.#statFile?.close();
    this.#loadFile?.close();
    this.#frequency?.close();
    this.#sensors?.close();
  }

  #open(context: AdapterContext): AdapterInfo | Unavailable {
    const { sysroot } = context;
    const log = (message: string): void => context.log(message);
    let statText: string;
    try {
      statText = fs.readFileSync(sysroot.path('/proc/stat'), 'latin1');
    } catch (error) {
      return {
        available: false,
        reason: absenceOf(error, 'unsupported'),
        why: 'the kernel’s CPU counters (/proc/stat) cannot be read',
        remedy: 'mount proc on /proc and let this user read it',
      };
    }
    const running = listRunning(statText);
    const cpuIds = listCpus(sysroot, running);
    this.#cores = cpuIds.length;
    this.#stat = new ProcStat(cpuIds);
    this.#statFile = new KeptFile(sysroot.path('/proc/stat'), { what: 'CPU counters', log });
    this.#loadFile = new KeptFile(sysroot.path('/proc/loadavg'), {
      missing: 'unsupported',
      what: 'load averages',
      log,
    });
    this.#frequency = findFrequencySource(sysroot, cpuIds);
    const limitations: Limitation[] = [];
    if (!this.#frequency) {
      limitations.push({ what: 'core clocks', why: 'neither cpufreq nor /proc/cpuinfo tells them here' });
    }
    this.#limit = new CpuLimit(sysroot);
    this.#limit.update(running.length, Number.NaN);
    if (this.#limit.unseen) limitations.push(unseenLimit(this.#limit.unseen, 'CPU'));
    this.#sensors = new CpuSensors(context);
    const sensors = this.#sensors.open();
    limitations.push(...whySensorsAreMissing(sysroot, sensors.limitations));
    const asleep = this.#cores - running.length;
    const cores = `${this.#cores} ${this.#cores === 1 ? 'core' : 'cores'}${asleep > 0 ? ` (${asleep} asleep)` : ''}`;
    const clock = this.#frequency ? `frequency from ${this.#frequency.name}` : 'no frequency';
    const found = [cores, clock, ...sensors.found].join(', ');
    return { available: true, found, instances: { core: this.#cores }, limitations };
  }

  #readStat(frame: FrameWriter): void {
    if (this.#statFile?.read(this.#reader) !== true) {
      this.#stat.forget();
      const reason = this.#statFile?.absence ?? 'failed';
      frame.absent(this.#totalSlot, reason);
      for (const slot of this.#utilizationSlots) frame.absent(slot, reason);
      for (const slot of this.#counterSlots) frame.absent(slot, reason);
      return;
    }
    const stat = this.#stat;
    stat.parse(this.#reader, this.#hasCoreColumns);
    frame.set(this.#totalSlot, stat.utilization[0] ?? Number.NaN);
    for (let core = 0; this.#hasCoreColumns && core < this.#cores; core++) {
      const slot = this.#utilizationSlots[core] ?? -1;
      const state = stat.states[core + 1];
      // A core that slept for part of the interval has no share of it: it still counts as asleep.
      if (state === CORE.offline || state === CORE.woken) frame.absent(slot, 'asleep');
      else frame.set(slot, stat.utilization[core + 1] ?? Number.NaN);
    }
    frame.set(this.#counterSlots[0] ?? -1, stat.contextSwitches);
    frame.set(this.#counterSlots[1] ?? -1, stat.interrupts);
    frame.set(this.#counterSlots[2] ?? -1, stat.softInterrupts);
  }

  /** Where a cgroup limits us, in a container for example, what we use is a share of the limit, not of the machine. */
  #readLimit(frame: FrameWriter, elapsedSeconds: number): void {
    const limit = this.#limit;
    if (!limit) return;
    let online = 0;
    for (let core = 0; core < this.#cores; core++) if (this.#isOnline(core)) online++;
    limit.update(online, elapsedSeconds);
    if (!limit.limits) return;
    if (limit.utilization >= 0) frame.set(this.#totalSlot, limit.utilization);
    else frame.absent(this.#totalSlot, limit.absence);
  }

  #readFrequency(frame: FrameWriter, elapsedSeconds: number): void {
    const frequency = this.#frequency;
    if (!frequency) {
      frame.absent(this.#averageSlot, 'unsupported');
      for (const slot of this.#frequencySlots) frame.absent(slot, 'unsupported');
      return;
    }
    frequency.update(this.#isOnline, elapsedSeconds);
    let sum = 0;
    let count = 0;
    let reason: Absence = 'failed';
    for (let core = 0; core < this.#cores; core++) {
      const slot = this.#frequencySlots[core] ?? -1;
      const mhz = frequency.mhz[core] ?? Number.NaN;
      if (!this.#isOnline(core)) {
        frame.absent(slot, 'asleep');
      } else if (mhz > 0) {
        frame.set(slot, mhz);
        sum += mhz;
        count++;
      } else {
        reason = frequency.absence(core);
        frame.absent(slot, reason);
      }
    }
    if (count > 0) frame.set(this.#averageSlot, sum / count);
    else frame.absent(this.#averageSlot, reason);
  }

  #readLoad(frame: FrameWriter, elapsedSeconds: number): void {
    const file = this.#loadFile;
    if (this.#loadPace.isDue(elapsedSeconds)) {
      this.#hasLoads = file?.read(this.#reader) === true;
      if (this.#hasLoads) parseLoadAverage(this.#reader, this.#loads);
    }
    for (let i = 0; i < this.#loads.length; i++) {
      const slot = this.#loadSlots[i] ?? -1;
      if (this.#hasLoads) frame.set(slot, this.#loads[i] ?? Number.NaN);
      else frame.absent(slot, file?.absence ?? 'failed');
    }
  }

  readonly #isOnline = (index: number): boolean => this.#stat.states[index + 1] !== CORE.offline;
}

/**
 * Kernel numbers of the cores to report: those present, running or not. A container whose `/proc/stat` is a file of
 * its own (lxcfs) has the cores listed there, while `/sys` still shows the host's.
 */
function listCpus(sysroot: Sysroot, running: readonly number[]): number[] {
  const present = isMountedOver(sysroot, '/proc/stat') ? [] : readPresent(sysroot);
  return [...new Set([...present, ...running])].sort((a, b) => a - b);
}

function listRunning(statText: string): number[] {
  return [...new Set([...statText.matchAll(/^cpu(\d{1,4}) /gm)].map(match => Number(match[1])))];
}

function isMountedOver(sysroot: Sysroot, file: string): boolean {
  try {
    return fs.statSync(sysroot.path(file)).dev !== fs.statSync(sysroot.path('/proc')).dev;
  } catch {
    return false;
  }
}

function readPresent(sysroot: Sysroot): number[] {
  try {
    return parseCpuList(fs.readFileSync(sysroot.path('/sys/devices/system/cpu/present'), 'latin1'));
  } catch {
    return [];
  }
}

/**
 * cpufreq if any core has it, else `/proc/cpuinfo` if it tells any clock. Where cpufreq keeps its readers waiting for each
 * core, `/proc/cpuinfo` is better, which lets them wait once for all; without it, one core a tick is asked.
 */
function findFrequencySource(sysroot: Sysroot, cpuIds: readonly number[]): FrequencySource | undefined {
  const hasCpufreq = cpuIds.some(id => fs.existsSync(sysroot.path(cpufreqPath(id))));
  if (hasCpufreq && !isCpufreqSlow(sysroot, cpuIds)) return new Cpufreq(sysroot, cpuIds);
  const cpuinfo = new ProcCpuinfo(sysroot, cpuIds);
  cpuinfo.update(() => true, Number.NaN);
  if (cpuinfo.hasAny) return cpuinfo;
  cpuinfo.close();
  return hasCpufreq ? new Cpufreq(sysroot, cpuIds, 1) : undefined;
}
