import type { Disposable } from 'vscode';
import { parseWebviewMessage, type DashboardCommand, type HostMessage } from '../../common/dashboard.ts';
import { describeFault } from '../../common/faults.ts';
import type { DashboardSource } from './source.ts';

/** What the conversation needs of the window. */
export interface ConversationPorts {
  /** Sends a message to the webview. */
  post(message: HostMessage): void;
  /** Does what a button of the dashboard asks for. */
  run(command: DashboardCommand): void;
}

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
  #visible: boolean;
  #synced = false;

  constructor(source: DashboardSource, ports: ConversationPorts, visible: boolean) {
    this.#source = source;
    this.#ports = ports;
    this.#visible = visible;
    this.#subscriptions = [
      source.onLayout(layout => {
        this.#delta({ type: 'layout', layout });
      }),
      source.onState(() => {
        this.#delta({ type: 'state', state: source.state, detail: source.detail, machine: source.machine });
      }),
      source.onWorkload(workload => {
        this.#delta({ type: 'workload', workload });
      }),
      source.onFrame(frame => {
        this.#delta({ type: 'frame', frame });
      }),
    ];
  }

  /** Tells whether the webview can be seen. */
  set visible(visible: boolean) {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#synced = false;
    // A webview hidden for a moment only may still have its script running, which then says no new `ready`. One that
    // was rebuilt says it and is answered again, which does no harm.
    if (visible) this.#sync();
  }

  /** Handles a message of the webview, whatever its shape. */
  receive(value: unknown): void {
    const message = parseWebviewMessage(value);
    switch (message?.type) {
      case 'ready':
        if (this.#visible) this.#sync();
        break;
      case 'history':
        void this.#answerHistory(message.request, message.seconds, message.columns);
        break;
      case 'command':
        this.#ports.run(message.command);
        break;
      case undefined:
    }
  }

  dispose(): void {
    this.#visible = false;
    this.#synced = false;
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #sync(): void {
    const { layout, state, detail, machine, workload } = this.#source;
    this.#ports.post({
      type: 'sync',
      layout: layout ?? null,
      state,
      detail,
      machine,
      workload: workload ?? null,
    });
    this.#synced = true;
  }

  #delta(message: HostMessage): void {
    if (this.#synced) this.#ports.post(message);
  }

  async #answerHistory(request: number, seconds: number, wanted: readonly string[]): Promise<void> {
    const known = new Set(this.#source.layout?.columns);
    const columns = wanted.filter(column => known.has(column));
    try {
      const history = await this.#source.history({ seconds, columns });
      this.#delta({ type: 'history', request, history });
    } catch (error) {
      this.#delta({ type: 'historyFailed', request, why: describeFault(error) });
    }
  }
}
