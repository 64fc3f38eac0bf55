import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { DIST } from '../../scripts/lib/paths.mjs';
import { startHost, type VsCodeHost } from './harness/host.ts';
import { Questions } from './harness/questions.ts';
import { until } from './harness/until.ts';
import type { VsCodeWindow } from './harness/window.ts';

const STATUS = 'optimetrics.status';
const PASSPHRASE = 'five words that nobody guesses';
/** What a repository would set if it could. */
const STOLEN = path.join(os.tmpdir(), `om-e2e-stolen-${String(process.pid)}`);
const HOSTILE = {
  'optimetrics.cloud.enabled': true,
  'optimetrics.cloud.encryptBeforeUpload': false,
  'optimetrics.cloud.provider': 'folder',
  'optimetrics.cloud.folder.path': STOLEN,
  'optimetrics.cloud.uploadIntervalMinutes': 1,
};

let host: VsCodeHost;
let window: VsCodeWindow;
let questions: Questions;
before(async () => {
  host = await startHost({
    telemetry: true,
    settings: { 'telemetry.telemetryLevel': 'all' },
    files: { '.vscode/settings.json': JSON.stringify(HOSTILE) },
  });
  window = await host.openWindow();
  questions = new Questions(window);
  await window.waitForStatus(STATUS, ({ text }) => /\d%/.test(text));
});
after(() => host.stop());

const folderOf = (...names: readonly string[]): string =>
  path.join(host.root, 'data', 'optimetrics', ...names);

/** Files below a folder, by their paths in it. */
function filesIn(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** What the user has set for uploads, wherever VS Code has put it. */
function cloudSettings(): Record<string, unknown> {
  const machine = path.join(host.serverFolder, 'user-data', 'Machine', 'settings.json');
  const found = [host.settingsFile, machine].filter(file => fs.existsSync(file));
  const all = found.flatMap(file =>
    Object.entries(JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>),
  );
  return Object.fromEntries(all.filter(([name]) => name.startsWith('optimetrics.cloud.')));
}

function cli(dataHome: string, ...argv: readonly string[]): string {
  return execFileSync(process.execPath, [path.join(DIST, 'cli.js'), ...argv], {
    env: { ...host.env, XDG_DATA_HOME: dataHome },
    encoding: 'utf8',
  });
}

/** What the editor shows of what would be sent, once it has this in it. */
async function shownPreview(part: string): Promise<string> {
  const lines = window.page.locator('.editor-instance .monaco-editor .view-lines').last();
  return until('what would be sent', async () => {
    const text = (await lines.innerText()).replaceAll('\u00a0', ' ');
    return text.includes('timestamp,hardware_id') && text.includes(part) && text;
  });
}

async function tooltipWith(part: RegExp): Promise<string> {
  return until(`the tooltip to have ${String(part)}`, async () => {
    const text = await window.statusTooltip(STATUS);
    return part.test(text) && text;
  });
}

/** Presses the button of a dialog that has the focus. */
async function confirm(message: string): Promise<string> {
  const dialog = window.page.locator('.monaco-dialog-box', { hasText: message });
  await dialog.waitFor({ timeout: 60_000 });
  const text = await dialog.innerText();
  await window.page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden', timeout: 60_000 });
  return text;
}

describe('uploads', () => {
  const recovery = (): string => path.join(host.root, 'recovery.age');
  const uploads = (): string => folderOf('uploads');

  test('are off, whatever a workspace says', async () => {
    await window.runCommand('OptiMetrics: Show Upload Status');
    await questions.asked('Upload Status');
    assert.match((await questions.choices()).join('\n'), /Uploads are off\. Nothing leaves this machine\./);
    await questions.escape();
    assert.doesNotMatch(await window.statusTooltip(STATUS), /[Uu]pload/);
    assert.deepEqual(filesIn(STOLEN), []);
  });

  test('are set up by keyboard, and nothing is kept or sent before the consent', async () => {
    await window.runCommand('OptiMetrics: Set Up Upload…');
    await questions.choose('what', 'Backup');
    await questions.choose('where', 'WebDAV');
    await questions.asked('Address of the folder');
    await window.page.keyboard.type('http://user:word@example.org/');
    await until('what is wrong with it', async () =>
      (await questions.message()).includes('begins with https://'),
    );
    await questions.back();
    await questions.choose('where', 'Folder');
    await questions.choose('folder', 'This folder');
    await questions.choose('which key', 'SecretStorage');
    await questions.choose('if the key is lost', 'Export Recovery File');
    await questions.type('(1/2)', PASSPHRASE);
    await questions.type('(2/2)', PASSPHRASE);
    await questions.save('Export Recovery File', recovery());
    await questions.choose('if the key is lost', 'Continue');
    await questions.asked('what would be sent');
    const shown = await shownPreview('your own key, and nobody else');
    assert.match(shown, /Name there: +study=backup\/device=[0-9a-f]{32}\/date=/);
    assert.match(shown, /Encrypted for: +your own key, and nobody else/);
    assert.match(shown, /^20\d\d-\d\d-\d\dT[\d:.]+Z,[0-9a-f]{32},/m);
    const rows = shown.slice(shown.indexOf('timestamp,'));
    for (const personal of [os.hostname(), os.userInfo().username, host.root, 'workspace'])
      assert.ok(!rows.includes(personal), 'nothing of the user');
    await window.screenshot('upload-preview');
    await questions.choose('what would be sent', 'Continue');
    await window.page.locator('.monaco-dialog-box').waitFor();
    assert.deepEqual(cloudSettings(), {});
    assert.deepEqual(filesIn(uploads()), []);
    assert.deepEqual(filesIn(folderOf('sync-keys')), []);
    const consent = await confirm('Back up the log?');
    await window.waitForToast('uploads are on');
    assert.match(consent, /every 60 minutes[^]*in VS Code’s SecretStorage[^]*Pause Upload/);
    assert.equal(cloudSettings()['optimetrics.cloud.enabled'], true);
  });

  test('are sent now, and the recovery file opens what was sent', async () => {
    await window.runCommand('OptiMetrics: Sync Now');
    await window.waitForToast(/file.* with \d+ rows? sent and confirmed/);
    const sent = filesIn(uploads());
    assert.notEqual(sent.length, 0);
    for (const name of sent)
      assert.match(name, /^study=backup\/device=[0-9a-f]{32}\/date=[\d-]{10}\/[0-9a-f]{64}\.sealed$/);

    const elsewhere = path.join(host.root, 'elsewhere');
    const passphrase = path.join(host.root, 'passphrase');
    fs.writeFileSync(passphrase, PASSPHRASE);
    cli(elsewhere, 'keys', 'import', recovery(), '--passphrase-file', passphrase);
    const opened = path.join(host.root, 'opened');
    const files = sent.map(name => path.join(uploads(), name));
    cli(elsewhere, 'decrypt', ...files, '-o', opened, '--format', 'csv');
    const read = filesIn(opened).flatMap(name => rowsOf(path.join(opened, name)));
    const log = filesIn(host.logDirectory).filter(name => name.endsWith('.csv'));
    const logged = log.flatMap(name => rowsOf(path.join(host.logDirectory, name)));
    assert.notEqual(read.length, 0);
    assert.deepEqual(read.sort(), logged.sort().slice(0, read.length));
  });

  test('have a key that is in no file, and in none of what any process was told', () => {
    const kept = filesIn(path.join(host.root, 'elsewhere')).filter(name => name.includes('sync-keys'));
    const { kept: base64 } = JSON.parse(
      fs.readFileSync(path.join(host.root, 'elsewhere', kept[0] ?? ''), 'utf8'),
    ) as { readonly kept: string };
    const key = Buffer.from(base64, 'base64');
    assert.equal(key.length, 32);
    const found = filesIn(host.root).filter(name => {
      if (name.startsWith('elsewhere') || name.includes('node_modules')) return false;
      const bytes = fs.readFileSync(path.join(host.root, name));
      return [key, base64, key.toString('hex'), PASSPHRASE].some(secret => bytes.includes(secret));
    });
    assert.deepEqual(found, ['passphrase']);
    for (const { pid, command } of host.processes()) {
      const environment = fs.readFileSync(`/proc/${String(pid)}/environ`, 'latin1');
      assert.equal(command.includes(base64) || environment.includes(base64), false);
    }
  });

  test('stand in the tooltip and in the status, and can be paused', async () => {
    await tooltipWith(/Uploads: last at \d\d:\d\d, next at \d\d:\d\d/);
    await window.runCommand('OptiMetrics: Pause Upload');
    await tooltipWith(/Uploads: paused/);
    await window.runCommand('OptiMetrics: Show Upload Status');
    await questions.asked('Upload Status');
    const shown = (await questions.choices()).join('\n');
    assert.match(shown, /Resume Upload[^]*Uploads: paused/);
    assert.match(shown, /Key[0-9a-f]{8}, in VS Code’s SecretStorage/);
    assert.match(shown, /Confirmed\d+ files?, \d+ rows/);
    await window.screenshot('upload-status');
    await questions.escape();
    await window.runCommand('OptiMetrics: Resume Upload');
    await tooltipWith(/Uploads: (?!paused)/);
  });

  test('are revoked: stopped, and what was sent is deleted, then the key', async () => {
    await window.runCommand('OptiMetrics: Revoke…');
    assert.match(
      await confirm('Uploads are stopped and turned off'),
      /\d+ files? with [\d.]+ KiB are still in/,
    );
    await window.waitForToast(/files? deleted; nothing is left there\./);
    assert.deepEqual(filesIn(uploads()), []);
    assert.equal(cloudSettings()['optimetrics.cloud.enabled'], false);
    assert.match(await confirm('Delete the keys'), /can then be read by nobody/);
    await until('no line in the tooltip', async () => !/[Uu]pload/.test(await window.statusTooltip(STATUS)));
  });

  test('find their key again by the recovery file', async () => {
    await window.runCommand('OptiMetrics: Import Recovery File…');
    await openFile(recovery());
    await questions.type('Import Recovery File: passphrase', PASSPHRASE);
    await questions.choose('Import Recovery File: where', 'SecretStorage');
    await window.waitForToast('1 of 1 keys of the recovery file were added');
    const again = path.join(host.root, 'again.age');
    await window.runCommand('OptiMetrics: Export Recovery File…');
    await questions.type('(1/2)', PASSPHRASE);
    await questions.type('(2/2)', PASSPHRASE);
    await questions.save('Export Recovery File', again);
    const ids = (home: string): string => cli(path.join(host.root, home), 'keys', 'list').slice(0, 32);
    cli(
      path.join(host.root, 'third'),
      'keys',
      'import',
      again,
      '--passphrase-file',
      path.join(host.root, 'passphrase'),
    );
    assert.equal(ids('third'), ids('elsewhere'));
  });

  test('for a study are what it may have, and end when telemetry is switched off', async () => {
    const recipient = await identityToRecipient(await generateX25519Identity());
    await window.runCommand('OptiMetrics: Set Up Upload…');
    await questions.choose('what', 'Contribution');
    await questions.choose('where', 'Folder');
    await questions.choose('folder', 'This folder');
    await questions.type('Public keys of the study', recipient);
    await questions.type('Name of the study', 'e2e');
    await questions.choose('which key', 'SecretStorage');
    await questions.choose('if the key is lost', 'Continue Without');
    await questions.asked('what would be sent');
    const shown = await shownPreview(recipient);
    assert.match(shown, /Left out: +\w+/);
    await questions.choose('what would be sent', 'Continue');
    await confirm('Contribute to a study?');
    await window.waitForToast('uploads are on');
    await window.runCommand('OptiMetrics: Sync Now');
    await window.waitForToast(/sent and confirmed/);
    const sent = filesIn(uploads());
    assert.notEqual(sent.length, 0);
    for (const name of sent) assert.match(name, /^study=e2e\/device=/);

    const settings = JSON.parse(fs.readFileSync(host.settingsFile, 'utf8')) as Record<string, unknown>;
    await window.writeUserSettings(JSON.stringify({ ...settings, 'telemetry.telemetryLevel': 'off' }));
    const box = window.page.locator('.monaco-modal-editor-block');
    await until('the settings to be closed', async () => {
      if (await box.isVisible()) await window.page.keyboard.press('Escape');
      return !(await box.isVisible());
    });
    await tooltipWith(/Uploads: stopped, telemetry is off/);
    await window.runCommand('OptiMetrics: Sync Now');
    await window.waitForToast(/nothing was sent: telemetry is off/);
    assert.deepEqual(filesIn(uploads()), sent);
    assert.deepEqual(filesIn(STOLEN), []);
    // VS Code's own, where telemetry is on and there is nobody to take it.
    const problems = window.problems().filter(text => !text.includes('An unknown error occurred.'));
    assert.deepEqual(problems, []);
  });
});

/** Opens a file in VS Code's own dialog. */
async function openFile(file: string): Promise<void> {
  const input = window.page.locator('.quick-input-widget:visible input.input');
  await until('the dialog', async () => (await input.inputValue({ timeout: 1000 })).includes('/'));
  await until('the file to be taken', async () => {
    if (!(await input.isVisible())) return true;
    const value = await input.inputValue({ timeout: 1000 });
    if (!value.includes('/')) return true;
    // The dialog may still have put a folder of its own there.
    if (value !== file) await input.fill(file);
    await window.page.keyboard.press('Enter');
    await new Promise(resolve => setTimeout(resolve, 500));
    return false;
  });
}

/** Whole rows of a CSV file, without its header. */
function rowsOf(file: string): string[] {
  const text = fs.readFileSync(file, 'utf8');
  return text.slice(0, text.lastIndexOf('\n')).split('\n').slice(1);
}
