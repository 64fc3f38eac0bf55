import type { Event } from 'vscode';
import type { DashboardStatus, SamplerState } from '../../common/dashboard.ts';
import type {
  FrameMessage,
  LayoutMessage,
  RangeChunk,
  RangeParams,
  RangeResult,
  SessionsParams,
  SessionsResult,
  UsageMessage,
  WorkloadMessage,
} from '../../common/protocol.ts';

/** Where a dashboard gets its readings from: this window's connection to the sampler. */
export interface DashboardSource {
  /** Latest layout; `undefined` before the first connection. */
  readonly layout: LayoutMessage | undefined;
  /** Latest tick of it; `undefined` before the first, and while there is no sampler. */
  readonly frame: FrameMessage | undefined;
  readonly state: SamplerState;
  /** Why it failed or starts anew, and what the user can do; empty where there is nothing to say. */
  readonly detail: string;
  /** Which machine is watched, in words. */
  readonly machine: string;
  /** `undefined` before the first connection. */
  readonly status: DashboardStatus | undefined;
  /** What the sampler costs; `undefined` where it has not told yet. */
  readonly usage: UsageMessage | undefined;
  /** The kind of work; `undefined` before the first connection, and where the sampler does not classify. */
  readonly workload: WorkloadMessage | undefined;
  readonly onFrame: Event<FrameMessage>;
  readonly onWorkload: Event<WorkloadMessage>;
  /** Fires before the first frame that has the new columns. */
  readonly onLayout: Event<LayoutMessage>;
  /** Fires when {@link state} or {@link detail} has changed. */
  readonly onState: Event<void>;
  /** Fires when {@link status} has changed. */
  readonly onStatus: Event<unknown>;
  readonly onUsage: Event<UsageMessage>;
  /**
   * Whether somebody shows each core; they are read for as long as anybody does.
   *
   * @param who who it is that shows them, or no longer
   */
  watchCores(who: object, watches: boolean): void;
  /**
   * Asks for a span of time. Rejects when the sampler cannot answer, when the connection ends before it has, and when
   * `signal` ends it.
   *
   * @param take gets the points, in order, in pieces
   */
  range(
    params: Omit<RangeParams, 'token'>,
    take: (chunk: RangeChunk) => void,
    signal: AbortSignal,
  ): Promise<RangeResult>;
  /** Asks for the sessions of a span of time; rejects as {@link range} does. */
  sessions(params: SessionsParams, signal: AbortSignal): Promise<SessionsResult>;
}
