import type { Absence } from '../../common/frame.ts';
import type { Sysroot } from '../sysroot.ts';
import { type LimitSource, type Tightest, tightest } from './limit-source.ts';
import type { MemoryUsage } from './memory-usage.ts';
import type { Hierarchy, Level } from './own-cgroup.ts';

type FindSources = (sysroot: Sysroot, hierarchy: Hierarchy | undefined) => LimitSource[];
type UsageOf = new (sysroot: Sysroot, version: 1 | 2, level: Level) => MemoryUsage;

/** Memory or swap that is limited, in bytes. */
export class LimitedSpace {
  /** The limit; NaN where there is none. */
  total = Number.NaN;
  /** Never above {@link total}, even where the limit was set below what is in use. NaN when it cannot be read. */
  used = Number.NaN;
  /** Why {@link used} is not known. */
  absence: Absence = 'failed';
  /** Whether usage could not be read when it last was. */
  isLost = false;
  /** Whether there is a limit, but its usage cannot be read. */
  isUnmeasured = false;
  readonly #sysroot: Sysroot;
  readonly #find: FindSources;
  readonly #UsageOf: UsageOf;
  #hierarchy: Hierarchy | undefined;
  #sources: readonly LimitSource[] = [];
  #usage: MemoryUsage | undefined;
  #usagePath = '';

  constructor(sysroot: Sysroot, find: FindSources, usageOf: UsageOf) {
    this.#sysroot = sysroot;
    this.#find = find;
    this.#UsageOf = usageOf;
  }

  get isLimited(): boolean {
    return !Number.isNaN(this.total);
  }

  /** Our cgroup is there now. */
  locate(hierarchy: Hierarchy | undefined): void {
    this.close();
    this.isLost = false;
    this.#hierarchy = hierarchy;
    this.#sources = this.#find(this.#sysroot, hierarchy);
  }

  /** Reads the limits; one that does not `hold` is none. */
  look(holds: (limit: number) => boolean): Tightest {
    const found = tightest(this.#sources);
    const isLimited = holds(found.amount);
    if (!isLimited || !this.#follow(found.path)) {
      this.#unfollow();
      this.total = Number.NaN;
    } else {
      this.total = found.amount;
    }
    this.isUnmeasured = isLimited && !this.isLimited;
    return found;
  }

  /** Reads what is used, where there is a limit. */
  read(): void {
    this.used = Number.NaN;
    if (!this.#usage) return;
    this.used = Math.min(this.total, this.#usage.read());
    this.absence = this.#usage.absence;
    this.isLost = Number.isNaN(this.used);
  }

  close(): void {
    this.#unfollow();
    for (const source of this.#sources) source.close();
  }

  /** Measures the cgroup `path` from now on; false when its usage cannot be read. */
  #follow(path: string): boolean {
    if (this.#usage && path === this.#usagePath) return true;
    this.#unfollow();
    const level = this.#hierarchy?.levels.find(candidate => candidate.path === path);
    if (!this.#hierarchy || !level) return false;
    this.#usage = new this.#UsageOf(this.#sysroot, this.#hierarchy.version, level);
    this.#usagePath = path;
    return this.#usage.read() >= 0;
  }

  #unfollow(): void {
    this.#usage?.close();
    this.#usage = undefined;
    this.#usagePath = '';
  }
}
