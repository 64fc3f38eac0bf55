import type { Absence } from '../../common/frame.ts';
import type { Limits } from '../../common/protocol.ts';
import { isContainer } from '../container.ts';
import { ascii, ByteReader } from '../proc/byte-reader.ts';
import { KeptFile } from '../proc/kept-file.ts';
import type { Sysroot } from '../sysroot.ts';
import { cpuQuotas, cpuSets } from './cpu-sources.ts';
import { type LimitSource, tightest } from './limit-source.ts';
import { type Hierarchy, OwnCgroup } from './own-cgroup.ts';
import { LIMITS_SECONDS, Pace } from './pace.ts';
import type { Unseen } from './unseen-limit.ts';

const USAGE_USEC = ascii('usage_usec ');
const MICROSECONDS = 1e6;
const NANOSECONDS = 1e9;

/**
 * How much CPU time our cgroup may use, and which share of that is used.
 *
 * The limit is the smallest of the quotas (`cpu.max`) and of the sizes of the cpusets of our own cgroup and of all above
 * it that can be seen, if it is below the number of the machine's cores. What is used is the CPU time of the cgroup that
 * has the limit, with everything that shares it (`usage_usec` of `cpu.stat`; `cpuacct.usage` in cgroup v1), so that 100 %
 * is where the kernel begins to hold us back.
 *
 * It counts whether or not we are in a container: what is started from here, a build in a window's terminal, is held to
 * the limit of a systemd slice or of a batch job in the same way. A desktop has no such limits, and shows the machine.
 */
export class CpuLimit {
  /** Percent of the limit that was used since the last update; NaN where there is no limit or nothing to compare with. */
  utilization = Number.NaN;
  /** Why there is a limit and no {@link utilization}. */
  absence: Absence = 'failed';
  /** Why there may be a limit that is not known; `undefined` when all is seen. */
  unseen: Unseen | undefined;
  readonly #sysroot: Sysroot;
  readonly #isContainer: boolean;
  readonly #cgroup: OwnCgroup;
  readonly #reader = new ByteReader(1024);
  readonly #pace = new Pace(LIMITS_SECONDS);
  #quotas: readonly LimitSource[] = [];
  #cpusets: readonly LimitSource[] = [];
  /** Where CPU time is counted. */
  #accounts: Hierarchy | undefined;
  #usage: KeptFile | undefined;
  #usagePath = '';
  #usedBefore = Number.NaN;
  #isLost = false;
  #limits: Limits | undefined;

  constructor(sysroot: Sysroot) {
    this.#sysroot = sysroot;
    this.#isContainer = isContainer(sysroot);
    this.#cgroup = new OwnCgroup(sysroot);
  }

  /** The limit; `undefined` where there is none below what the machine has. Another object when it has changed. */
  get limits(): Limits | undefined {
    return this.#limits;
  }

  /**
   * To be called once a tick. Does not throw.
   *
   * @param hostCores cores of the machine that are online
   * @param elapsedSeconds time since the last call; NaN on the first
   */
  update(hostCores: number, elapsedSeconds: number): void {
    if (this.#pace.isDue(elapsedSeconds)) this.#look(hostCores);
    this.utilization = Number.NaN;
    if (this.#limits?.cpu) this.#measure(this.#limits.cpu.cores, elapsedSeconds);
  }

  close(): void {
    this.#forget();
    this.#cgroup.close();
  }

  #look(hostCores: number): void {
    if (this.#cgroup.hasMoved() || this.#isLost) this.#locate();
    const quota = tightest(this.#quotas);
    const cpuset = tightest(this.#cpusets);
    const { amount, path } = quota.amount <= cpuset.amount ? quota : cpuset;
    const isLimited = amount < hostCores;
    const isMeasured = isLimited && this.#follow(path);
    this.unseen = undefined;
    if (quota.isDenied || cpuset.isDenied) this.unseen = 'denied';
    else if (isLimited && !isMeasured) this.unseen = 'unmeasured';
    else if (this.#isContainer && !quota.isSeen && !cpuset.isSeen) this.unseen = 'hidden';
    if (!isMeasured) {
      this.#unfollow();
      this.#limits = undefined;
    } else if (this.#limits?.cpu?.cores !== amount || this.#limits.cpu.hostCores !== hostCores) {
      this.#limits = { cpu: { cores: amount, hostCores } };
    }
  }

  #locate(): void {
    this.#forget();
    this.#isLost = false;
    this.#quotas = cpuQuotas(this.#sysroot, this.#cgroup.find('cpu'));
    this.#cpusets = cpuSets(this.#sysroot, this.#cgroup.find('cpuset'));
    this.#accounts = this.#cgroup.find('cpuacct');
  }

  /** Measures the cgroup `path` from now on; false when its CPU time cannot be read. */
  #follow(path: string): boolean {
    if (this.#usage && path === this.#usagePath) return true;
    this.#unfollow();
    // Hierarchies of cgroup v1 are apart, but whoever sets limits uses the same path in each.
    const level = this.#accounts?.levels.find(candidate => candidate.path === path);
    if (!level) return false;
    const name = this.#accounts?.version === 2 ? 'cpu.stat' : 'cpuacct.usage';
    this.#usage = new KeptFile(this.#sysroot.path(`${level.directory}/${name}`));
    this.#usagePath = path;
    return this.#readUsage() >= 0;
  }

  #measure(cores: number, elapsedSeconds: number): void {
    const used = this.#readUsage();
    const passed = used - this.#usedBefore;
    this.#usedBefore = used;
    if (Number.isNaN(used)) {
      // The cgroup is gone, or we have left it: see at the next tick where we are.
      this.absence = this.#usage?.absence ?? 'failed';
      this.#isLost = true;
      this.#pace.hurry();
    } else if (passed >= 0 && elapsedSeconds > 0) {
      // A burst may use what earlier periods have left over.
      this.utilization = Math.min(100, (100 * passed) / (elapsedSeconds * cores));
    } else {
      this.absence = 'failed';
    }
  }

  /** CPU time of the cgroup since it was made, in seconds; NaN when it cannot be read. */
  #readUsage(): number {
    const reader = this.#reader;
    if (this.#usage?.read(reader) !== true) return Number.NaN;
    if (this.#accounts?.version === 1) return reader.unsigned() / NANOSECONDS;
    do {
      if (reader.take(USAGE_USEC)) return reader.unsigned() / MICROSECONDS;
    } while (reader.nextLine());
    return Number.NaN;
  }

  #unfollow(): void {
    this.#usage?.close();
    this.#usage = undefined;
    this.#usagePath = '';
    this.#usedBefore = Number.NaN;
  }

  #forget(): void {
    this.#unfollow();
    for (const source of [...this.#quotas, ...this.#cpusets]) source.close();
  }
}
