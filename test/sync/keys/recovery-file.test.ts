import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { before, describe, test } from 'node:test';
import { armor, Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { LocalKey } from '../../../src/sync/envelope/local-key.ts';
import {
  DamagedRecoveryError,
  NotRecoveryError,
  readRecovery,
  RecoveryError,
  WrongPassphraseError,
  writeRecovery,
} from '../../../src/sync/keys/recovery-file.ts';

const PASSPHRASE = 'correct horse battery staple';
/** A cost that is quick to try, which no file for keeping has. */
const QUICK = 4;

const keys = [1, 2, 3].map(at => ({ key: LocalKey.generate(), createdMs: Date.UTC(2026, 0, at) }));

describe('a recovery file', () => {
  let text = '';
  before(async () => {
    text = await writeRecovery(keys, PASSPHRASE, QUICK);
  });

  const read = (file: string | Uint8Array, passphrase = PASSPHRASE) =>
    readRecovery(typeof file === 'string' ? Buffer.from(file) : file, passphrase);

  test('gives the keys and their times back, in its armor and without', async () => {
    for (const file of [text, armor.decode(text), `\r\n${text.replaceAll('\n', '\r\n')}`]) {
      const ring = await read(file);
      assert.deepEqual(
        ring.keys.map(({ key, createdMs }) => [key.id, createdMs]),
        keys.map(({ key, createdMs }) => [key.id, createdMs]),
      );
    }
  });

  test('is an age file that age opens too, with the keys in plain JSON', async () => {
    const decrypter = new Decrypter();
    decrypter.addPassphrase(PASSPHRASE);
    const content = JSON.parse(await decrypter.decrypt(armor.decode(text), 'text')) as {
      keys: { id: string; key: string }[];
    };
    assert.deepEqual(
      content.keys.map(({ key }) => key),
      keys.map(({ key }) => key.reveal().toString('base64')),
    );
  });

  test('says when the passphrase is another', async () => {
    for (const passphrase of ['', 'Correct horse battery staple', `${PASSPHRASE} `])
      await assert.rejects(read(text, passphrase), WrongPassphraseError);
  });

  test('of which a bit of any byte is flipped is refused, as damaged where that can be told', async () => {
    const age = armor.decode(text);
    /** Magic, salt, factor and the wrapped file key, up to the code that authenticates them. */
    const told = Buffer.from(age).indexOf('\n--- ') + 5;
    for (let at = 0; at < age.length; at++) {
      const file = Buffer.from(age);
      // Another factor would be another cost: some of them take minutes.
      if (/[0-9]/.test(String.fromCharCode(file[at] ?? 0)) && file[at + 1] === 0x0a && at < told) continue;
      file[at] = (file[at] ?? 0) ^ (1 << (at & 7));
      await assert.rejects(read(file), (error: unknown) => {
        assert.ok(error instanceof RecoveryError, inspect(error));
        if (at >= told) assert.ok(error instanceof DamagedRecoveryError, `${at}: ${inspect(error)}`);
        return true;
      });
    }
  });

  test('that is cut off anywhere is refused', async () => {
    const age = armor.decode(text);
    for (let at = 0; at < age.length; at += 7) await assert.rejects(read(age.subarray(0, at)), RecoveryError);
    for (let at = 0; at < text.length - 1; at += 31)
      await assert.rejects(read(text.slice(0, at)), RecoveryError);
  });

  test('is told from other files', async () => {
    const forOthers = new Encrypter();
    forOthers.addRecipient(await identityToRecipient(await generateIdentity()));
    const other = new Encrypter();
    other.setPassphrase(PASSPHRASE);
    other.setScryptWorkFactor(QUICK);
    const files = ['', 'timestamp,hardware_id\n', await forOthers.encrypt('{}'), await other.encrypt('{}')];
    for (const file of files) await assert.rejects(read(file), NotRecoveryError);
    await assert.rejects(read(await other.encrypt('no JSON')), DamagedRecoveryError);
  });

  test('that asks for too much work is refused at once', async () => {
    const age = Buffer.from(armor.decode(text)).toString('latin1');
    const asking = age.replace(/^(-> scrypt \S+) 4$/m, '$1 30');
    assert.notEqual(asking, age);
    await assert.rejects(read(Buffer.from(asking, 'latin1')), DamagedRecoveryError);
  });

  test('shows nothing of the keys without the passphrase', () => {
    for (const { key } of keys) {
      for (const form of ['hex', 'base64', 'base64url'] as const)
        assert.ok(!text.includes(key.reveal().toString(form)));
      assert.ok(!text.includes(key.id));
    }
  });
});
