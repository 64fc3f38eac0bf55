import type { FrameMessage, HistoryResult, LayoutMessage, WorkloadMessage } from './protocol.ts';

/**
 * Messages between the extension and the dashboard's webview.
 *
 * The webview says `ready` each time its script starts; the extension answers `sync`, and from then on sends `layout`,
 * `state`, `workload` and `frame` as they change. The webview asks for history once it knows the columns it draws. Nothing is
 * sent to a hidden webview: one that becomes visible gets a new `sync`.
 *
 * Both sides check what they receive with {@link parseHostMessage} and {@link parseWebviewMessage}: a message that
 * does not have the shape declared here is dropped.
 */
export type HostMessage =
  | {
      readonly type: 'sync';
      /** `null` before the first connection to a sampler. */
      readonly layout: LayoutMessage | null;
      readonly state: SamplerState;
      readonly detail: string;
      /** Which machine is watched, in words: `this machine`, `remote machine over SSH`. */
      readonly machine: string;
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
  | { readonly type: 'frame'; readonly frame: FrameMessage }
  | { readonly type: 'history'; readonly request: number; readonly history: HistoryResult }
  | { readonly type: 'historyFailed'; readonly request: number; readonly why: string };

/** What the webview tells the extension. */
export type WebviewMessage =
  | { readonly type: 'ready' }
  | {
      readonly type: 'history';
      /** Number that the answer carries. */
      readonly request: number;
      /** Span back from now, 1 to {@link LONGEST_HISTORY_SECONDS}. */
      readonly seconds: number;
      readonly columns: readonly string[];
    }
  | { readonly type: 'command'; readonly command: DashboardCommand };

/** Whether readings arrive, as the dashboard shows it. */
export type SamplerState = 'running' | 'starting' | 'stopped' | 'failed';

/** What a button in the dashboard may ask the extension to do. */
export type DashboardCommand = 'start' | 'showLog' | 'correctWorkload';

/** How far back a webview may ask: as far as the sampler's ring reaches. */
export const LONGEST_HISTORY_SECONDS = 3600;

const STATES: readonly unknown[] = ['running', 'starting', 'stopped', 'failed'] satisfies SamplerState[];
const COMMANDS: readonly unknown[] = ['start', 'showLog', 'correctWorkload'] satisfies DashboardCommand[];

/** Checks a message from the extension; `undefined` when it is not one. */
export function parseHostMessage(value: unknown): HostMessage | undefined {
  if (!isRecord(value)) return undefined;
  const { type } = value;
  const valid =
    (type === 'sync' &&
      (value['layout'] === null || isLayout(value['layout'])) &&
      (value['workload'] === null || isWorkload(value['workload'])) &&
      isState(value)) ||
    (type === 'workload' && isWorkload(value['workload'])) ||
    (type === 'layout' && isLayout(value['layout'])) ||
    (type === 'state' && isState(value)) ||
    (type === 'frame' && isFrame(value['frame'])) ||
    (type === 'history' && isRequest(value['request']) && isHistory(value['history'])) ||
    (type === 'historyFailed' && isRequest(value['request']) && typeof value['why'] === 'string');
  return valid ? (value as HostMessage) : undefined;
}

/** Checks a message from the webview; `undefined` when it is not one. */
export function parseWebviewMessage(value: unknown): WebviewMessage | undefined {
  if (!isRecord(value)) return undefined;
  const { type } = value;
  const valid =
    type === 'ready' ||
    (type === 'history' &&
      isRequest(value['request']) &&
      isSpan(value['seconds']) &&
      isTexts(value['columns'])) ||
    (type === 'command' && COMMANDS.includes(value['command']));
  return valid ? (value as WebviewMessage) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRequest(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSpan(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) >= 1 && (value as number) <= LONGEST_HISTORY_SECONDS;
}

function isState(value: Readonly<Record<string, unknown>>): boolean {
  return (
    STATES.includes(value['state']) &&
    typeof value['detail'] === 'string' &&
    typeof value['machine'] === 'string'
  );
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
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
  const { category, confidence, sinceMs, runnerUp, reasons, probabilities } = value;
  return (
    typeof category === 'string' &&
    Number.isFinite(confidence) &&
    Number.isFinite(sinceMs) &&
    (runnerUp === undefined ||
      (isRecord(runnerUp) &&
        typeof runnerUp['category'] === 'string' &&
        Number.isFinite(runnerUp['confidence']))) &&
    isTexts(reasons) &&
    isNumbers(probabilities)
  );
}

function isNumbers(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(item => Number.isFinite(item));
}

function isStretch(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value['category'] === 'string' &&
    Number.isFinite(value['from']) &&
    Number.isFinite(value['to'])
  );
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

function isHistory(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { times, columns, series, workload } = value;
  return (
    (workload === undefined || (Array.isArray(workload) && workload.every(isStretch))) &&
    Array.isArray(times) &&
    times.every(time => Number.isFinite(time)) &&
    Array.isArray(columns) &&
    isTexts(columns) &&
    Array.isArray(series) &&
    series.length === columns.length &&
    series.every(row => Array.isArray(row) && row.length === times.length && row.every(isReading))
  );
}
