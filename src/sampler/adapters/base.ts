import type { FrameWriter } from '../../common/frame.ts';
import type { Absence } from '../../common/frame.ts';
import type { InstanceCounts } from '../../common/layout.ts';
import type { MetricGroup } from '../../common/metrics.ts';
import type { Limits } from '../../common/protocol.ts';
import type { Sysroot } from '../sysroot.ts';

/** What an adapter may use of the outside. */
export interface AdapterContext {
  /** Where `/proc` and `/sys` are: `/`, or a fixture tree. */
  readonly sysroot: Sysroot;
  /** Reports something that a person looking for a fault would want to know. Never a path, name or address. */
  log(message: string): void;
}

/** A GPU as the interface shows it. */
export interface GpuInfo {
  /** Marketing name, as the driver gives it. */
  readonly name: string;
  readonly vendor: 'nvidia' | 'amd' | 'intel' | 'apple' | 'other';
}

/** A sensor or counter that an adapter cannot read, and what the user can do about it. */
export interface Limitation {
  readonly what: string;
  readonly why: string;
  readonly remedy?: string;
}

/** What an adapter found when it was opened. */
export interface AdapterInfo {
  readonly available: true;
  /** One line for `optimetrics doctor`: what was found. */
  readonly found: string;
  /** Instances this adapter brings; for GPUs, those of this adapter alone. */
  readonly instances?: Partial<InstanceCounts>;
  readonly gpus?: readonly GpuInfo[];
  readonly limitations?: readonly Limitation[];
}

/** Why an adapter has nothing to read. */
export interface Unavailable {
  readonly available: false;
  readonly reason: Absence;
  /** One line: what is missing. */
  readonly why: string;
  /** One line: what the user can do, where there is something. */
  readonly remedy?: string;
}

/** Finds the slot of a column; −1 where the layout does not have it. */
export interface SlotFinder {
  (column: string): number;
  /** Number of this adapter's first GPU; its others follow. */
  readonly firstGpu: number;
}

/**
 * Reads one kind of hardware.
 *
 * Life: `open` once; then `bind` whenever the layout was made anew; then `read` every tick; `close` at the end.
 */
export interface Adapter {
  /** Short lower-case name, used in the quarantine, the doctor and the bench: `cpu`, `nvidia`. */
  readonly name: string;
  readonly group: MetricGroup;
  /** Whether a native call is under way on another thread: the process's normal exit would wait for it. */
  readonly hasPendingCall?: boolean;
  /**
   * Whether devices have come or gone since `open`: the host closes the adapter after this tick, opens it again and makes
   * the layout anew. Looked at after every `read`.
   */
  readonly hasOtherDevices?: boolean;
  /**
   * What we may use of this hardware, where that is less than there is: values are shares of it. Looked at after every
   * `read`; another object means that it has changed.
   */
  readonly limits?: Limits | undefined;
  /** Probes the hardware once. Does not throw for hardware that is missing; says why instead. */
  open(context: AdapterContext): Promise<AdapterInfo | Unavailable>;
  /** Looks up the slots of this adapter's columns. */
  bind(slot: SlotFinder): void;
  /**
   * Reads everything once: synchronous, no processes, no allocation where it can be helped. A source that fails marks
   * its slots and does not throw; a throw marks all of the adapter's slots `failed` for this tick.
   *
   * @param elapsedSeconds time since the last read on the monotonic clock; NaN on the first
   */
  read(frame: FrameWriter, elapsedSeconds: number): void;
  close(): void;
}
