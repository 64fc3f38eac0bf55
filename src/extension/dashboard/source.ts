import type { Event } from 'vscode';
import type { SamplerState } from '../../common/dashboard.ts';
import type {
  FrameMessage,
  HistoryParams,
  HistoryResult,
  LayoutMessage,
  WorkloadMessage,
} from '../../common/protocol.ts';

/** Where the dashboard gets its readings from: this window's connection to the sampler. */
export interface DashboardSource {
  /** Latest layout; `undefined` before the first connection. */
  readonly layout: LayoutMessage | undefined;
  readonly state: SamplerState;
  /** Why it failed or starts anew, and what the user can do; empty where there is nothing to say. */
  readonly detail: string;
  /** Which machine is watched, in words. */
  readonly machine: string;
  /** The kind of work; `undefined` before the first connection, and where the sampler does not classify. */
  readonly workload: WorkloadMessage | undefined;
  readonly onFrame: Event<FrameMessage>;
  readonly onWorkload: Event<WorkloadMessage>;
  /** Fires before the first frame that has the new columns. */
  readonly onLayout: Event<LayoutMessage>;
  /** Fires when {@link state} or {@link detail} has changed. */
  readonly onState: Event<void>;
  /** Rejects when the sampler cannot answer, also when the connection ends before it has. */
  history(params: HistoryParams): Promise<HistoryResult>;
}
