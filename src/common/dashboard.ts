import { parseArrangement, type Arrangement } from './arrangement.ts';
import {
  isExportAnswer,
  isExportRequest,
  type ExportAnswer,
  type ExportRequest,
} from './dashboard-export.ts';
import { isSessionsResult } from './dashboard-sessions.ts';
import type {
  AdapterStatus,
  FrameMessage,
  LayoutMessage,
  Limits,
  RangeChunk,
  RangeResult,
  SessionsResult,
  UsageMessage,
  WorkloadMessage,
  WorkloadStatus,
} from './protocol.ts';

/**
 * Messages between the extension and a dashboard's webview.
 *
 * The webview says `ready` each time its script starts; the extension answers `sync`, and from then on sends `layout`,
 * `state`, `status`, `usage`, `workload` and `frame` as they change. The past is asked for by `range`; its points come in
 * pieces until `rangeDone` or `rangeFailed`, or nothing more after `cancelRange`. Nothing is sent to a hidden webview, nor to
 * one that says by `shown` that nobody can see it: one that becomes visible gets a new `sync`, and what it had asked for is
 * cancelled. Sessions are asked for in the same way, by
 * `sessions`, and come in one piece.
 *
 * Both sides check what they receive with {@link parseHostMessage} and {@link parseWebviewMessage}: a message that
 * does not have the shape declared here is dropped.
 */
export type HostMessage =
  | {
      readonly type: 'sync';
      /** `null` before the first connection to a sampler. */
      readonly layout: LayoutMessage | null;
      /** Latest tick of the layout; `null` before the first, and while there is no sampler. */
      readonly frame: FrameMessage | null;
      readonly state: SamplerState;
      readonly detail: string;
      /** Which machine is watched, in words: `this machine`, `remote machine over SSH`. */
      readonly machine: string;
      /** `null` before the first connection. */
      readonly status: DashboardStatus | null;
      /** `null` in the first seconds, and where the sampler does not tell. */
      readonly usage: UsageMessage | null;
      /** `null` before the first connection, and where the sampler does not classify. */
      readonly workload: WorkloadMessage | null;
    }
  | { readonly type: 'workload'; readonly workload: WorkloadMessage }
  | { readonly type: 'layout'; readonly layout: LayoutMessage }
  | {
      readonly type: 'state';
      readonly state: SamplerState;
      readonly detail: string;
      readonly machine: string;
    }
  | { readonly type: 'status'; readonly status: DashboardStatus }
  | { readonly type: 'usage'; readonly usage: UsageMessage }
  | { readonly type: 'frame'; readonly frame: FrameMessage }
  | { readonly type: 'rangeChunk'; readonly request: number; readonly chunk: RangeChunk }
  | { readonly type: 'rangeDone'; readonly request: number; readonly result: RangeResult }
  | { readonly type: 'rangeFailed'; readonly request: number; readonly why: string }
  | { readonly type: 'sessions'; readonly request: number; readonly result: SessionsResult }
  | { readonly type: 'sessionsFailed'; readonly request: number; readonly why: string }
  | ExportRequest;

/** What the webview tells the extension. */
export type WebviewMessage =
  | { readonly type: 'ready' }
  | {
      readonly type: 'range';
      /** Number that the answers carry. */
      readonly request: number;
      /** Milliseconds since 1970 UTC. */
      readonly from: number;
      readonly to: number;
      /** Most points that are wanted, 1 to {@link MOST_RANGE_POINTS}. */
      readonly points: number;
      readonly columns: readonly string[];
    }
  | { readonly type: 'cancelRange'; readonly request: number }
  | {
      readonly type: 'sessions';
      /** Number that the answer carries; those of ranges are others. */
      readonly request: number;
      /** Milliseconds since 1970 UTC. */
      readonly from: number;
      readonly to: number;
    }
  | { readonly type: 'cancelSessions'; readonly request: number }
  /** The user has laid out this dashboard: new ones begin with that. */
  | { readonly type: 'arranged'; readonly arrangement: Arrangement }
  | { readonly type: 'command'; readonly command: DashboardCommand }
  /** Whether it shows each core, so that they are to be read where they have no columns of their own. */
  | { readonly type: 'watchCores'; readonly watches: boolean }
  /** Whether the page can be seen; true when its script starts. VS Code knows of panels and tabs, not of windows behind others. */
  | { readonly type: 'shown'; readonly isShown: boolean }
  /** The user works in this dashboard: it is the one that a command is about. */
  | { readonly type: 'used' }
  | ExportAnswer;

/** Whether readings arrive, as the dashboard shows it. */
export type SamplerState = 'running' | 'starting' | 'stopped' | 'failed';

/** What the dashboard says of the sampler: why something cannot be read, and what 100 % means. */
export interface DashboardStatus {
  readonly adapters: readonly AdapterStatus[];
  readonly limits?: Limits;
  /** Time between ticks. */
  readonly intervalSeconds: number;
  /** Whether kinds of work are told apart; left out where the sampler cannot do it. */
  readonly workload?: Pick<WorkloadStatus, 'state' | 'why'>;
}

/** What a button in the dashboard may ask the extension to do. */
export type DashboardCommand =
  'start' | 'showLog' | 'correctWorkload' | 'workloadSettings' | 'exportPng' | 'exportCsv' | 'copySummary';

/** Most points that a webview may ask for. */
export const MOST_RANGE_POINTS = 2_000;
/** Most columns that it may ask for at a time: all cores of the largest machines. */
export const MOST_RANGE_COLUMNS = 2_000;
/** The last day of the year 9999. */
const LATEST_MS = 253_402_300_799_999;

const STATES: readonly unknown[] = ['running', 'starting', 'stopped', 'failed'] satisfies SamplerState[];
const COMMANDS: readonly unknown[] = [
  'start',
  'showLog',
  'correctWorkload',
  'workloadSettings',
  'exportPng',
  'exportCsv',
  'copySummary',
] satisfies DashboardCommand[];
const WORKLOAD_STATES: readonly unknown[] = ['on', 'off', 'failed'] satisfies WorkloadStatus['state'][];
const SOURCES: readonly unknown[] = ['rows', '1m', '10m'] satisfies RangeResult['source'][];

/** Checks a message from the extension; `undefined` when it is not one. */
export function parseHostMessage(value: unknown): HostMessage | undefined {
  if (!isRecord(value)) return undefined;
  const { type } = value;
  const valid =
    (type === 'sync' &&
      (value['layout'] === null || isLayout(value['layout'])) &&
      (value['frame'] === null || isFrame(value['frame'])) &&
      (value['workload'] === null || isWorkload(value['workload'])) &&
      (value['status'] === null || isStatus(value['status'])) &&
      (value['usage'] === null || isUsage(value['usage'])) &&
      isState(value)) ||
    (type === 'workload' && isWorkload(value['workload'])) ||
    (type === 'layout' && isLayout(value['layout'])) ||
    (type === 'state' && isState(value)) ||
    (type === 'status' && isStatus(value['status'])) ||
    (type === 'usage' && isUsage(value['usage'])) ||
    (type === 'frame' && isFrame(value['frame'])) ||
    (type === 'rangeChunk' && isRequest(value['request']) && isChunk(value['chunk'])) ||
    (type === 'rangeDone' && isRequest(value['request']) && isResult(value['result'])) ||
    (type === 'sessions' && isRequest(value['request']) && isSessionsResult(value['result'])) ||
    ((type === 'rangeFailed' || type === 'sessionsFailed') &&
      isRequest(value['request']) &&
      typeof value['why'] === 'string') ||
    (type === 'export' && isExportRequest(value));
  return valid ? (value as HostMessage) : undefined;
}

/** Checks a message from the webview; `undefined` when it is not one. */
export function parseWebviewMessage(value: unknown): WebviewMessage | undefined {
  if (!isRecord(value)) return undefined;
  const { type } = value;
  if (type === 'arranged') {
    const arrangement = parseArrangement(value['arrangement']);
    return arrangement && { type, arrangement };
  }
  const valid =
    type === 'ready' ||
    (type === 'range' && isRequest(value['request']) && isRange(value)) ||
    (type === 'sessions' && isRequest(value['request']) && isSpan(value)) ||
    ((type === 'cancelRange' || type === 'cancelSessions') && isRequest(value['request'])) ||
    (type === 'command' && COMMANDS.includes(value['command'])) ||
    (type === 'watchCores' && typeof value['watches'] === 'boolean') ||
    (type === 'shown' && typeof value['isShown'] === 'boolean') ||
    type === 'used' ||
    isExportAnswer(value);
  return valid ? (value as WebviewMessage) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRequest(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isBetween(value: unknown, least: number, greatest: number): value is number {
  return typeof value === 'number' && value >= least && value <= greatest;
}

function isSpan({ from, to }: Readonly<Record<string, unknown>>): boolean {
  return isBetween(from, 0, LATEST_MS) && isBetween(to, from, LATEST_MS);
}

function isRange(value: Readonly<Record<string, unknown>>): boolean {
  const { points, columns } = value;
  return (
    isSpan(value) &&
    isBetween(points, 1, MOST_RANGE_POINTS) &&
    isTexts(columns) &&
    columns.length <= MOST_RANGE_COLUMNS
  );
}

function isState(value: Readonly<Record<string, unknown>>): boolean {
  return (
    STATES.includes(value['state']) &&
    typeof value['detail'] === 'string' &&
    typeof value['machine'] === 'string'
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isReading(value: unknown): boolean {
  return value === null || Number.isFinite(value);
}

function isLayout(value: unknown): boolean {
  if (!isRecord(value) || !isTexts(value['columns'])) return false;
  const gpus = value['gpus'];
  return (
    Array.isArray(gpus) &&
    gpus.every(gpu => isRecord(gpu) && typeof gpu['name'] === 'string' && typeof gpu['vendor'] === 'string')
  );
}

function isStatus(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { adapters, limits, intervalSeconds, workload } = value;
  return (
    Array.isArray(adapters) &&
    adapters.every(isAdapter) &&
    Number.isFinite(intervalSeconds) &&
    (workload === undefined ||
      (isRecord(workload) && WORKLOAD_STATES.includes(workload['state']) && isText(workload['why']))) &&
    (limits === undefined ||
      (isRecord(limits) &&
        isPair(limits['cpu'], 'cores', 'hostCores') &&
        isPair(limits['memory'], 'mb', 'hostMb')))
  );
}

function isPair(value: unknown, one: string, other: string): boolean {
  return (
    value === undefined || (isRecord(value) && Number.isFinite(value[one]) && Number.isFinite(value[other]))
  );
}

function isAdapter(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { name, group, state, detail, remedy, limitations } = value;
  return (
    isTexts([name, group, state, detail]) &&
    isText(remedy) &&
    (limitations === undefined ||
      (Array.isArray(limitations) &&
        limitations.every(
          item => isRecord(item) && isTexts([item['what'], item['why']]) && isText(item['remedy']),
        )))
  );
}

function isUsage(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return ['cpuPercent', 'rssMb', 'seconds'].every(key => Number.isFinite(value[key]));
}

function isWorkload(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { current, categories, times } = value;
  return (
    (current === null || isClassification(current)) &&
    isTexts(categories) &&
    isRecord(times) &&
    Number.isFinite(times['atMs']) &&
    isNumbers(times['today']) &&
    isNumbers(times['week'])
  );
}

function isClassification(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { category, confidence, sinceMs, runnerUp, reasons, reasonData, probabilities } = value;
  return (
    typeof category === 'string' &&
    Number.isFinite(confidence) &&
    Number.isFinite(sinceMs) &&
    (runnerUp === undefined ||
      (isRecord(runnerUp) &&
        typeof runnerUp['category'] === 'string' &&
        Number.isFinite(runnerUp['confidence']))) &&
    isTexts(reasons) &&
    (reasonData === undefined || (Array.isArray(reasonData) && reasonData.every(isReason))) &&
    isNumbers(probabilities)
  );
}

function isReason(value: unknown): boolean {
  return isRecord(value) && typeof value['key'] === 'string' && isTexts(value['values']);
}

function isNumbers(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(item => Number.isFinite(item));
}

function isFrame(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { seq, utcMs, category, values, absent } = value;
  return (
    Number.isFinite(seq) &&
    Number.isFinite(utcMs) &&
    typeof category === 'string' &&
    typeof absent === 'string' &&
    Array.isArray(values) &&
    values.every(isReading)
  );
}

function isResult(value: unknown): value is RangeResult {
  return (
    isRecord(value) &&
    isTexts(value['columns']) &&
    isBetween(value['stepMs'], 1, LATEST_MS) &&
    SOURCES.includes(value['source'])
  );
}

function isChunk(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { head, times, categories, mean, min, max } = value;
  if (head !== undefined && !isResult(head)) return false;
  if (!Array.isArray(times) || !times.every(time => Number.isFinite(time))) return false;
  const isSeries = (series: unknown): boolean =>
    Array.isArray(series) &&
    series.every(row => Array.isArray(row) && row.length === times.length && row.every(isReading));
  return (
    isTexts(categories) &&
    categories.length === times.length &&
    isSeries(mean) &&
    (min === undefined || isSeries(min)) &&
    (max === undefined || isSeries(max))
  );
}
