import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { LocalKey } from '../../../src/sync/envelope/local-key.ts';
import { seal } from '../../../src/sync/envelope/seal.ts';
import { unseal } from '../../../src/sync/envelope/unseal.ts';
import { KeyError } from '../../../src/sync/keys/key-error.ts';
import { KeyFolder } from '../../../src/sync/keys/key-folder.ts';
import { KeyRing } from '../../../src/sync/keys/key-ring.ts';
import { mergeKeys, rotateKeys, sealingKey } from '../../../src/sync/keys/key-store.ts';
import { collect } from '../envelope/collect.ts';

describe('a key folder', () => {
  let data = '';
  const folder = () => path.join(data, 'sync-keys');
  const store = () => new KeyFolder(data);
  const fileOf = (id: string) => path.join(folder(), `${id}.json`);
  beforeEach(() => {
    data = fs.mkdtempSync(path.join(os.tmpdir(), 'keys-'));
  });
  afterEach(() => {
    fs.rmSync(data, { recursive: true, force: true });
  });

  async function assertRefused(message: RegExp): Promise<void> {
    await assert.rejects(store().load(), (error: unknown) => {
      assert.ok(error instanceof KeyError, String(error));
      assert.match(error.message, message);
      assert.ok(!error.message.includes(data), 'a message has no path of the user');
      return true;
    });
  }

  test('is empty before the first key, and makes one when it is needed', async () => {
    assert.deepEqual((await store().load()).keys, []);
    const { key } = await sealingKey(store());
    assert.equal((await sealingKey(store())).key.id, key.id);
    assert.deepEqual(fs.readdirSync(folder()), [`${key.id}.json`]);
  });

  test('is the user’s alone, and so is each file', async () => {
    const previous = process.umask(0);
    try {
      await rotateKeys(store());
    } finally {
      process.umask(previous);
    }
    assert.equal(fs.statSync(folder()).mode & 0o777, 0o700);
    for (const name of fs.readdirSync(folder()))
      assert.equal(fs.statSync(path.join(folder(), name)).mode & 0o777, 0o600);
  });

  test('seals with the newest key after a rotation, and opens what the older have sealed', async () => {
    const first = await rotateKeys(store());
    const sealed = await collect(seal([Buffer.from('rows')], { key: first.key }));
    const before = fs.readFileSync(fileOf(first.key.id), 'utf8');
    const second = await rotateKeys(store());
    const ring = await store().load();
    assert.equal(ring.newest?.key.id, second.key.id);
    const { plaintext } = await unseal([sealed], { local: ring.local });
    assert.equal((await collect(plaintext)).toString(), 'rows');
    assert.equal(fs.readFileSync(fileOf(first.key.id), 'utf8'), before);
  });

  test('has a newest key also when the clock went back', async () => {
    const now = Date.UTC(2026, 5, 1);
    await rotateKeys(store(), now);
    const second = await rotateKeys(store(), now - 86_400_000);
    const third = await rotateKeys(store(), now - 86_400_000);
    const { keys } = await store().load();
    assert.deepEqual(
      keys.slice(1).map(({ key }) => key.id),
      [second.key.id, third.key.id],
    );
  });

  test('merges the keys of another machine, and leaves its own as they are', async () => {
    const own = await rotateKeys(store(), Date.UTC(2026, 5, 2));
    const older = { key: LocalKey.generate(), createdMs: Date.UTC(2025, 0, 1) };
    const imported = new KeyRing([older, { key: own.key, createdMs: Date.UTC(2020, 0, 1) }]);
    const added = await mergeKeys(store(), imported);
    assert.deepEqual(
      added.map(({ key }) => key.id),
      [older.key.id],
    );
    const ring = await store().load();
    assert.deepEqual(
      ring.keys.map(({ key, createdMs }) => [key.id, createdMs]),
      [
        [older.key.id, older.createdMs],
        [own.key.id, own.createdMs],
      ],
    );
    assert.deepEqual(await mergeKeys(store(), imported), []);
  });

  test('refuses a key file that others can read, and says what to do', async () => {
    const { key } = await rotateKeys(store());
    for (const mode of [0o640, 0o604, 0o620]) {
      fs.chmodSync(fileOf(key.id), mode);
      await assertRefused(/others can read sync-keys\/[0-9a-f]{32}\.json.*chmod 600/);
    }
    fs.chmodSync(fileOf(key.id), 0o600);
    assert.equal((await store().load()).newest?.key.id, key.id);
  });

  test('refuses a folder that others can write to: they could have put their key there', async () => {
    await rotateKeys(store());
    fs.chmodSync(folder(), 0o770);
    await assertRefused(/not this user's alone.*chmod 700/);
    await assert.rejects(rotateKeys(store()), KeyError);
  });

  test('refuses a folder that is a link', async () => {
    fs.mkdirSync(path.join(data, 'elsewhere'), { mode: 0o700 });
    fs.symlinkSync('elsewhere', folder());
    await assertRefused(/not this user's alone/);
  });

  test('refuses files that are no keys, without hanging on any', async () => {
    const { key } = await rotateKeys(store());
    const good = fs.readFileSync(fileOf(key.id), 'utf8');
    const put = (contents: string) => {
      fs.rmSync(fileOf(key.id));
      fs.writeFileSync(fileOf(key.id), contents, { mode: 0o600 });
    };
    const other = LocalKey.generate();
    const bad: [contents: string, message: RegExp][] = [
      ['', /is not a key file of this version.*recovery file/],
      ['{', /is not a key file of this version/],
      ['[]', /is not a key file of this version/],
      [good.replace('"version":1', '"version":2'), /is not a key file of this version/],
      [good.replace(key.id, other.id), /is not a key file of this version/],
      [good.replace(/"created":"[^"]*"/, '"created":"soon"'), /is not a key file of this version/],
      [good.replace(/"kept":"[^"]*"/, '"kept":"AAAA"'), /is not the one of that name/],
      [
        good.replace(/"kept":"[^"]*"/, `"kept":"${other.reveal().toString('base64')}"`),
        /is not the one of that name/,
      ],
      [good.padEnd(5000), /is not a key file/],
    ];
    for (const [contents, message] of bad) {
      put(contents);
      await assertRefused(message);
    }
    fs.rmSync(fileOf(key.id));
    fs.mkdirSync(fileOf(key.id), { mode: 0o700 });
    await assertRefused(/is not a key file/);
    fs.rmdirSync(fileOf(key.id));
    spawnSync('mkfifo', ['-m', '600', fileOf(key.id)]);
    await assertRefused(/is not a key file/);
    fs.rmSync(fileOf(key.id));
    fs.writeFileSync(path.join(data, 'target'), good, { mode: 0o600 });
    fs.symlinkSync(path.join(data, 'target'), fileOf(key.id));
    await assertRefused(/is a link/);
  });

  test('says in no error what a key is', async () => {
    const { key } = await rotateKeys(store());
    const secret = key.reveal().toString('base64');
    const file = fileOf(key.id);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').slice(0, -2));
    await assert.rejects(store().load(), (error: unknown) => !String(error).includes(secret.slice(0, 12)));
  });

  test('keeps the keys of many processes that make one at the same time', async () => {
    const code = `
      import { KeyFolder } from ${JSON.stringify(path.resolve('src/sync/keys/key-folder.ts'))};
      import { rotateKeys } from ${JSON.stringify(path.resolve('src/sync/keys/key-store.ts'))};
      for (let at = 0; at < 10; at++) await rotateKeys(new KeyFolder(process.argv[1]));`;
    const processes = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code, data], {
        stdio: ['ignore', 'inherit', 'inherit'],
      }),
    );
    // Readers at the same time always see a folder that is in order.
    const ended = Promise.all(processes.map(child => once(child, 'close')));
    const race = { isOver: false };
    void ended.then(() => (race.isOver = true));
    let seen = 0;
    while (!race.isOver) {
      const { keys } = await store().load();
      assert.ok(keys.length >= seen, 'no key goes away');
      seen = keys.length;
    }
    assert.deepEqual(
      (await ended).map(([exitCode]: unknown[]) => exitCode),
      [0, 0, 0],
    );
    assert.equal((await store().load()).keys.length, 30);
    assert.equal(fs.readdirSync(folder()).length, 30, 'nothing is left beside the keys');
  });

  test('removes what a process left that died while it wrote, and nothing younger', async () => {
    await rotateKeys(store());
    const names = ['0', '1'].map(digit => `.${digit.repeat(32)}.0123456789abcdef`);
    for (const name of names) fs.writeFileSync(path.join(folder(), name), 'half', { mode: 0o600 });
    const old = new Date(Date.now() - 120_000);
    fs.utimesSync(path.join(folder(), names[0] ?? ''), old, old);
    await rotateKeys(store());
    assert.deepEqual(
      fs.readdirSync(folder()).filter(name => name.startsWith('.')),
      [names[1]],
    );
  });
});
