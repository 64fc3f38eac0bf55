import { setTimeout as delay } from 'node:timers/promises';
import { startHost } from '../harness/host.ts';
import { Questions } from '../harness/questions.ts';
import type { Studio } from './studio.ts';

/** For some rows to show. */
const ROWS_MS = 20_000;

/** Uploads to the default folder: what would be sent, the consent, and how it is after that. */
export async function takeUploads(studio: Studio): Promise<void> {
  const host = await startHost();
  try {
    const window = await studio.open(host, { width: 1100, height: 720 });
    const questions = new Questions(window);
    await delay(ROWS_MS);
    await window.runCommand('OptiMetrics: Set Up Upload…');
    await questions.choose('what', 'Backup');
    await questions.choose('where', 'Folder');
    await questions.choose('folder', 'This folder');
    await questions.choose('which key', 'SecretStorage');
    await questions.choose('if the key is lost', 'Continue Without');
    await questions.asked('what would be sent');
    // Pointing at the box shows its text again, over its title.
    await window.page.mouse.move(550, 560);
    await studio.take('upload-preview', window);
    await questions.choose('what would be sent', 'Continue');
    const dialog = window.page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    await studio.take('upload-consent', window);
    await window.page.keyboard.press('Enter');
    await window.waitForToast('uploads are on');
    await window.runCommand('OptiMetrics: Sync Now');
    await window.waitForToast('sent and confirmed');
    await window.runCommand('Notifications: Clear All Notifications');
    await window.page.setViewportSize({ width: 1100, height: 900 });
    await window.runCommand('OptiMetrics: Show Upload Status');
    await questions.asked('Upload Status');
    await window.page.mouse.move(550, 560);
    await studio.take('upload-status', window);
  } finally {
    await host.stop();
  }
}
