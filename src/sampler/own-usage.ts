import process from 'node:process';
import type { UsageMessage } from '../common/protocol.ts';
import { MIB, roundTo } from '../common/units.ts';

/** Length of the time over which the share is taken. */
const PERIOD_MS = 10_000;

/** What of a process is measured; {@link process} unless a test gives something else. */
export interface MeasuredProcess {
  /** Microseconds of CPU time since it began. */
  cpuUsage(): NodeJS.CpuUsage;
  readonly memoryUsage: { rss(): number };
}

/** Measures what this process costs, every ten seconds: two calls of the system, a few microseconds. */
export class OwnUsage {
  readonly #process: MeasuredProcess;
  #from: number;
  #microseconds: number;
  #latest: UsageMessage | undefined;

  /** @param nowMs on the monotonic clock */
  constructor(nowMs: number, measured: MeasuredProcess = process) {
    this.#process = measured;
    this.#from = nowMs;
    this.#microseconds = this.#cpuTime();
  }

  /** The latest measurement; `undefined` in the first ten seconds. */
  get latest(): UsageMessage | undefined {
    return this.#latest;
  }

  /** Measures when it is time to. @returns the measurement, when there is a new one */
  take(nowMs: number): UsageMessage | undefined {
    const elapsedMs = nowMs - this.#from;
    if (elapsedMs < PERIOD_MS) return undefined;
    const microseconds = this.#cpuTime();
    this.#latest = {
      cpuPercent: roundTo((microseconds - this.#microseconds) / (elapsedMs * 10), 3),
      rssMb: roundTo(this.#process.memoryUsage.rss() / MIB, 1),
      seconds: roundTo(elapsedMs / 1000, 1),
    };
    this.#from = nowMs;
    this.#microseconds = microseconds;
    return this.#latest;
  }

  #cpuTime(): number {
    const { user, system } = this.#process.cpuUsage();
    return user + system;
  }
}
