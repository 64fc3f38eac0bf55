import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import {
  type Config,
  type ConfigOverlay,
  DEFAULT_CONFIG,
  withOverlay,
} from '../../../src/common/config/schema.ts';
import { credentialPlace, s3Endpoint } from '../../../src/common/upload.ts';
import { SettingsError, uploadOf } from '../../../src/sync/upload/upload.ts';
import { UploadKeys } from '../../../src/sync/upload/upload-keys.ts';
import { LocalKey } from '../../../src/sync/envelope/local-key.ts';
import { KeyFolder } from '../../../src/sync/keys/key-folder.ts';
import { KeyError } from '../../../src/sync/keys/key-error.ts';
import { sealingKey } from '../../../src/sync/keys/key-store.ts';
import { SignInFault } from '../../../src/sync/targets/faults.ts';
import { parcelOf } from '../targets/parcels.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';

const KEY = 'age1hkuazx9p2h6ngu8r5chht3rxykdss8tv5majcdsdx2unetrf53yqe8dd55';

type Cloud = NonNullable<ConfigOverlay['cloud']>;

function configOf(dataDirectory: string, cloud: Cloud): Config {
  return withOverlay(DEFAULT_CONFIG, {
    logging: { logDirectory: path.join(dataDirectory, 'logs') },
    cloud: { folder: { path: path.join(dataDirectory, 'up') }, ...cloud },
  });
}

describe('what the settings say of uploads', () => {
  test('a backup is for the user’s own key, whatever recipients there are', async t => {
    const dataDirectory = temporaryDirectory(t);
    const sourceOf = async (cloud: Cloud) =>
      (await uploadOf({ config: configOf(dataDirectory, cloud), dataDirectory })).source;
    const backup = await sourceOf({ recipients: [KEY], study: 'sleep' });
    assert.deepEqual([backup.recipients, backup.study, backup.encrypt], [[], '', true]);
    const contribution = await sourceOf({ mode: 'contribute', recipients: [KEY], study: 'sleep' });
    assert.deepEqual([contribution.recipients, contribution.study], [[KEY], 'sleep']);
  });

  test('another place or purpose is another destination, and another key, bound or interval is not', async t => {
    const dataDirectory = temporaryDirectory(t);
    const idOf = async (cloud: Cloud) =>
      (await uploadOf({ config: configOf(dataDirectory, cloud), dataDirectory })).source.destination;
    const s3 = { provider: 's3', s3: { bucket: 'abc', endpoint: 'https://store.example' } } as const;
    const webdav = { provider: 'webdav', webdav: { url: 'https://dav.example/a' } } as const;
    const ids = await Promise.all([
      idOf({}),
      idOf({ folder: { path: path.join(dataDirectory, 'other') } }),
      idOf({ mode: 'contribute', recipients: [KEY] }),
      idOf(s3),
      idOf({ ...s3, s3: { ...s3.s3, bucket: 'abd' } }),
      idOf({ ...s3, s3: { ...s3.s3, prefix: 'mine' } }),
      idOf(webdav),
      idOf({ ...webdav, webdav: { url: 'https://dav.example/b' } }),
      idOf({ provider: 'gdrive', gdrive: { clientId: '1-a' } }),
    ]);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(
      await idOf({ uploadIntervalMinutes: 5, maxKbps: 9, maxSpoolMb: 1, recipients: [KEY] }),
      ids[0],
    );
    assert.equal(await idOf({ ...s3, s3: { ...s3.s3, region: 'eu-central-1' } }), ids[3]);
    for (const url of ['https://dav.example/a/', 'https://DAV.example:443/a', 'https://dav.example/./a//'])
      assert.equal(await idOf({ ...webdav, webdav: { url } }), ids[6], url);
    for (const endpoint of ['https://store.example/', 'https://Store.example:443'])
      assert.equal(await idOf({ ...s3, s3: { ...s3.s3, endpoint } }), ids[3], endpoint);
    assert.equal(await idOf({ folder: { path: `${dataDirectory}/./up/` } }), ids[0]);
  });

  test(
    'the log is the same by another name of its folder',
    { skip: process.platform === 'win32' && 'links' },
    async t => {
      const dataDirectory = temporaryDirectory(t);
      const config = configOf(dataDirectory, {});
      fs.mkdirSync(config.logging.logDirectory);
      const link = path.join(dataDirectory, 'link');
      fs.symlinkSync(config.logging.logDirectory, link);
      const moved = withOverlay(config, { logging: { logDirectory: link } });
      const [one, other] = await Promise.all([
        uploadOf({ config, dataDirectory }),
        uploadOf({ config: moved, dataDirectory }),
      ]);
      assert.equal(one.source.destination, other.source.destination);
    },
  );

  test('what does not go together is refused with a reason and a remedy', async t => {
    const dataDirectory = temporaryDirectory(t);
    for (const cloud of [
      { mode: 'contribute' },
      { provider: 's3' },
      { provider: 'webdav', webdav: { url: 'https://dav.example' }, encryptBeforeUpload: false },
      // What is mounted there is no disk of this machine.
      ...(process.platform === 'linux' ? [{ folder: { path: '/proc/up' }, encryptBeforeUpload: false }] : []),
    ] as const)
      await assert.rejects(uploadOf({ config: configOf(dataDirectory, cloud), dataDirectory }), error => {
        assert.ok(error instanceof SettingsError);
        assert.match(error.message, /^cloud\.[a-z0-9_.]+ must/);
        assert.ok(error.remedy !== '' && !error.message.includes(dataDirectory));
        return true;
      });
  });
});

describe('credentials', () => {
  test('are for an origin and a bucket, whatever else is set', () => {
    const { cloud } = DEFAULT_CONFIG;
    const of = (over: Cloud) => credentialPlace(withOverlay(DEFAULT_CONFIG, { cloud: over }).cloud);
    assert.equal(credentialPlace(cloud), undefined);
    const s3 = { endpoint: 'https://Store.example:443/x', bucket: 'abc', region: 'r' };
    assert.equal(of({ provider: 's3', s3 }), 's3 https://store.example abc');
    assert.equal(of({ provider: 's3', s3: { ...s3, region: 'q', prefix: 'p' } }), of({ provider: 's3', s3 }));
    const places = [
      of({ provider: 's3', s3 }),
      of({ provider: 's3', s3: { ...s3, bucket: 'abd' } }),
      of({ provider: 's3', s3: { ...s3, endpoint: 'https://store.example:444' } }),
      of({ provider: 's3', s3: { ...s3, endpoint: '' } }),
      of({ provider: 'webdav', webdav: { url: 'https://store.example' } }),
      of({ provider: 'webdav', webdav: { url: 'http://127.0.0.1:1' } }),
      of({ provider: 'gdrive', gdrive: { clientId: '1' } }),
      of({ provider: 'gdrive', gdrive: { clientId: '2' } }),
    ];
    assert.equal(new Set(places).size, places.length);
    assert.equal(
      of({ provider: 'webdav', webdav: { url: 'https://dav.example/a' } }),
      of({ provider: 'webdav', webdav: { url: 'https://dav.example/b' } }),
    );
    assert.equal(
      s3Endpoint({ endpoint: '', region: 'cn-north-1' }),
      'https://s3.cn-north-1.amazonaws.com.cn',
    );
  });

  test('that a window has handed over for another place are not used', async t => {
    const dataDirectory = temporaryDirectory(t);
    const config = configOf(dataDirectory, { provider: 'webdav', webdav: { url: 'http://127.0.0.1:9/' } });
    const credentials = { provider: 'webdav', user: 'me', password: 'hunter2' } as const;
    const secrets = { credentials: { place: 'webdav https://dav.example', credentials } };
    const target = await (await uploadOf({ config, dataDirectory, secrets })).openTarget();
    const parcel = parcelOf(Buffer.from('x'));
    const context = {
      signal: AbortSignal.timeout(60_000),
      resume: { text: undefined, keep: () => Promise.resolve() },
    };
    await assert.rejects(target.send(parcel, context), (error: unknown) => {
      assert.ok(error instanceof SignInFault);
      assert.match(
        `${error.message}. ${error.remedy}`,
        /nobody has signed in to the WebDAV server yet\. Sign in: /,
      );
      return true;
    });
    target.close();
  });
});

describe('the keys of uploads', () => {
  test('are those of a window and those of the folder, and the newest seals', async t => {
    const dataDirectory = temporaryDirectory(t);
    const old = await sealingKey(new KeyFolder(dataDirectory), 1000);
    const provided = LocalKey.generate();
    const keys = new UploadKeys(dataDirectory, [
      { key: provided.reveal().toString('base64'), createdMs: 2000 },
    ]);
    const ring = await keys.load();
    assert.deepEqual([ring.newest?.key.id, ring.has(old.key.id)], [provided.id, true]);
  });

  test('are not made where a window keeps them and is not there', async t => {
    const dataDirectory = temporaryDirectory(t);
    const key = { key: LocalKey.generate().reveal().toString('base64'), createdMs: 1 };
    await new UploadKeys(dataDirectory, [key]).load();
    await assert.rejects(sealingKey(new UploadKeys(dataDirectory)), (error: unknown) => {
      assert.ok(error instanceof KeyError);
      assert.match(error.message, /open a window, or export the key there and run optimetrics keys import/);
      return true;
    });
    assert.deepEqual(await new KeyFolder(dataDirectory).list(), []);
    // Imported, they are there.
    await sealingKey(new KeyFolder(dataDirectory));
    assert.equal((await new UploadKeys(dataDirectory).load()).keys.length, 1);
  });

  test('that are none are refused', t => {
    assert.throws(() => new UploadKeys(temporaryDirectory(t), [{ key: 'AAAA', createdMs: 1 }]), KeyError);
  });
});
