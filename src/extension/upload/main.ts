import * as vscode from 'vscode';
import type { Config } from '../../common/config/schema.ts';
import { Disposable } from '../disposable.ts';
import { t, useTranslation } from '../l10n.ts';
import type { UploadContext, UploadPart } from '../upload-part.ts';
import { Keeper } from './keeper.ts';
import { exportKeys, importKeys } from './recovery-commands.ts';
import { revoke } from './revoke.ts';
import { setUp } from './set-up.ts';
import { openUploadSettings, showStatus } from './show-status.ts';
import { ShownTexts } from './shown-text.ts';
import { signInAgain } from './sign-in-again.ts';
import { syncNow } from './sync-now.ts';

/** Entry of the bundle; the texts of it are translated from now on. */
export function createUploadPart(context: UploadContext): UploadPart {
  useTranslation(vscode.l10n.t);
  return new Part(context);
}

class Part extends Disposable implements UploadPart {
  readonly #context: UploadContext;
  readonly #keeper: Keeper;
  readonly #texts = this._register(new ShownTexts());

  constructor(context: UploadContext) {
    super();
    this.#context = context;
    this.#keeper = new Keeper(context.secrets, context.dataFolder);
    this._register(context.client.uploads.onRenewed(renewed => void this.#keeper.keepRenewed(renewed)));
  }

  async provide(cloud: Config['cloud']): Promise<void> {
    const secrets = await this.#keeper.secretsFor(cloud);
    const { client } = this.#context;
    try {
      await client.uploads.provide(secrets);
    } catch (error) {
      // Without a sampler they are kept for the next one.
      if (client.state === 'running') throw error;
    }
  }

  async setUpUpload(): Promise<void> {
    if (!(await setUp(this.#context, this.#keeper, this.#texts))) return;
    const now = t('Sync Now');
    const status = t('Show Upload Status');
    const choice = await vscode.window.showInformationMessage(
      t('OptiMetrics: uploads are on. The first can begin now.'),
      now,
      status,
    );
    if (choice === now) await this.syncNow();
    if (choice === status) await this.showUploadStatus();
  }

  async syncNow(): Promise<void> {
    await syncNow(this.#context.client);
  }

  async pauseUpload(): Promise<void> {
    await this.#context.client.uploads.pause(true);
    vscode.window.setStatusBarMessage(t('OptiMetrics: uploads are paused'), 5_000);
  }

  async resumeUpload(): Promise<void> {
    await this.#context.client.uploads.pause(false);
    vscode.window.setStatusBarMessage(t('OptiMetrics: uploads go on'), 5_000);
  }

  async showUploadStatus(): Promise<void> {
    switch (await showStatus(this.#context, this.#keeper)) {
      case undefined:
        return;
      case 'setUp':
        return this.setUpUpload();
      case 'signIn':
        if (await signInAgain(this.#context, this.#keeper)) await this.syncNow();
        return;
      case 'syncNow':
        return this.syncNow();
      case 'pause':
        return this.pauseUpload();
      case 'resume':
        return this.resumeUpload();
      case 'settings':
        return openUploadSettings();
      case 'exportRecovery':
        return this.exportRecoveryFile();
      case 'revoke':
        return this.revokeUpload();
    }
  }

  async revokeUpload(): Promise<void> {
    await revoke(this.#context, this.#keeper);
  }

  async exportRecoveryFile(): Promise<void> {
    await exportKeys(this.#keeper);
  }

  async importRecoveryFile(): Promise<void> {
    if (!(await importKeys(this.#keeper))) return;
    const { cloud } = await this.#context.readConfig();
    if (cloud.enabled) await this.provide(cloud);
  }
}
