import type { Disposable } from 'vscode';
import type { Arrangement } from '../../common/arrangement.ts';
import {
  parseWebviewMessage,
  type DashboardCommand,
  type HostMessage,
  type WebviewMessage,
} from '../../common/dashboard.ts';
import type { ExportKind } from '../../common/dashboard-export.ts';
import { MOST_LISTED_SESSIONS } from '../../common/dashboard-sessions.ts';
import { describeFault } from '../../common/faults.ts';
import { ExportDesk } from './export-desk.ts';
import type { DashboardSource } from './source.ts';

/** What the conversation needs of the window. */
export interface ConversationPorts {
  /** Sends a message to the webview. */
  post(message: HostMessage): void;
  /** Does what a button of the dashboard asks for. */
  run(command: DashboardCommand): void;
  /** Keeps a layout for the dashboards that are opened from now on. */
  keep(arrangement: Arrangement): void;
  /** The user works in this dashboard. */
  used(): void;
}

/**
 * Ranges that a webview may wait for at a time, what is shown, another day and two sessions among them: one that asks for more
 * has forgotten the oldest.
 */
const MOST_RANGES = 8;
/** Lists of sessions likewise: the one that is shown, and one for a summary. */
const MOST_LISTS = 2;

/** What a webview waits for, by its number, the oldest first. */
type Pending = Map<number, AbortController>;

/**
 * The extension's half of the talk with one webview.
 *
 * It is silent while the webview is hidden, and after that until the webview is brought up to date: VS Code drops
 * messages to a hidden webview, so a delta would follow on a state the webview never saw.
 */
export class Conversation implements Disposable {
  readonly #source: DashboardSource;
  readonly #ports: ConversationPorts;
  readonly #subscriptions: readonly Disposable[];
  readonly #ranges: Pending = new Map();
  readonly #lists: Pending = new Map();
  readonly #desk: ExportDesk;
  #watchesCores = false;
  #visible: boolean;
  /** What the page itself says of being seen. */
  #isShown = true;
  #synced = false;

  constructor(source: DashboardSource, ports: ConversationPorts, visible: boolean) {
    this.#source = source;
    this.#ports = ports;
    this.#visible = visible;
    this.#desk = new ExportDesk(request => {
      ports.post(request);
    });
    this.#subscriptions = [
      source.onLayout(layout => {
        this.#delta({ type: 'layout', layout });
      }),
      source.onState(() => {
        this.#delta({ type: 'state', state: source.state, detail: source.detail, machine: source.machine });
      }),
      source.onStatus(() => {
        if (source.status) this.#delta({ type: 'status', status: source.status });
      }),
      source.onUsage(usage => {
        this.#delta({ type: 'usage', usage });
      }),
      source.onWorkload(workload => {
        this.#delta({ type: 'workload', workload });
      }),
      source.onFrame(frame => {
        this.#delta({ type: 'frame', frame });
      }),
    ];
  }

  /**
   * What the webview shows.
   *
   * @throws ExportError
   */
  export(kind: ExportKind): Promise<Uint8Array> {
    return this.#desk.ask(kind);
  }

  /** Whether the webview can be seen. */
  get visible(): boolean {
    return this.#visible;
  }

  set visible(visible: boolean) {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (!visible) this.#desk.close();
    this.#becameSeen();
  }

  /** It can be seen from now on, or no longer. */
  #becameSeen(): void {
    this.#synced = false;
    this.#cancelAll();
    this.#watchCores();
    // A webview hidden for a moment only may still have its script running, which then says no new `ready`. One that
    // was rebuilt says it and is answered again, which does no harm.
    if (this.#isSeen) this.#sync();
  }

  get #isSeen(): boolean {
    return this.#visible && this.#isShown;
  }

  /** Handles a message of the webview, whatever its shape. */
  receive(value: unknown): void {
    const message = parseWebviewMessage(value);
    switch (message?.type) {
      case 'ready':
        this.#isShown = true;
        this.#cancelAll();
        if (this.#visible) this.#sync();
        break;
      case 'shown':
        if (message.isShown === this.#isShown) break;
        this.#isShown = message.isShown;
        if (this.#visible) this.#becameSeen();
        break;
      case 'range':
        void this.#answerRange(message);
        break;
      case 'cancelRange':
        cancel(this.#ranges, message.request);
        break;
      case 'sessions':
        void this.#answerSessions(message);
        break;
      case 'cancelSessions':
        cancel(this.#lists, message.request);
        break;
      case 'arranged':
        this.#ports.keep(message.arrangement);
        break;
      case 'command':
        this.#ports.run(message.command);
        break;
      case 'used':
        this.#ports.used();
        break;
      case 'watchCores':
        this.#watchesCores = message.watches;
        this.#watchCores();
        break;
      case 'exportChunk':
      case 'exportEnd':
      case 'exportFailed':
        this.#desk.take(message);
        break;
      case undefined:
    }
  }

  dispose(): void {
    this.#visible = false;
    this.#synced = false;
    this.#cancelAll();
    this.#desk.close();
    this.#watchCores();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #watchCores(): void {
    this.#source.watchCores(this, this.#isSeen && this.#watchesCores);
  }

  #sync(): void {
    const { layout, frame, state, detail, machine, status, usage, workload } = this.#source;
    this.#ports.post({
      type: 'sync',
      layout: layout ?? null,
      frame: frame ?? null,
      state,
      detail,
      machine,
      status: status ?? null,
      usage: usage ?? null,
      workload: workload ?? null,
    });
    this.#synced = true;
  }

  #delta(message: HostMessage): void {
    if (this.#synced) this.#ports.post(message);
  }

  async #answerRange({
    request,
    from,
    to,
    points,
    columns: wanted,
  }: Extract<WebviewMessage, { type: 'range' }>): Promise<void> {
    if (!this.#synced) return;
    const known = new Set(this.#source.layout?.columns);
    const columns = wanted.filter(column => known.has(column));
    const abort = begin(this.#ranges, request, MOST_RANGES);
    const { signal } = abort;
    const answer = (message: HostMessage): void => {
      if (!signal.aborted) this.#delta(message);
    };
    try {
      const result = await this.#source.range(
        { from, to, points, columns },
        chunk => {
          answer({ type: 'rangeChunk', request, chunk });
        },
        signal,
      );
      answer({ type: 'rangeDone', request, result });
    } catch (error) {
      answer({ type: 'rangeFailed', request, why: describeFault(error) });
    } finally {
      if (this.#ranges.get(request) === abort) this.#ranges.delete(request);
    }
  }

  async #answerSessions({ request, from, to }: Extract<WebviewMessage, { type: 'sessions' }>): Promise<void> {
    if (!this.#synced) return;
    const abort = begin(this.#lists, request, MOST_LISTS);
    const answer = (message: HostMessage): void => {
      if (!abort.signal.aborted) this.#delta(message);
    };
    try {
      const most = MOST_LISTED_SESSIONS;
      const result = await this.#source.sessions({ from, to, most }, abort.signal);
      answer({ type: 'sessions', request, result });
    } catch (error) {
      answer({ type: 'sessionsFailed', request, why: describeFault(error) });
    } finally {
      if (this.#lists.get(request) === abort) this.#lists.delete(request);
    }
  }

  #cancelAll(): void {
    for (const awaited of [this.#ranges, this.#lists])
      for (const request of [...awaited.keys()]) cancel(awaited, request);
  }
}

/** Notes that something is awaited; where that is more than `most`, the oldest no longer is. */
function begin(awaited: Pending, request: number, most: number): AbortController {
  const abort = new AbortController();
  cancel(awaited, request);
  const [oldest] = awaited.keys();
  if (awaited.size >= most && oldest !== undefined) cancel(awaited, oldest);
  awaited.set(request, abort);
  return abort;
}

function cancel(awaited: Pending, request: number): void {
  awaited.get(request)?.abort();
  awaited.delete(request);
}
