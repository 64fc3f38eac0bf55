import * as vscode from 'vscode';
import { Disposable } from '../disposable.ts';
import type { Conversation } from './conversation.ts';
import { furnish, webviewOptions, type DashboardContext } from './dashboards.ts';

/**
 * Dashboards in editor panels, as many as the user opens.
 *
 * Register it once; it brings VS Code's reopening of the panels after a reload with it.
 */
export class DashboardPanels extends Disposable implements vscode.WebviewPanelSerializer {
  /** Type of the panels. The manifest's `onWebviewPanel:` activation event must name it. */
  static readonly viewType = 'optimetrics.dashboard';

  readonly #context: DashboardContext;
  /** Open panels, the one that was used last at the end. */
  readonly #panels: vscode.WebviewPanel[] = [];
  readonly #conversations = new Set<Conversation>();

  constructor(context: DashboardContext) {
    super();
    this.#context = context;
    this._register(vscode.window.registerWebviewPanelSerializer(DashboardPanels.viewType, this));
    // The panels themselves stay: VS Code keeps them over a reload, and gives them back.
    this._register({
      dispose: () => {
        for (const conversation of this.#conversations) conversation.dispose();
      },
    });
  }

  /** Brings the dashboard that was used last to the front; opens one where there is none. */
  open(): void {
    const latest = this.#panels.at(-1);
    if (latest) latest.reveal();
    else this.openAnother();
  }

  /** Opens a dashboard in the active column, beside those that there are. */
  openAnother(): void {
    this.#show(
      vscode.window.createWebviewPanel(
        DashboardPanels.viewType,
        'OptiMetrics',
        vscode.ViewColumn.Active,
        webviewOptions(this.#context.extensionUri),
      ),
    );
  }

  /** VS Code gives back a panel that was open when the window was closed or reloaded. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#show(panel);
    return Promise.resolve();
  }

  #show(panel: vscode.WebviewPanel): void {
    panel.iconPath = vscode.Uri.joinPath(this.#context.extensionUri, 'media', 'icon.png');
    this.#panels.push(panel);
    const conversation = furnish(
      {
        webview: panel.webview,
        get visible() {
          return panel.visible;
        },
        onDidChangeVisibility: listener => panel.onDidChangeViewState(listener),
        onDidDispose: panel.onDidDispose,
      },
      this.#context,
    );
    this.#conversations.add(conversation);
    panel.onDidChangeViewState(() => {
      if (!panel.active) return;
      this.#panels.push(...this.#panels.splice(this.#panels.indexOf(panel), 1));
      this.#context.open.used(conversation);
    });
    panel.onDidDispose(() => {
      this.#panels.splice(this.#panels.indexOf(panel), 1);
      this.#conversations.delete(conversation);
    });
  }
}
