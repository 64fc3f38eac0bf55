import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { DashboardCommand } from '../../common/dashboard.ts';
import { describeFault } from '../../common/faults.ts';
import { Disposable } from '../disposable.ts';
import { Conversation } from './conversation.ts';
import { dashboardHtml } from './html.ts';
import type { DashboardSource } from './source.ts';

const COMMAND_IDS: Readonly<Record<DashboardCommand, string>> = {
  start: 'optimetrics.start',
  showLog: 'optimetrics.showLog',
  correctWorkload: 'optimetrics.correctWorkload',
};

/**
 * The dashboard of this window: at most one panel.
 *
 * Register it once; it brings VS Code's reopening of the panel after a reload with it.
 */
export class DashboardPanel extends Disposable implements vscode.WebviewPanelSerializer {
  /** Type of the panel. The manifest's `onWebviewPanel:` activation event must name it. */
  static readonly viewType = 'optimetrics.dashboard';

  readonly #source: DashboardSource;
  readonly #extensionUri: vscode.Uri;
  readonly #showCores: () => boolean;
  #panel: vscode.WebviewPanel | undefined;
  #conversation: Conversation | undefined;

  /** @param showCores whether a new dashboard shows the cores */
  constructor(source: DashboardSource, extensionUri: vscode.Uri, showCores: () => boolean) {
    super();
    this.#showCores = showCores;
    this.#source = source;
    this.#extensionUri = extensionUri;
    this._register(vscode.window.registerWebviewPanelSerializer(DashboardPanel.viewType, this));
    // The panel itself stays: VS Code keeps it over a reload, and gives it back.
    this._register({ dispose: () => this.#conversation?.dispose() });
  }

  /** Opens the dashboard in the active column; one that is open is brought to the front. */
  open(): void {
    if (this.#panel) {
      this.#panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      DashboardPanel.viewType,
      'OptiMetrics',
      vscode.ViewColumn.Active,
      this.#webviewOptions(),
    );
    this.#show(panel);
  }

  /** VS Code gives back a panel that was open when the window was closed or reloaded. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    // A second panel can only come from a window that was restored twice; one is enough.
    if (this.#panel) panel.dispose();
    else {
      panel.webview.options = this.#webviewOptions();
      this.#show(panel);
    }
    return Promise.resolve();
  }

  #show(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    panel.iconPath = vscode.Uri.joinPath(this.#extensionUri, 'media', 'icon.png');
    const { webview } = panel;
    const conversation = new Conversation(
      this.#source,
      {
        post: message => void webview.postMessage(message),
        run: command => void runCommand(command),
      },
      panel.visible,
    );
    this.#conversation = conversation;
    webview.onDidReceiveMessage((message: unknown) => {
      conversation.receive(message);
    });
    panel.onDidChangeViewState(() => {
      conversation.visible = panel.visible;
    });
    panel.onDidDispose(() => {
      conversation.dispose();
      if (this.#panel === panel) this.#panel = undefined;
    });
    const file = (name: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(this.#extensionUri, 'dist', 'webview', name)).toString();
    webview.html = dashboardHtml({
      nonce: randomBytes(24).toString('base64url'),
      cspSource: webview.cspSource,
      scriptUri: file('dashboard.js'),
      styleUri: file('dashboard.css'),
      showCores: this.#showCores(),
      language: vscode.env.language,
      words: vscode.l10n.bundle ?? {},
    });
  }

  #webviewOptions(): vscode.WebviewOptions {
    return {
      enableScripts: true,
      localResourceRoots: [
        vscode.Uri.joinPath(this.#extensionUri, 'dist', 'webview'),
        vscode.Uri.joinPath(this.#extensionUri, 'media'),
      ],
    };
  }
}

async function runCommand(command: DashboardCommand): Promise<void> {
  try {
    await vscode.commands.executeCommand(COMMAND_IDS[command]);
  } catch (error) {
    await vscode.window.showErrorMessage(`OptiMetrics could not do this: ${describeFault(error)}`);
  }
}
