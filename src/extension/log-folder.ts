import fs from 'node:fs';
import * as vscode from 'vscode';

/**
 * Shows the folder of the log files: in the system's file manager where the window runs on the same machine, otherwise
 * in a dialog from which a file can be opened in the editor.
 */
export async function openLogFolder(directory: string, currentFile: string | undefined): Promise<void> {
  const folder = vscode.Uri.file(directory);
  if (!fs.existsSync(directory)) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('There is no log folder yet. It is made with the first sample.'),
    );
    return;
  }
  if (vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop) {
    const shown = currentFile === undefined ? folder : vscode.Uri.joinPath(folder, currentFile);
    await vscode.commands.executeCommand('revealFileInOS', shown);
    return;
  }
  const [chosen] =
    (await vscode.window.showOpenDialog({
      defaultUri: folder,
      title: vscode.l10n.t('OptiMetrics logs'),
      openLabel: vscode.l10n.t('Open'),
    })) ?? [];
  if (chosen) await vscode.window.showTextDocument(chosen);
}
