import * as vscode from 'vscode';
import type { SamplerClient } from '../../client/sampler-client.ts';
import { DEFAULT_WINDOW_SETTINGS, type WindowSettings } from '../../common/config/schema.ts';
import { SETTINGS_SECTION } from '../../common/config/settings.ts';
import type { FrameMessage } from '../../common/protocol.ts';
import type { Readings } from '../../common/readings.ts';
import { Disposable } from '../disposable.ts';
import { t } from '../l10n.ts';
import { watchedMachine, watchedMachineWord } from '../watched-machine.ts';
import { ChosenTemplate } from './chosen-template.ts';
import type { CommandLink } from './markdown.ts';
import { TooltipPace } from './pace.ts';
import { Readout } from './readout.ts';
import { templateFaultText } from './template-words.ts';
import { type StatusText, withWarning } from './text.ts';
import { tooltipMarkdown } from './tooltip.ts';
import { type Trouble, TroubleWatch } from './trouble.ts';
import { troubleWords } from './trouble-words.ts';
import { needsUser, uploadLine } from './upload-line.ts';
import { workloadLines } from './workload.ts';

type StatusSettings = Pick<WindowSettings, 'statusBar' | 'temperatureUnit'>;

/** Commands that a link of the tooltip may run. */
const COMMANDS = [
  ...[
    ...['start', 'stop', 'openDashboard', 'showLog', 'openLogFolder', 'correctWorkload'],
    'showUploadStatus',
  ].map(name => `optimetrics.${name}`),
  'workbench.action.openSettings',
];

/** The status bar item: live values after the user's template, and a tooltip with every group. */
export class StatusItem extends Disposable {
  readonly #client: SamplerClient;
  readonly #templates = {
    full: new ChosenTemplate(DEFAULT_WINDOW_SETTINGS.statusBar.template),
    compact: new ChosenTemplate(DEFAULT_WINDOW_SETTINGS.statusBar.compactTemplate),
  };
  readonly #pace = new TooltipPace();
  readonly #watch = new TroubleWatch();
  #settings: StatusSettings;
  #item: vscode.StatusBarItem;
  #readout: Readout | undefined;
  #troubles: readonly Trouble[] = [];
  #markdown = '';

  constructor(client: SamplerClient, settings: StatusSettings) {
    super();
    this.#client = client;
    this.#settings = settings;
    this.#item = createItem(settings);
    this._register({ dispose: () => this.#item.dispose() });
    this._register(client.onFrame(frame => this.#take(frame)));
    this._register(client.onStatus(() => this.#pace.event()));
    this._register(
      client.onState(() => {
        this.#pace.event();
        this.#show();
      }),
    );
    this._register(
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) void this.#lookedAt();
      }),
    );
  }

  /**
   * Shows what the settings ask for from now on.
   *
   * @param template what the setting of the template in use holds, right or wrong
   */
  configure(settings: StatusSettings, template: unknown): void {
    const { alignment, priority } = this.#settings.statusBar;
    this.#settings = settings;
    const { statusBar } = settings;
    this.#template.set(template);
    if (statusBar.alignment !== alignment || statusBar.priority !== priority) {
      this.#item.dispose();
      this.#item = createItem(settings);
      this.#markdown = '';
    }
    this.#readout = undefined;
    this.#pace.event();
    this.#show();
    if (statusBar.enabled) this.#item.show();
    else this.#item.hide();
  }

  get #template(): ChosenTemplate {
    return this.#templates[this.#settings.statusBar.form];
  }

  /** Takes one frame. A hidden item takes none. */
  #take(frame: FrameMessage): void {
    if (!this.#settings.statusBar.enabled) return;
    const readout = this.#currentReadout();
    const readings = readout?.readings;
    if (!readout || !readings) return;
    if (vscode.window.state.focused || readout.line.sparkColumns.length > 0) readout.recent.add(frame);
    const before = this.#troubles;
    this.#troubles = this.#watch.update(readings, performance.now());
    if (!hasSameKinds(before, this.#troubles)) this.#pace.event();
    this.#show();
  }

  /** The window is in front again: what was left out meanwhile is made up for. */
  async #lookedAt(): Promise<void> {
    if (!this.#settings.statusBar.enabled) return;
    await this.#readout?.remember();
    this.#pace.event();
    this.#show();
  }

  #currentReadout(): Readout | undefined {
    const { layout } = this.#client;
    if (!layout) return undefined;
    if (!this.#readout?.isCurrent) {
      const { temperatureUnit, statusBar } = this.#settings;
      const options = { temperatureUnit, showWorkload: statusBar.showWorkload };
      const readout = new Readout(this.#client, layout, this.#template.template, options);
      this.#readout = readout;
      void readout.remember().then(() => {
        this.#pace.event();
      });
    }
    return this.#readout;
  }

  #show(): void {
    if (!this.#settings.statusBar.enabled) return;
    const readout = this.#currentReadout();
    const readings = readout?.readings;
    const { text, label } = this.#marked(
      readout && readings ? this.#running(readout, readings) : this.#idle(),
    );
    // Every write goes to the window's process, so only changes are written.
    if (this.#item.text !== text) {
      this.#item.text = text;
      this.#item.accessibilityInformation = { label, role: 'button' };
    }
    const background = this.#isWarning(readings)
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    if (this.#item.backgroundColor?.id !== background?.id) this.#item.backgroundColor = background;
    if (this.#pace.isDue(performance.now(), vscode.window.state.focused))
      this.#showTooltip(readout, readings);
  }

  #isWarning(readings: Readings | undefined): boolean {
    if (!this.#settings.statusBar.showWarnings) return false;
    return this.#client.state === 'failed' || (readings !== undefined && this.#troubles.length > 0);
  }

  #running(readout: Readout, readings: Readings): StatusText {
    const { status, workload } = this.#client;
    const { text, label } = readout.line.show({
      readings,
      recent: readout.recent,
      workload,
      machine: { short: watchedMachineWord(status), full: watchedMachine(status) },
      nowMs: Date.now(),
    });
    const notes = this.#settings.statusBar.showWarnings
      ? this.#troubles.map(trouble => troubleWords(trouble).what)
      : [];
    if (status?.log.state === 'paused') notes.push(t('the log is paused'));
    if (needsUser(status?.sync)) notes.push(t('uploads need you'));
    if (notes.length === 0) return { text, label };
    return { text: withWarning(text), label: [label, ...notes].join(', ') };
  }

  #idle(): StatusText {
    switch (this.#client.state) {
      case 'failed':
        return { text: '$(warning) OptiMetrics', label: t('OptiMetrics, the sampler does not run') };
      case 'stopped':
        return { text: '$(circle-slash) OptiMetrics', label: t('OptiMetrics, stopped') };
      case 'starting':
      case 'running':
        return { text: '$(pulse) OptiMetrics', label: t('OptiMetrics, starting') };
    }
  }

  /** A text with what is wrong with the template, where something is. */
  #marked({ text, label }: StatusText): StatusText {
    const { fault } = this.#template;
    if (!fault) return { text, label };
    return {
      text: `${withWarning(text)} $(edit) ${t('template: character {0}', fault.at)}`,
      label: `${label}, ${templateFaultText(fault)}`,
    };
  }

  #showTooltip(readout: Readout | undefined, readings: Readings | undefined): void {
    const { status, state, detail, workload } = this.#client;
    const { temperatureUnit, statusBar } = this.#settings;
    const lines = workload && statusBar.showWorkload ? workloadLines(workload, Date.now()) : undefined;
    const running = state === 'running' ? status : undefined;
    const { fault } = this.#template;
    const markdown = tooltipMarkdown({
      machine: watchedMachine(status),
      readout: readout && readings && { readings, recent: readout.recent, status: running, temperatureUnit },
      status: running,
      workload: lines,
      note: state === 'stopped' ? t('Stopped in this window.') : detail,
      troubles: readings ? this.#troubles.map(troubleWords) : [],
      upload: running?.sync && uploadLine(running.sync, Date.now()),
      template: fault && {
        what: t('{0} The last right one is shown.', templateFaultText(fault)),
        link: { title: t('Edit'), ...settingsLink(statusBar.form) },
      },
      links: state === 'stopped' || state === 'failed' ? stoppedLinks() : runningLinks(lines !== undefined),
    });
    if (markdown === this.#markdown) return;
    this.#markdown = markdown;
    const tooltip = new vscode.MarkdownString(markdown, true);
    tooltip.isTrusted = { enabledCommands: COMMANDS };
    this.#item.tooltip = tooltip;
  }
}

function createItem({ statusBar }: StatusSettings): vscode.StatusBarItem {
  const { alignment, priority } = statusBar;
  const { Left, Right } = vscode.StatusBarAlignment;
  // VS Code puts an item whose name it has seen before where that was.
  const usual = DEFAULT_WINDOW_SETTINGS.statusBar;
  const isMoved = alignment !== usual.alignment || priority !== usual.priority;
  const item = vscode.window.createStatusBarItem(
    isMoved ? `optimetrics.status.${alignment}.${String(priority)}` : 'optimetrics.status',
    alignment === 'left' ? Left : Right,
    priority,
  );
  item.name = 'OptiMetrics';
  item.command = 'optimetrics.openDashboard';
  return item;
}

function settingsLink(form: 'full' | 'compact'): Pick<CommandLink, 'command' | 'args'> {
  const name = form === 'full' ? 'template' : 'compactTemplate';
  return { command: 'workbench.action.openSettings', args: [`${SETTINGS_SECTION}.statusBar.${name}`] };
}

function runningLinks(hasWorkload: boolean): CommandLink[] {
  return [
    { title: t('Open Dashboard'), command: 'optimetrics.openDashboard' },
    { title: t('Stop'), command: 'optimetrics.stop' },
    { title: t('Show Log'), command: 'optimetrics.showLog' },
    { title: t('Open Log Folder'), command: 'optimetrics.openLogFolder' },
    ...(hasWorkload ? [{ title: t('Correct Workload…'), command: 'optimetrics.correctWorkload' }] : []),
    {
      title: t('Settings'),
      command: 'workbench.action.openSettings',
      args: [`${SETTINGS_SECTION}.statusBar`],
    },
  ];
}

function stoppedLinks(): CommandLink[] {
  return [
    { title: t('Start'), command: 'optimetrics.start' },
    { title: t('Show Log'), command: 'optimetrics.showLog' },
  ];
}

function hasSameKinds(a: readonly Trouble[], b: readonly Trouble[]): boolean {
  return a.length === b.length && a.every(({ kind }, index) => kind === b[index]?.kind);
}
