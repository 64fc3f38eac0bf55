import * as vscode from 'vscode';
import type { SamplerClient } from '../../client/sampler-client.ts';
import { Readings, slotsOf } from '../../common/readings.ts';
import { Disposable } from '../disposable.ts';
import { watchedMachine } from '../watched-machine.ts';
import { runningText, type StatusText } from './text.ts';
import { tooltipMarkdown, type TooltipLink } from './tooltip.ts';
import { workloadLines } from './workload.ts';

/** Changing the tooltip closes one that is open, so it follows the text more slowly. */
const TOOLTIP_MS = 10_000;

const LINKS: readonly TooltipLink[] = [
  { title: 'Open Dashboard', command: 'optimetrics.openDashboard' },
  { title: 'Stop', command: 'optimetrics.stop' },
  { title: 'Show Log', command: 'optimetrics.showLog' },
  { title: 'Open Log Folder', command: 'optimetrics.openLogFolder' },
];
const CORRECT: TooltipLink = { title: 'Correct Workload…', command: 'optimetrics.correctWorkload' };
const LINKS_STOPPED: readonly TooltipLink[] = [
  { title: 'Start', command: 'optimetrics.start' },
  { title: 'Show Log', command: 'optimetrics.showLog' },
];

/** The status bar item: live values, and a tooltip with every group. */
export class StatusItem extends Disposable {
  readonly #client: SamplerClient;
  readonly #item: vscode.StatusBarItem;
  #slots: ReadonlyMap<string, number> = new Map();
  #showWorkload = true;
  #tooltip = '';
  #tooltipAt = Number.NEGATIVE_INFINITY;

  constructor(client: SamplerClient) {
    super();
    this.#client = client;
    this.#item = this._register(
      vscode.window.createStatusBarItem('optimetrics.status', vscode.StatusBarAlignment.Right, 100),
    );
    this.#item.name = 'OptiMetrics';
    this.#item.command = 'optimetrics.openDashboard';
    this._register(
      client.onLayout(layout => {
        this.#slots = slotsOf(layout);
      }),
    );
    this._register(
      client.onFrame(() => {
        this.#show();
      }),
    );
    this._register(
      client.onState(() => {
        this.#show({ now: true });
      }),
    );
    this._register(
      client.onStatus(() => {
        this.#tooltipAt = Number.NEGATIVE_INFINITY;
      }),
    );
    this.#show();
  }

  /** Shows or hides the item. */
  set isVisible(visible: boolean) {
    if (visible) this.#item.show();
    else this.#item.hide();
  }

  /** Names the class of the workload after the values, or not. */
  set showWorkload(show: boolean) {
    if (show === this.#showWorkload) return;
    this.#showWorkload = show;
    this.#show();
  }

  #show({ now = false } = {}): void {
    const { layout, frame } = this.#client;
    const readings = layout && frame ? new Readings(layout, frame, this.#slots) : undefined;
    const { state, status } = this.#client;
    const isLogPaused = status?.log.state === 'paused';
    const { text, label } = readings
      ? runningText(readings, { showWorkload: this.#showWorkload, isLogPaused })
      : this.#idleText();
    // Every write goes to the window's process, so only changes are written.
    if (this.#item.text !== text) {
      this.#item.text = text;
      this.#item.accessibilityInformation = { label, role: 'button' };
    }
    const background =
      state === 'failed' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    if (this.#item.backgroundColor?.id !== background?.id) this.#item.backgroundColor = background;
    this.#showTooltip(readings, now);
  }

  #idleText(): StatusText {
    switch (this.#client.state) {
      case 'failed':
        return { text: '$(warning) OptiMetrics', label: 'OptiMetrics, the sampler does not run' };
      case 'stopped':
        return { text: '$(circle-slash) OptiMetrics', label: 'OptiMetrics, stopped' };
      case 'starting':
      case 'running':
        return { text: '$(pulse) OptiMetrics', label: 'OptiMetrics, starting' };
    }
  }

  #showTooltip(readings: Readings | undefined, now: boolean): void {
    const time = performance.now();
    if (!now && readings && time - this.#tooltipAt < TOOLTIP_MS) return;
    this.#tooltipAt = time;
    const { status, state, detail, workload } = this.#client;
    const lines = workload && this.#showWorkload ? workloadLines(workload, Date.now()) : undefined;
    const markdown = tooltipMarkdown({
      machine: watchedMachine(status),
      readings,
      status: state === 'running' ? status : undefined,
      workload: lines,
      note: state === 'stopped' ? 'Stopped in this window.' : detail,
      links: state === 'stopped' || state === 'failed' ? LINKS_STOPPED : lines ? [...LINKS, CORRECT] : LINKS,
    });
    if (markdown === this.#tooltip) return;
    this.#tooltip = markdown;
    const tooltip = new vscode.MarkdownString(markdown, true);
    tooltip.isTrusted = { enabledCommands: [...LINKS, CORRECT, ...LINKS_STOPPED].map(link => link.command) };
    this.#item.tooltip = tooltip;
  }
}
