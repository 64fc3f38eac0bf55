import type { Limits } from '../../common/protocol.ts';
import { MIB } from '../../common/units.ts';
import { isContainer } from '../container.ts';
import type { Sysroot } from '../sysroot.ts';
import { LimitedSpace } from './limited-space.ts';
import { memoryMaxima, swapMaxima } from './memory-sources.ts';
import { SwapUsage, WorkingSet } from './memory-usage.ts';
import { OwnCgroup } from './own-cgroup.ts';
import { LIMITS_SECONDS, Pace } from './pace.ts';
import type { Unseen } from './unseen-limit.ts';

/**
 * How much memory and swap our cgroup may use, and how much it does.
 *
 * The limit is the smallest of our own cgroup and of all above it that can be seen, if it is below what the machine has;
 * usage is that of the cgroup that has the limit, with everything that shares it. Memory and swap are apart: either may
 * be limited without the other. Limits count in a container and outside of one, as those of the CPU do.
 */
export class MemoryLimit {
  readonly memory: LimitedSpace;
  readonly swap: LimitedSpace;
  /** Why there may be a limit of memory that is not known; `undefined` when all is seen. */
  unseen: Unseen | undefined;
  readonly #isContainer: boolean;
  readonly #cgroup: OwnCgroup;
  readonly #pace = new Pace(LIMITS_SECONDS);
  #limits: Limits | undefined;

  constructor(sysroot: Sysroot) {
    this.#isContainer = isContainer(sysroot);
    this.#cgroup = new OwnCgroup(sysroot);
    this.memory = new LimitedSpace(sysroot, memoryMaxima, WorkingSet);
    this.swap = new LimitedSpace(sysroot, swapMaxima, SwapUsage);
  }

  /** The limit of memory; `undefined` where there is none below what the machine has. Another object when it has changed. */
  get limits(): Limits | undefined {
    return this.#limits;
  }

  /**
   * To be called once a tick. Does not throw.
   *
   * @param hostBytes memory of the machine
   * @param hostSwapBytes its swap
   * @param elapsedSeconds time since the last call; NaN on the first
   */
  update(hostBytes: number, hostSwapBytes: number, elapsedSeconds: number): void {
    if (this.#pace.isDue(elapsedSeconds)) this.#look(hostBytes, hostSwapBytes);
    this.memory.read();
    this.swap.read();
    // A cgroup is gone, or we have left it: see at the next tick where we are.
    if (this.memory.isLost || this.swap.isLost) this.#pace.hurry();
  }

  close(): void {
    this.memory.close();
    this.swap.close();
    this.#cgroup.close();
  }

  #look(hostBytes: number, hostSwapBytes: number): void {
    if (this.#cgroup.hasMoved() || this.memory.isLost || this.swap.isLost) {
      const hierarchy = this.#cgroup.find('memory');
      this.memory.locate(hierarchy);
      this.swap.locate(hierarchy);
    }
    // The kernel takes a limit of nothing, and kills what is in the cgroup: it cannot be ours.
    const found = this.memory.look(limit => limit > 0 && limit < hostBytes);
    // Most machines have no swap, and no limit of it to look for.
    if (hostSwapBytes > 0 || this.swap.isLimited) this.swap.look(limit => limit < hostSwapBytes);
    this.unseen = undefined;
    if (found.isDenied) this.unseen = 'denied';
    else if (this.memory.isUnmeasured) this.unseen = 'unmeasured';
    else if (this.#isContainer && !found.isSeen) this.unseen = 'hidden';
    if (!this.memory.isLimited) {
      this.#limits = undefined;
      return;
    }
    const mb = Math.round(this.memory.total / MIB);
    const hostMb = Math.round(hostBytes / MIB);
    if (this.#limits?.memory?.mb === mb && this.#limits.memory.hostMb === hostMb) return;
    this.#limits = { memory: { mb, hostMb } };
  }
}
