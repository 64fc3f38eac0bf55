import fs from 'node:fs';

/** Nanoseconds in a tick of `/proc/<pid>/stat`: USER_HZ is 100 on every architecture Node runs on, see proc(5). */
const NS_PER_CLOCK_TICK = 1e7;

/** Memory of a process, from `/proc/<pid>/smaps_rollup`, in KiB. */
export interface MemoryUse {
  /** All that is in RAM, shared parts in full. */
  readonly rssKib: number;
  /** The same with each shared page divided by the number of its users. */
  readonly pssKib: number;
  /** Pages that no other process has: what would become free if it ended. */
  readonly privateKib: number;
}

/** Time on the CPU of a thread in ns, from its `schedstat`. @throws Error for anything else */
export function parseSchedstat(text: string): number {
  const running = /^(\d+) \d+ \d+/.exec(text)?.[1];
  if (running === undefined) throw new Error('schedstat is not three numbers');
  return Number(running);
}

/**
 * CPU time of the children that a process has waited for, in ns, from its `stat`: fields 16 and 17, see proc_pid_stat(5).
 *
 * @throws Error for anything else
 */
export function parseChildrenTime(text: string): number {
  // The second field is the name in brackets and may hold anything; field 3 follows it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[13]) + Number(fields[14]);
  if (!Number.isFinite(ticks)) throw new Error('stat has too few fields');
  return ticks * NS_PER_CLOCK_TICK;
}

/** @throws Error where a line is missing */
export function parseSmapsRollup(text: string): MemoryUse {
  const kib = (name: string): number => {
    const value = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`smaps_rollup has no ${name}`);
    return Number(value);
  };
  return {
    rssKib: kib('Rss'),
    pssKib: kib('Pss'),
    privateKib: kib('Private_Clean') + kib('Private_Dirty'),
  };
}

/** Memory of a process now. @throws the system's error when it has ended */
export function readMemory(pid: number): MemoryUse {
  return parseSmapsRollup(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'));
}

/**
 * Adds up what a process uses of the CPU: all its threads in nanoseconds, those included that have ended between two
 * readings, and the children it has waited for.
 */
export class CpuMeter {
  readonly #pid: number;
  readonly #threads = new Map<string, number>();

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** CPU time since the process started, in ns. @throws the system's error when it has ended */
  read(): number {
    for (const thread of fs.readdirSync(`/proc/${this.#pid}/task`)) {
      try {
        const text = fs.readFileSync(`/proc/${this.#pid}/task/${thread}/schedstat`, 'latin1');
        this.#threads.set(thread, parseSchedstat(text));
      } catch {
        // It has ended since the folder was read: what it had used until the last reading stays counted.
      }
    }
    const own = [...this.#threads.values()].reduce((sum, ns) => sum + ns, 0);
    return own + parseChildrenTime(fs.readFileSync(`/proc/${this.#pid}/stat`, 'latin1'));
  }
}
