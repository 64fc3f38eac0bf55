import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { Credentials } from '../../../src/common/upload.ts';
import { CREDENTIAL_FOLDER, CredentialFolder } from '../../../src/sync/credentials/credential-folder.ts';
import { takeFromEnvironment } from '../../../src/sync/credentials/environment.ts';
import { KeyError } from '../../../src/sync/keys/key-error.ts';
import type { Vault } from '../../../src/sync/keys/vault.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';

const PLACE = 's3 https://store.example bucket';
const SECRET = 'hunter2';
const S3: Credentials = { provider: 's3', accessKeyId: 'AK', secretAccessKey: SECRET };

function bench(t: TestContext) {
  const data = temporaryDirectory(t);
  const folder = path.join(data, CREDENTIAL_FOLDER);
  return {
    store: new CredentialFolder(data),
    folder,
    file: () => path.join(folder, fs.readdirSync(folder)[0] ?? assert.fail('a file')),
  };
}

/** Rejects, in words that hold no secret. */
async function refused(work: Promise<unknown>, words: RegExp): Promise<void> {
  await assert.rejects(work, error => {
    assert.ok(error instanceof KeyError, String(error));
    assert.match(error.message, words);
    assert.ok(!error.message.includes(SECRET) && !error.message.includes('/tmp'));
    return true;
  });
}

describe('kept credentials', () => {
  test('come back for their place and for no other', async t => {
    const { store } = bench(t);
    assert.equal(await store.load(PLACE), undefined);
    await store.keep(PLACE, S3);
    assert.deepEqual(await store.load(PLACE), S3);
    for (const place of ['s3 https://store.example other', 's3 https://evil.example bucket', ''])
      assert.equal(await store.load(place), undefined);
    const renewed = { ...S3, sessionToken: 'token' };
    await store.keep(PLACE, renewed);
    assert.deepEqual(await store.load(PLACE), renewed);
    assert.equal(await store.forget(PLACE), true);
    assert.equal(await store.forget(PLACE), false);
    assert.equal(await store.load(PLACE), undefined);
  });

  test('are the user’s alone', { skip: process.platform === 'win32' && 'POSIX modes' }, async t => {
    const { store, folder, file } = bench(t);
    await store.keep(PLACE, S3);
    assert.deepEqual([fs.statSync(folder).mode & 0o777, fs.statSync(file()).mode & 0o777], [0o700, 0o600]);
    assert.deepEqual(fs.readdirSync(folder).length, 1);
    fs.chmodSync(file(), 0o640);
    await refused(store.load(PLACE), /others can read sync-credentials\/[0-9a-f]{32}\.json.*chmod 600/);
    fs.chmodSync(file(), 0o600);
    fs.chmodSync(folder, 0o750);
    await refused(store.load(PLACE), /not this user's alone; make it so: chmod 700/);
    await refused(store.keep(PLACE, S3), /not this user's alone/);
  });

  test('that were moved to the name of another place, or changed, are refused', async t => {
    const { store, file } = bench(t);
    await store.keep('webdav https://evil.example', { provider: 'webdav', user: 'me', password: 'x' });
    const evil = file();
    const bait = fs.readFileSync(evil, 'utf8');
    fs.rmSync(evil);
    await store.keep(PLACE, S3);
    const whole = fs.readFileSync(file(), 'utf8');
    for (const text of [
      bait,
      bait.replace('webdav https://evil.example', PLACE),
      whole.slice(0, -20),
      '[]',
      '',
    ])
      await (fs.writeFileSync(file(), text),
      refused(store.load(PLACE), /sign in again: optimetrics sync login/));
    fs.rmSync(file());
    fs.symlinkSync(evil, path.join(path.dirname(evil), path.basename(evil)));
  });

  test('are in a keyring where that is asked for, and are forgotten there too', async t => {
    const { store, file } = bench(t);
    const kept = new Map<string, Buffer>();
    const deaf: Vault = {
      name: 'file',
      keep: ({ id }, bytes) => {
        kept.set(id, bytes);
        return Promise.resolve('');
      },
      recall: () => Promise.resolve(Buffer.from('something else')),
      forget: () => Promise.resolve(),
    };
    await refused(store.keep(PLACE, S3, deaf), /does not give back what was put into it; use --store file/);
    assert.deepEqual(kept.size, 1);
    assert.throws(file);
  });
});

describe('credentials of the environment', () => {
  test('are those of the provider, and are not there any more after', () => {
    const all = {
      PATH: '/bin',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      OPTIMETRICS_WEBDAV_USER: 'me',
      OPTIMETRICS_WEBDAV_PASSWORD: 'c',
      OPTIMETRICS_GDRIVE_REFRESH_TOKEN: 'd',
    };
    const expected = {
      folder: undefined,
      s3: { provider: 's3', accessKeyId: 'a', secretAccessKey: 'b' },
      webdav: { provider: 'webdav', user: 'me', password: 'c' },
      gdrive: { provider: 'gdrive', refreshToken: 'd' },
    } as const;
    for (const provider of ['folder', 's3', 'webdav', 'gdrive'] as const) {
      const environment = { ...all };
      assert.deepEqual(takeFromEnvironment(provider, environment), expected[provider]);
      assert.deepEqual(environment, { PATH: '/bin' });
    }
    const more = { ...all, AWS_SESSION_TOKEN: 'e', OPTIMETRICS_GDRIVE_CLIENT_SECRET: 'f' };
    assert.deepEqual(takeFromEnvironment('s3', { ...more }), { ...expected.s3, sessionToken: 'e' });
    assert.deepEqual(takeFromEnvironment('gdrive', { ...more }), { ...expected.gdrive, clientSecret: 'f' });
    assert.equal(takeFromEnvironment('s3', { AWS_ACCESS_KEY_ID: 'a' }), undefined);
  });
});
