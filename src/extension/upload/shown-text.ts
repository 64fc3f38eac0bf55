import * as vscode from 'vscode';
import { Disposable } from '../disposable.ts';

const SCHEME = 'optimetrics-upload';

/** Texts that can be read and not changed, each in an editor of its own. */
export class ShownTexts extends Disposable implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #changes = this._register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changes.event;

  constructor() {
    super();
    this._register(vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? '';
  }

  /** Shows a text under this name, beside a question that is open. */
  async show(name: string, text: string): Promise<void> {
    const uri = uriOf(name);
    this.#texts.set(uri.path, text);
    this.#changes.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false, preserveFocus: true });
  }

  /** Closes the editors of a text. */
  async close(name: string): Promise<void> {
    const wanted = uriOf(name).toString();
    const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs);
    await vscode.window.tabGroups.close(
      tabs.filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === wanted),
    );
  }
}

function uriOf(name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${name}.txt` });
}
