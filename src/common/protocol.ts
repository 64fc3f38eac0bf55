import { NotificationType, ProgressType, RequestType, RequestType0 } from 'vscode-jsonrpc';
import type { Config } from './config/schema.ts';
import type { Absence } from './frame.ts';
import type { InstanceCounts } from './layout.ts';
import type { SyncStatus } from './sync-protocol.ts';
import type { Category, Classification, WorkloadSpan, WorkloadTimes } from './workload.ts';
import type { WorkloadSession } from './workload-session.ts';

/**
 * Messages between the sampler and its clients (windows, terminals): JSON-RPC over the local socket.
 *
 * A connection starts with {@link Hello}; any other message before it ends the connection. {@link PROTOCOL_VERSION}
 * changes when a message changes its meaning; a field that is added does not change it.
 */
export const PROTOCOL_VERSION = 1;

export interface HelloParams {
  readonly protocol: number;
  /** Contents of the token file: proof that the client may read this user's files. */
  readonly token: string;
  readonly client: 'window' | 'terminal';
  /** The client's package version, `major.minor.patch`. */
  readonly version: string;
}

export interface HelloResult {
  readonly protocol: number;
  readonly version: string;
  /** Process number of the sampler, for ending it when it hangs. */
  readonly pid: number;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly config: Config;
}

/** Must be the first message. Fails with {@link ErrorCode.denied} or {@link ErrorCode.protocol}. */
export const Hello = new RequestType<HelloParams, HelloResult, void>('hello');

/** Error codes of our own, outside the range JSON-RPC reserves. */
export const ErrorCode = { denied: 1, protocol: 2, cancelled: 3, failed: 4 } as const;

/** The columns of the frames that follow. Sent again whenever a device appears. */
export interface LayoutMessage {
  readonly columns: readonly string[];
  /** In the order of their numbers. */
  readonly gpus: readonly { readonly name: string; readonly vendor: string }[];
}

/** One tick. `values` follows the layout's columns, `null` where there is none. */
export interface FrameMessage {
  readonly seq: number;
  /** Moment of sampling, milliseconds since 1970 UTC. */
  readonly utcMs: number;
  readonly category: string;
  readonly values: readonly (number | null)[];
  /** Why each `null` is none, in their order; a letter each: `u`nsupported, a`s`leep, `d`enied, `f`ailed. */
  readonly absent: string;
}

export interface SubscribeResult {
  readonly layout: LayoutMessage;
  /** The latest tick; `null` before the first. */
  readonly frame: FrameMessage | null;
  readonly status: SamplerStatus;
  /** Left out by a sampler that does not classify. */
  readonly workload?: WorkloadMessage;
  /** Left out in the first seconds of a sampler. */
  readonly usage?: UsageMessage;
}

/**
 * From now on the client gets {@link FrameNotification}, {@link LayoutNotification}, {@link StatusNotification},
 * {@link WorkloadNotification} and {@link UsageNotification}.
 */
export const Subscribe = new RequestType0<SubscribeResult, void>('subscribe');
export const Unsubscribe = new RequestType0<null, void>('unsubscribe');

export const FrameNotification = new NotificationType<FrameMessage>('frame');
export const LayoutNotification = new NotificationType<LayoutMessage>('layout');
export const StatusNotification = new NotificationType<SamplerStatus>('status');

/** Which kind of work the machine is doing. Sent when the answer has changed, and at midnight of the local day. */
export interface WorkloadMessage {
  /** `null` while there is no answer: classification is off, or has just begun. */
  readonly current: Classification | null;
  /** The classes that are told apart. */
  readonly categories: readonly Category[];
  readonly times: WorkloadTimes;
}
export const WorkloadNotification = new NotificationType<WorkloadMessage>('workload');

/** What the sampler itself costs. Sent about every ten seconds to clients that have subscribed. */
export interface UsageMessage {
  /** Time of one core that its process took, all its threads together, as a share of the time that went by; in percent. */
  readonly cpuPercent: number;
  /** Memory of its process that is resident, MB of 2^20 bytes. */
  readonly rssMb: number;
  /** Length of the time that {@link cpuPercent} is about. */
  readonly seconds: number;
}
export const UsageNotification = new NotificationType<UsageMessage>('usage');

/** Importance of a log line, the least first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A line for the log channel. Never holds a path, a name or an address. */
export interface LogMessage {
  readonly level: LogLevel;
  readonly message: string;
}
export const LogNotification = new NotificationType<LogMessage>('log');

/** How one adapter is doing. */
export interface AdapterStatus {
  readonly name: string;
  readonly group: string;
  /**
   * `ok`; an {@link Absence}; `opening` while a slow driver answers; `left-out` after a death in its call, until it is
   * tried again; `quarantined` after the second, until the next manual start; `off` where settings say so.
   */
  readonly state: 'ok' | 'opening' | 'left-out' | 'quarantined' | 'off' | Absence;
  /** What was found, or what is missing. */
  readonly detail: string;
  readonly remedy?: string;
  readonly limitations?: readonly { readonly what: string; readonly why: string; readonly remedy?: string }[];
  /** How many cores, GPUs or file systems it has found, whether they have columns of their own or not. */
  readonly instances?: Partial<InstanceCounts>;
}

/** How the log is doing. */
export interface LogStatus {
  /** `off`: nobody asked for it. `waiting`: the machine's identity is still being read. `paused`: see `why`. */
  readonly state: 'writing' | 'paused' | 'waiting' | 'off';
  readonly why?: string;
  /** Name of the file being written, without its folder. */
  readonly file?: string;
  readonly rowsWritten: number;
}

/**
 * What the sampler's cgroup may use, where that is less than the machine has: in a container, a systemd slice, a batch
 * job. CPU utilization and memory are shares of the limit then.
 */
export interface Limits {
  /** CPU time a second, in cores, of which a quota may be a fraction; `hostCores` are those that are online. */
  readonly cpu?: { readonly cores: number; readonly hostCores: number };
  /** MB of 2^20 bytes. */
  readonly memory?: { readonly mb: number; readonly hostMb: number };
}

/** How the classification of workloads is doing. */
export interface WorkloadStatus {
  /** `failed`: see `why`; everything else goes on. */
  readonly state: 'on' | 'off' | 'failed';
  readonly why?: string;
  /** Corrections of the user that are kept on this machine. */
  readonly corrections: number;
}

export interface SamplerStatus {
  readonly adapters: readonly AdapterStatus[];
  readonly log: LogStatus;
  /** Left out while `cloud.enabled` is false, and by a sampler that does not upload. */
  readonly sync?: SyncStatus;
  /** Left out by a sampler that does not classify. */
  readonly workload?: WorkloadStatus;
  /** 32 hex digits; empty while it is being read. */
  readonly hardwareId: string;
  /** Time between ticks. */
  readonly intervalSeconds: number;
  /** Whether the sampler runs inside a container, as far as it can tell. */
  readonly container: boolean;
  /** Left out where nothing is limited. */
  readonly limits?: Limits;
  readonly clients: number;
}

export interface HistoryParams {
  /** Span back from now, at most 3600. */
  readonly seconds: number;
  /** Names of the columns wanted; all gauges when left out. */
  readonly columns?: readonly string[];
}

/** Series of the last hour's ring. `series[i][k]` is the value of `columns[i]` at `times[k]`, `null` where there was none. */
export interface HistoryResult {
  /** Moments of sampling, milliseconds since 1970 UTC, ascending. */
  readonly times: readonly number[];
  readonly columns: readonly string[];
  readonly series: readonly (readonly (number | null)[])[];
  /** Classes of the same time, in its order; nothing where there was no answer. Left out by a sampler that does not classify. */
  readonly workload?: readonly WorkloadSpan[];
}
export const History = new RequestType<HistoryParams, HistoryResult, void>('history');

/** A span of time out of memory, the log or its rollups, whichever fits its length. */
export interface RangeParams {
  /** Milliseconds since 1970 UTC. */
  readonly from: number;
  readonly to: number;
  /** Names of the columns wanted; those of the rollups when left out. Over more than some hours there are no others. */
  readonly columns?: readonly string[];
  /** Most points that are wanted; 1,000 when left out. */
  readonly points?: number;
  /** Chosen by the client: {@link RangeChunks} come under it. */
  readonly token: number;
}

/**
 * Some points of a range, which follow those of the chunk before. A point stands for the time from its own to the next.
 * `mean[i][k]` is the mean of column `i` over the time that `times[k]` stands for, `null` where nothing was recorded;
 * `min` and `max` likewise, left out where nothing changed within a point.
 */
export interface RangeChunk {
  /** In the first chunk: what all of them have in common, which the answer says again. */
  readonly head?: RangeResult;
  /** Milliseconds since 1970 UTC, ascending by the step of {@link RangeResult}. */
  readonly times: readonly number[];
  /** Workload class in force for the longest; empty for none. */
  readonly categories: readonly string[];
  readonly mean: readonly (readonly (number | null)[])[];
  readonly min?: readonly (readonly (number | null)[])[];
  readonly max?: readonly (readonly (number | null)[])[];
}

/** What all chunks of a range have in common; comes with the first and after the last of them. */
export interface RangeResult {
  /** The columns of the chunks' series: those wanted, as far as there is anything of them. */
  readonly columns: readonly string[];
  readonly stepMs: number;
  readonly source: 'rows' | '1m' | '10m';
}

/**
 * Asks for a range. Its points come as progress, {@link RangeChunks}; the answer when all have been sent. Can be
 * cancelled, and then fails with {@link ErrorCode.cancelled}; with {@link ErrorCode.failed} when the log cannot be read.
 */
export const Range = new RequestType<RangeParams, RangeResult, void>('range');
export const RangeChunks = new ProgressType<RangeChunk>();

/** The sessions of a span of time. */
export interface SessionsParams {
  /** Milliseconds since 1970 UTC. */
  readonly from: number;
  readonly to: number;
  /** Most sessions that are wanted, of more the latest; 1,000 when left out. */
  readonly most?: number;
}

export interface SessionsResult {
  /** To which length they are told apart: one minute, or ten where the span is longer than some days. */
  readonly stepMs: number;
  /** In order of time. */
  readonly sessions: readonly WorkloadSession[];
  /** Number of earlier ones in the span that are left out. */
  readonly earlier: number;
}

/**
 * Lists the sessions of a span, out of the log's rollups and the sampler's memory. Can be cancelled, and then fails with
 * {@link ErrorCode.cancelled}; with {@link ErrorCode.failed} when the log cannot be read.
 */
export const Sessions = new RequestType<SessionsParams, SessionsResult, void>('sessions');

/**
 * From now on the frames of this client have the utilization of each core, or no longer, also where cores have no columns
 * of their own because there are many: they come after the other columns, and a layout says so first. History and ranges
 * have nothing of them. A sampler whose settings say that there are to be no columns of cores does not do it.
 */
export const WatchCores = new RequestType<{ readonly watches: boolean }, null, void>('watchCores');

/** Replaces the settings of the running sampler. */
export const Configure = new RequestType<Config, null, void>('configure');

/** What the last minutes were, by the user's own word: three at most, and none before the latest change. */
export interface CorrectWorkloadParams {
  readonly category: Category;
}

/** Keeps a correction on this machine; answers how many there are now. Fails when there is nothing to learn from. */
export const CorrectWorkload = new RequestType<CorrectWorkloadParams, { readonly corrections: number }, void>(
  'correctWorkload',
);

/** Deletes all corrections; answers how many there were. */
export const ForgetCorrections = new RequestType0<{ readonly forgotten: number }, void>('forgetCorrections');

/** A manual start: adapters in quarantine are tried again. */
export const ClearQuarantine = new RequestType0<null, void>('clearQuarantine');

/** Asks the sampler to end. With `ifLast`, only when no other client is connected. */
export const Retire = new RequestType<
  { readonly ifLast: boolean; readonly reason: string },
  { readonly ending: boolean },
  void
>('retire');

/** The sampler is about to end and frees the socket; clients connect anew after a moment. */
export const RetiringNotification = new NotificationType<{ readonly reason: string }>('retiring');
