import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { ResumeNotes } from '../../../src/sync/spool/resume-notes.ts';
import { realDisk } from '../../../src/sync/disk.ts';
import { rotateKeys } from '../../../src/sync/keys/key-store.ts';
import { readDeviceKey } from '../../../src/sync/segments/device-key.ts';
import { SignInFault } from '../../../src/sync/targets/faults.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';
import { HARDWARE_ID } from '../segments/generated-log.ts';
import { MemoryKeys } from './storm/memory-keys.ts';
import { SmallUpload } from './small-upload.ts';

const SESSION = 'https://www.googleapis.com/upload/drive/v3/files?uploadType=resumable&upload_id=SECRET-0123';

/** An upload that was broken off while something was sealed, something was sent, and something was on its way. */
async function brokenOff(upload: SmallUpload): Promise<void> {
  upload.log(60);
  await upload.round();
  upload.log(60);
  upload.target.before = async (call, context) => {
    if (call !== 'send') return;
    await context?.resume.keep(SESSION);
    throw new SignInFault('expired', '');
  };
  assert.equal((await upload.round({ includesOpen: true })).state, 'sign-in');
}

/** Bytes as they are, and what they hold if they are compressed. */
function readable(bytes: Buffer): string {
  try {
    return bytes.toString('latin1') + gunzipSync(bytes).toString('latin1');
  } catch {
    return bytes.toString('latin1');
  }
}

describe('whoever steals what is kept of an upload', () => {
  for (const mode of ['backup', 'contribute'] as const) {
    test(`reads no row, no key, no address of a session in it: ${mode}`, async t => {
      const upload = new SmallUpload(t);
      const identity = await generateIdentity();
      if (mode === 'contribute')
        upload.options = { mode, study: 'one', recipients: [await identityToRecipient(identity)] };
      await brokenOff(upload);
      const stolen = [...upload.kept()].filter(([name]) => name !== 'device.key');
      const names = stolen.map(([name]) => name);
      assert.ok(
        ['journal', '.sealed', '.note'].every(part => names.some(name => name.endsWith(part))),
        names.join(),
      );
      const deviceKey = readDeviceKey(upload.dataDirectory);
      const secrets: [string, string][] = [
        ['a whole hardware id', HARDWARE_ID],
        ['the address of a session', SESSION],
        ['its secret part', 'SECRET-0123'],
        ['an identity', identity],
        ['a row', upload.text.split('\n')[1] ?? ''],
        ['a column', 'total_utilization'],
        ['Parquet', 'PAR1'],
        ...[deviceKey, ...upload.keys.ring.keys.map(({ key }) => key.reveal())].flatMap(
          (key): [string, string][] => [
            ['a key', key.toString('latin1')],
            ['a key', key.toString('hex')],
            ['a key', key.toString('base64')],
          ],
        ),
      ];
      for (const [name, bytes] of stolen) {
        const text = readable(bytes);
        for (const [what, secret] of secrets) {
          assert.ok(secret.length > 3);
          assert.ok(!text.includes(secret), `${what} in ${name}`);
        }
      }
    });
  }

  test('has to be this user to begin with', { skip: process.platform === 'win32' }, async t => {
    const upload = new SmallUpload(t);
    const mask = process.umask(0);
    t.after(() => process.umask(mask));
    await brokenOff(upload);
    const sync = path.join(upload.dataDirectory, 'sync');
    for (const name of ['', ...fs.readdirSync(sync, { recursive: true, encoding: 'utf8' })]) {
      const stat = fs.statSync(path.join(sync, name));
      assert.equal(stat.mode & 0o777, stat.isDirectory() ? 0o700 : 0o600, name);
    }
  });
});

describe('a note', () => {
  const A = 'a'.repeat(64);
  const B = 'b'.repeat(64);

  test('comes back after a restart and after a rotation, and is forgotten', async t => {
    const folder = path.join(temporaryDirectory(t), 'notes');
    const keys = new MemoryKeys();
    const open = (): Promise<ResumeNotes> => ResumeNotes.open(realDisk, folder, keys, new Set([A]));
    const note = await (await open()).of(A);
    assert.equal(note.text, undefined);
    await note.keep(SESSION);
    assert.equal(note.text, SESSION);
    await rotateKeys(keys);
    const again = await (await open()).of(A);
    assert.equal(again.text, SESSION);
    await again.keep('another');
    assert.equal((await (await open()).of(A)).text, 'another');
    await again.keep(undefined);
    assert.equal((await (await open()).of(A)).text, undefined);
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  test('that is damaged, of another file, or for keys that have gone counts as none', async t => {
    const folder = path.join(temporaryDirectory(t), 'notes');
    const keys = new MemoryKeys();
    const open = (store = keys): Promise<ResumeNotes> =>
      ResumeNotes.open(realDisk, folder, store, new Set([A, B]));
    await (await (await open()).of(A)).keep(SESSION);
    const file = path.join(folder, `${A}.note`);
    fs.copyFileSync(file, path.join(folder, `${B}.note`));
    assert.equal((await (await open()).of(B)).text, undefined);
    assert.equal((await (await open(new MemoryKeys())).of(A)).text, undefined);
    const bytes = fs.readFileSync(file);
    for (let at = 0; at < bytes.length; at += 3) {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 4;
      fs.writeFileSync(file, copy);
      assert.equal((await (await open()).of(A)).text, undefined, `byte ${at}`);
      fs.writeFileSync(file, bytes.subarray(0, at));
      assert.equal((await (await open()).of(A)).text, undefined, `cut at ${at}`);
    }
  });

  test('of a file that is not waited for is removed', async t => {
    const folder = path.join(temporaryDirectory(t), 'notes');
    const keys = new MemoryKeys();
    const first = await ResumeNotes.open(realDisk, folder, keys, new Set([A]));
    await (await first.of(A)).keep(SESSION);
    fs.writeFileSync(path.join(folder, `${A}.note.new`), 'left by a crash');
    await ResumeNotes.open(realDisk, folder, keys, new Set([B]));
    assert.deepEqual(fs.readdirSync(folder), []);
  });
});
