import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { parseArrangement, type Arrangement } from '../../common/arrangement.ts';
import { SETTINGS_SECTION } from '../../common/config/settings.ts';
import type { DashboardCommand } from '../../common/dashboard.ts';
import { describeFault } from '../../common/faults.ts';
import type { TemperatureUnit } from '../../common/units.ts';
import { Conversation } from './conversation.ts';
import { dashboardHtml } from './html.ts';
import type { OpenDashboards } from './open-dashboards.ts';
import type { DashboardSource } from './source.ts';

/** What the dashboard's buttons run, with its arguments. */
const COMMANDS: Readonly<Record<DashboardCommand, readonly [id: string, ...args: string[]]>> = {
  start: ['optimetrics.start'],
  showLog: ['optimetrics.showLog'],
  correctWorkload: ['optimetrics.correctWorkload'],
  workloadSettings: [
    'workbench.action.openSettings',
    `${SETTINGS_SECTION}.general.enableSessionClassification`,
  ],
  exportPng: ['optimetrics.exportDashboardPng'],
  exportCsv: ['optimetrics.exportDashboardCsv'],
  copySummary: ['optimetrics.copyDashboardSummary'],
};

/** Where the latest layout is kept, for new dashboards of any window. */
const ARRANGEMENT_KEY = 'dashboard.arrangement';

/** What all dashboards of this window have in common: where readings come from, and what a page is made of. */
export interface DashboardContext {
  readonly source: DashboardSource;
  /** Those that are open. */
  readonly open: OpenDashboards<Conversation>;
  readonly extensionUri: vscode.Uri;
  /** Kept over windows and restarts. */
  readonly memory: vscode.Memento;
  /** Whether a dashboard that nobody has laid out shows the cores. */
  readonly showCores: () => boolean;
  readonly temperatureUnit: () => TemperatureUnit;
  /** Fires when {@link temperatureUnit} is another one: pages are made anew then. */
  readonly onTemperatureUnit: vscode.Event<void>;
}

/** A place in VS Code that a dashboard is shown in: an editor panel or a view. */
export interface DashboardHome {
  readonly webview: vscode.Webview;
  readonly visible: boolean;
  readonly onDidChangeVisibility: (listener: () => void) => vscode.Disposable;
  readonly onDidDispose: vscode.Event<void>;
}

/** Makes a dashboard out of an empty webview. It ends with its home; the conversation can be ended before. */
export function furnish(home: DashboardHome, context: DashboardContext): Conversation {
  const { webview } = home;
  webview.options = webviewOptions(context.extensionUri);
  const conversation = new Conversation(
    context.source,
    {
      post: message => void webview.postMessage(message),
      run: command => void runCommand(command),
      keep: arrangement => void context.memory.update(ARRANGEMENT_KEY, arrangement),
      used: () => {
        context.open.used(conversation);
      },
    },
    home.visible,
  );
  context.open.used(conversation);
  webview.onDidReceiveMessage((message: unknown) => {
    conversation.receive(message);
  });
  home.onDidChangeVisibility(() => {
    conversation.visible = home.visible;
  });
  const file = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(context.extensionUri, 'dist', 'webview', name)).toString();
  const showPage = (): void => {
    webview.html = dashboardHtml({
      nonce: randomBytes(24).toString('base64url'),
      cspSource: webview.cspSource,
      scriptUri: file('dashboard.js'),
      styleUri: file('dashboard.css'),
      arrangement: keptArrangement(context),
      temperatureUnit: context.temperatureUnit(),
      language: vscode.env.language,
      words: vscode.l10n.bundle ?? {},
    });
  };
  const onUnit = context.onTemperatureUnit(showPage);
  home.onDidDispose(() => {
    onUnit.dispose();
    context.open.closed(conversation);
    conversation.dispose();
  });
  showPage();
  return conversation;
}

/** What a dashboard's webview may do. */
export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    localResourceRoots: [
      vscode.Uri.joinPath(extensionUri, 'dist', 'webview'),
      vscode.Uri.joinPath(extensionUri, 'media'),
    ],
  };
}

function keptArrangement({ memory, showCores }: DashboardContext): Arrangement {
  const kept = parseArrangement(memory.get(ARRANGEMENT_KEY));
  return kept ?? { places: [], cores: showCores() ? 'all' : 'none' };
}

async function runCommand(command: DashboardCommand): Promise<void> {
  try {
    await vscode.commands.executeCommand(...COMMANDS[command]);
  } catch (error) {
    await vscode.window.showErrorMessage(
      vscode.l10n.t('OptiMetrics could not do this: {0}', describeFault(error)),
    );
  }
}
