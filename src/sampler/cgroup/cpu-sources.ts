import type { Absence } from '../../common/frame.ts';
import type { ByteReader } from '../proc/byte-reader.ts';
import type { Sysroot } from '../sysroot.ts';
import { LimitFile } from './limit-file.ts';
import type { LimitSource } from './limit-source.ts';
import type { Hierarchy, Level } from './own-cgroup.ts';

/** The CPU quotas of a hierarchy's cgroups, in cores. */
export function cpuQuotas(sysroot: Sysroot, hierarchy: Hierarchy | undefined): LimitSource[] {
  if (!hierarchy) return [];
  const Quota = hierarchy.version === 2 ? UnifiedQuota : LegacyQuota;
  return hierarchy.levels.map(level => new Quota(sysroot, level));
}

/** The sets of CPUs of a hierarchy's cgroups: how many each has. */
export function cpuSets(sysroot: Sysroot, hierarchy: Hierarchy | undefined): LimitSource[] {
  if (!hierarchy) return [];
  // cgroup-v2.rst, “Cpuset”: what a cgroup is really granted. cgroup v1 tells that since Linux 3.17.
  const names =
    hierarchy.version === 2 ? ['cpuset.cpus.effective'] : ['cpuset.effective_cpus', 'cpuset.cpus'];
  return hierarchy.levels.map(level => new CpuSet(sysroot, level, names));
}

/**
 * `cpu.max` of cgroup v2: `50000 100000`, microseconds of CPU time in each period of so many; `max 100000` without a
 * limit. See cgroup-v2.rst, “CPU Interface Files”.
 */
class UnifiedQuota implements LimitSource {
  readonly path: string;
  absence: Absence | undefined;
  readonly #file: LimitFile;

  constructor(sysroot: Sysroot, { path, directory }: Level) {
    this.path = path;
    this.#file = new LimitFile(sysroot, `${directory}/cpu.max`);
  }

  read(reader: ByteReader): number {
    this.absence = this.#file.read(reader) ? undefined : this.#file.absence;
    if (this.absence !== undefined) return Number.NaN;
    const quota = reader.unsigned();
    return coresOf(quota, reader.unsigned());
  }

  close(): void {
    this.#file.close();
  }
}

/**
 * `cpu.cfs_quota_us` and `cpu.cfs_period_us` of cgroup v1: the same in two files, −1 without a limit. See
 * sched-bwc.rst.
 */
class LegacyQuota implements LimitSource {
  readonly path: string;
  absence: Absence | undefined;
  readonly #quota: LimitFile;
  readonly #period: LimitFile;

  constructor(sysroot: Sysroot, { path, directory }: Level) {
    this.path = path;
    this.#quota = new LimitFile(sysroot, `${directory}/cpu.cfs_quota_us`);
    this.#period = new LimitFile(sysroot, `${directory}/cpu.cfs_period_us`);
  }

  read(reader: ByteReader): number {
    this.absence = this.#quota.read(reader) ? undefined : this.#quota.absence;
    if (this.absence !== undefined) return Number.NaN;
    const quota = reader.unsigned();
    // Without a quota, as almost everywhere, the period says nothing.
    if (Number.isNaN(quota) || !this.#period.read(reader)) return Number.NaN;
    return coresOf(quota, reader.unsigned());
  }

  close(): void {
    this.#quota.close();
    this.#period.close();
  }
}

class CpuSet implements LimitSource {
  readonly path: string;
  absence: Absence | undefined;
  readonly #files: readonly LimitFile[];

  /** @param names files that tell, the best first */
  constructor(sysroot: Sysroot, { path, directory }: Level, names: readonly string[]) {
    this.path = path;
    this.#files = names.map(name => new LimitFile(sysroot, `${directory}/${name}`));
  }

  read(reader: ByteReader): number {
    for (const file of this.#files) {
      this.absence = file.read(reader) ? undefined : file.absence;
      if (this.absence === undefined) return countCpus(reader.bytes.toString('latin1', 0, reader.end));
    }
    return Number.NaN;
  }

  close(): void {
    for (const file of this.#files) file.close();
  }
}

/** A quota of nothing is refused by the kernel, and a share of nothing has no meaning. */
function coresOf(quota: number, period: number): number {
  const cores = quota / period;
  return cores > 0 && Number.isFinite(cores) ? cores : Number.NaN;
}

/**
 * How many CPUs a list like `0-3,8-11` names.
 *
 * @returns NaN for an empty list, and for one that is cut off or no ascending list at all
 */
export function countCpus(list: string): number {
  if (!/^\d{1,6}(?:-\d{1,6})?(?:,\d{1,6}(?:-\d{1,6})?)*\n/.test(list)) return Number.NaN;
  let count = 0;
  let next = 0;
  for (const part of list.slice(0, list.indexOf('\n')).split(',')) {
    const [first = Number.NaN, last = first] = part.split('-').map(Number);
    if (first < next || last < first) return Number.NaN;
    count += last - first + 1;
    next = last + 1;
  }
  return count;
}
