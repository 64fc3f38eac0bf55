import * as vscode from 'vscode';
import { SETTINGS_SECTION } from '../../common/config/settings.ts';
import { t } from '../l10n.ts';
import type { UploadContext } from '../upload-part.ts';
import type { Keeper } from './keeper.ts';
import { keyThere } from './which-key.ts';
import {
  type Fact,
  statusActions,
  statusFacts,
  type UploadAction,
  type UploadFacts,
} from './status-facts.ts';
import { wrapped } from './wrapped.ts';

/** Characters that fit into a line of a list of VS Code. */
const LINE = 76;

type StatusItem = vscode.QuickPickItem & { readonly action?: UploadAction };

/** Shows how uploads are doing, as it changes, and gives what the user wants to do about it; `undefined` for nothing. */
export async function showStatus(context: UploadContext, keeper: Keeper): Promise<UploadAction | undefined> {
  const { client } = context;
  const { cloud } = await context.readConfig();
  const key = await keyThere(keeper.keys);
  const facts = (): UploadFacts => ({ cloud, sync: client.status?.sync, key, nowMs: Date.now() });
  const box = vscode.window.createQuickPick<StatusItem>();
  box.title = t('OptiMetrics: Upload Status');
  box.placeholder = t('What to do about uploads');
  box.matchOnDescription = true;
  let shown = '';
  const draw = (): void => {
    const now = facts();
    const items = itemsOf(now);
    const text = JSON.stringify(items);
    if (text === shown) return;
    shown = text;
    const active = box.activeItems[0]?.label;
    box.items = items;
    box.activeItems = items
      .filter(({ action, label }) => action !== undefined && label === active)
      .slice(0, 1);
  };
  draw();
  const onStatus = client.onStatus(draw);
  try {
    return await new Promise<UploadAction | undefined>(resolve => {
      box.onDidAccept(() => {
        const [chosen] = box.selectedItems;
        // A line that only tells something.
        if (chosen?.action === undefined) return;
        resolve(chosen.action);
        box.hide();
      });
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    onStatus.dispose();
    box.dispose();
  }
}

function itemsOf(facts: UploadFacts): StatusItem[] {
  return [
    ...statusActions(facts).map(action => ({ label: actionLabel(action), action })),
    { label: t('How it is'), kind: vscode.QuickPickItemKind.Separator },
    ...statusFacts(facts).flatMap(linesOf),
  ];
}

function linesOf({ name, value }: Fact): StatusItem[] {
  const [first = '', ...others] = wrapped(value, LINE - name.length);
  return [{ label: name, description: first }, ...others.map(line => ({ label: '', description: line }))];
}

function actionLabel(action: UploadAction): string {
  switch (action) {
    case 'setUp':
      return `$(cloud-upload) ${t('Set Up Upload…')}`;
    case 'signIn':
      return `$(sign-in) ${t('Sign In…')}`;
    case 'syncNow':
      return `$(sync) ${t('Sync Now')}`;
    case 'pause':
      return `$(debug-pause) ${t('Pause Upload')}`;
    case 'resume':
      return `$(debug-continue) ${t('Resume Upload')}`;
    case 'settings':
      return `$(gear) ${t('Settings')}`;
    case 'exportRecovery':
      return `$(key) ${t('Export Recovery File…')}`;
    case 'revoke':
      return `$(trash) ${t('Revoke…')}`;
  }
}

/** Opens the settings of uploads. */
export async function openUploadSettings(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', `${SETTINGS_SECTION}.cloud`);
}
