import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SecretKeyStore } from '../../../src/extension/upload/secret-key-store.ts';
import type { Secrets } from '../../../src/extension/upload/secrets.ts';
import { LocalKey } from '../../../src/sync/envelope/local-key.ts';
import type { RingKey } from '../../../src/sync/keys/key-ring.ts';
import { mergeKeys, rotateKeys, sealingKey } from '../../../src/sync/keys/key-store.ts';

/** Secrets as VS Code keeps them for one extension, without what is around them there. */
class KeptSecrets implements Secrets {
  readonly kept = new Map<string, string>();

  get(name: string): Promise<string | undefined> {
    return Promise.resolve(this.kept.get(name));
  }

  store(name: string, value: string): Promise<void> {
    this.kept.set(name, value);
    return Promise.resolve();
  }

  delete(name: string): Promise<void> {
    this.kept.delete(name);
    return Promise.resolve();
  }
}

const ringKey = (createdMs: number): RingKey => ({ key: LocalKey.generate(), createdMs });

describe('keys in the SecretStorage', () => {
  test('the first is made, the newest seals, all open, in another window too', async () => {
    const secrets = new KeptSecrets();
    const store = new SecretKeyStore(secrets);
    assert.equal((await store.load()).newest, undefined);
    const first = await sealingKey(store, 1000);
    assert.equal((await sealingKey(store, 2000)).key.id, first.key.id);
    const second = await rotateKeys(store, 500);
    const ring = await new SecretKeyStore(secrets).load();
    assert.deepEqual(
      ring.keys.map(({ key }) => key.id),
      [first.key.id, second.key.id],
    );
    assert.deepEqual(ring.newest?.key.reveal(), second.key.reveal());
  });

  test('of two windows that add at the same time neither loses its key', async () => {
    for (let run = 0; run < 50; run++) {
      const secrets = new KeptSecrets();
      const [one, other] = [ringKey(1), ringKey(2)];
      await Promise.all([new SecretKeyStore(secrets).add([one]), new SecretKeyStore(secrets).add([other])]);
      const ring = await new SecretKeyStore(secrets).load();
      assert.equal(ring.keys.length, 2);
    }
  });

  test('a damaged key or list is told, and a recovery file puts it right', async () => {
    const secrets = new KeptSecrets();
    const store = new SecretKeyStore(secrets);
    const one = ringKey(1);
    await store.add([one]);
    for (const name of [...secrets.kept.keys()]) {
      for (const damaged of [
        '',
        '{',
        '{}',
        '["x"]',
        secrets.kept.get(name)?.replace(/[0-9a-f]/, 'z') ?? '',
      ]) {
        secrets.kept.set(name, damaged);
        await assert.rejects(store.load(), /damaged; import the recovery file/);
        await store.add([one]);
        assert.deepEqual((await store.load()).newest?.key.reveal(), one.key.reveal());
      }
    }
    assert.deepEqual(await mergeKeys(store, await store.load()), []);
  });

  test('a storage that forgets what it is given is told before anything is sealed', async () => {
    const forgetful = new KeptSecrets();
    forgetful.store = () => Promise.resolve();
    await assert.rejects(new SecretKeyStore(forgetful).add([ringKey(1)]), /keep it in a file/);
  });

  test('cleared, nothing is left', async () => {
    const secrets = new KeptSecrets();
    const store = new SecretKeyStore(secrets);
    await store.add([ringKey(1), ringKey(2)]);
    await store.clear();
    assert.equal(secrets.kept.size, 0);
  });
});
