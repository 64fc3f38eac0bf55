import * as vscode from 'vscode';
import { Disposable } from '../disposable.ts';
import type { Conversation } from './conversation.ts';
import { furnish, type DashboardContext } from './dashboards.ts';

/** The dashboard as a view, in the panel area until the user moves it. */
export class DashboardView extends Disposable implements vscode.WebviewViewProvider {
  /** Id of the view in the manifest. */
  static readonly viewId = 'optimetrics.dashboardView';

  readonly #context: DashboardContext;
  #conversation: Conversation | undefined;

  constructor(context: DashboardContext) {
    super();
    this.#context = context;
    this._register({ dispose: () => this.#conversation?.dispose() });
    this._register(vscode.window.registerWebviewViewProvider(DashboardView.viewId, this));
  }

  /** VS Code shows the view: for the first time, or after it was closed. */
  resolveWebviewView(view: vscode.WebviewView): void {
    this.#conversation = furnish(view, this.#context);
  }
}
