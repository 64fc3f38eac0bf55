import os from 'node:os';
import * as vscode from 'vscode';
import type { ExportKind } from '../../common/dashboard-export.ts';
import { describeFault } from '../../common/faults.ts';
import { ExportError, type NoExport } from './export-desk.ts';

/** A dashboard that can be asked for what it shows. */
export interface Exportable {
  /** @throws ExportError */
  export(kind: ExportKind): Promise<Uint8Array>;
}

const FILES = {
  png: { extension: 'png', filter: (): string => vscode.l10n.t('Picture') },
  csv: { extension: 'csv', filter: (): string => vscode.l10n.t('Comma-separated values') },
} as const;

/**
 * Saves what a dashboard shows where the user says, on the machine that is watched or, where VS Code offers it, on the one in
 * front of the user. Nothing happens when the user cancels; what goes wrong is told.
 *
 * @param dashboard `undefined` where none is on the screen
 */
export async function exportDashboard(dashboard: Exportable | undefined, kind: 'png' | 'csv'): Promise<void> {
  const bytes = await shownBy(dashboard, kind);
  if (!bytes) return;
  const { extension, filter } = FILES[kind];
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(exportFolder(), `${exportName(new Date())}.${extension}`),
    filters: { [filter()]: [extension] },
    title: vscode.l10n.t('Export Dashboard'),
    saveLabel: vscode.l10n.t('Export'),
  });
  if (!target) return;
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (error) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('OptiMetrics: the file cannot be written: {0}', describeFault(error)),
    );
    return;
  }
  const open = vscode.l10n.t('Open');
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t('OptiMetrics: the dashboard was exported.'),
    open,
  );
  if (choice === open) await vscode.commands.executeCommand('vscode.open', target);
}

/**
 * Puts a summary of what a dashboard shows on the clipboard, as Markdown.
 *
 * @param dashboard `undefined` where none is on the screen
 */
export async function copyDashboardSummary(dashboard: Exportable | undefined): Promise<void> {
  const bytes = await shownBy(dashboard, 'markdown');
  if (!bytes) return;
  await vscode.env.clipboard.writeText(new TextDecoder().decode(bytes));
  vscode.window.setStatusBarMessage(vscode.l10n.t('OptiMetrics: summary copied'), 3_000);
}

async function shownBy(dashboard: Exportable | undefined, kind: ExportKind): Promise<Uint8Array | undefined> {
  if (!dashboard) {
    const open = vscode.l10n.t('Open Dashboard');
    const choice = await vscode.window.showInformationMessage(
      vscode.l10n.t('OptiMetrics: no dashboard is on the screen. What it shows is what is exported.'),
      open,
    );
    if (choice === open) await vscode.commands.executeCommand('optimetrics.openDashboard');
    return undefined;
  }
  try {
    return await dashboard.export(kind);
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    if (error.reason !== 'replaced') void vscode.window.showErrorMessage(reasonText(error.reason));
    return undefined;
  }
}

function reasonText(reason: Exclude<NoExport, 'replaced'>): string {
  switch (reason) {
    case 'empty':
      return vscode.l10n.t('OptiMetrics: there is nothing to export: the dashboard shows no readings.');
    case 'large':
      return vscode.l10n.t(
        'OptiMetrics: what the dashboard shows is more than 64 MiB. Show a shorter time or fewer charts.',
      );
    case 'failed':
      return vscode.l10n.t(
        'OptiMetrics: the browser cannot make a picture of this size. Show fewer charts, or make the dashboard narrower.',
      );
    case 'silent':
      return vscode.l10n.t('OptiMetrics: the dashboard does not answer. Close it and open it again.');
    case 'closed':
      return vscode.l10n.t('OptiMetrics: the dashboard was closed or hidden before the export was ready.');
  }
}

/** Name of a file for what was shown at a moment, by UTC and without an extension: it names nobody and nothing. */
function exportName(now: Date): string {
  return `optimetrics_${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** The folder that is open, if it is on a disk of the machine, else the user's own. */
function exportFolder(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  return folder?.uri ?? vscode.Uri.file(os.homedir());
}
