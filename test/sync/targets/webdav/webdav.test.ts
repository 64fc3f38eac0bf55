import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { HttpClient } from '../../../../src/sync/http/http-client.ts';
import { RefusedFault, SignInFault } from '../../../../src/sync/targets/faults.ts';
import { webdavTarget } from '../../../../src/sync/targets/webdav/webdav.ts';
import { selfSigned } from '../../http/self-signed.ts';
import { assertFault } from '../assert-fault.ts';
import { bytesOf, contextOf, NEVER, parcelOf } from '../parcels.ts';
import { startApache, startRclone, USER, PASSWORD, type WebDavServer } from '../servers/webdav.ts';
import { CANNOT_MOUNT, mountSmallDisk, unmount } from '../../../fixtures/small-disk.ts';
import { startProxy } from '../servers/proxy.ts';

const certificate = await selfSigned();
const SECRETS = [
  PASSWORD,
  encodeURIComponent(PASSWORD),
  Buffer.from(`${USER}:${PASSWORD}`).toString('base64'),
  '127.0.0.1',
];

/** A server for the tests of a suite, and targets there. */
function serving(start: () => Promise<WebDavServer>) {
  const kept: { server?: WebDavServer } = {};
  const http = new HttpClient({ party: 'the WebDAV server', ca: certificate.cert });
  before(async () => {
    kept.server = await start();
  });
  after(async () => {
    http.close();
    await kept.server?.stop();
    if (kept.server) fs.rmSync(kept.server.folder, { recursive: true, force: true });
  });
  const server = () => kept.server ?? assert.fail('not started');
  return {
    server,
    target: ({ folder = 'up%20loads', user = USER, password = PASSWORD, url = server().url } = {}) =>
      webdavTarget({ url: url + folder, user, password, http }),
    fileOf: (sent: string) => path.join(server().files, 'up loads', sent),
  };
}

for (const [name, start] of [
  ['rclone', () => startRclone()],
  ['rclone over TLS', () => startRclone(certificate)],
  ['Apache', () => startApache()],
  ['Apache over TLS', () => startApache({ certificate })],
] as const)
  describe(`WebDAV by ${name}`, () => {
    const { server, target, fileOf } = serving(start);

    test('takes files of any size, gives back their bytes, and forgets them', async () => {
      for (const length of [0, 1, 300_000, 3_000_001]) {
        const bytes = bytesOf(length);
        const parcel = parcelOf(bytes);
        const context = contextOf();
        assert.equal(await target().confirm(parcel, NEVER), 'missing');
        await target().send(parcel, context);
        assert.deepEqual(context.progress, [length]);
        assert.ok(fs.readFileSync(fileOf(parcel.path)).equals(bytes));
        assert.deepEqual(fs.readdirSync(path.dirname(fileOf(parcel.path))), [path.basename(parcel.path)]);
        assert.equal(await target().confirm(parcel, NEVER), 'whole');
        await target().send(parcel, contextOf());
        assert.equal(await target().confirm(parcel, NEVER), 'whole');
        await target().remove(parcel.path, NEVER);
        await target().remove(parcel.path, NEVER);
        assert.deepEqual(fs.readdirSync(path.dirname(fileOf(parcel.path))), []);
      }
    });

    test('what is damaged is seen and sent anew, over what a crash has left', async () => {
      const parcel = parcelOf(bytesOf(100_000));
      await target().send(parcel, contextOf());
      fs.writeFileSync(`${fileOf(parcel.path)}.tmp`, 'left by a crash');
      fs.chmodSync(`${fileOf(parcel.path)}.tmp`, 0o666);
      for (const length of [99_999, 100_001, 100_000]) {
        fs.writeFileSync(fileOf(parcel.path), Buffer.alloc(length));
        assert.equal(await target().confirm(parcel, NEVER), 'different');
        await target().send(parcel, contextOf());
        assert.equal(await target().confirm(parcel, NEVER), 'whole');
      }
      assert.deepEqual(fs.readdirSync(path.dirname(fileOf(parcel.path))), [path.basename(parcel.path)]);
    });

    test('a wrong password or user is told as such, and nothing is there of what was sent', async () => {
      const parcel = parcelOf(bytesOf(1_000_000, name));
      for (const wrong of [{ password: 'wrong' }, { password: '' }, { user: 'somebody' }]) {
        const stranger = target(wrong);
        for (const does of [
          () => stranger.send(parcel, contextOf()),
          () => stranger.confirm(parcel, NEVER),
          () => stranger.remove(parcel.path, NEVER),
        ])
          await assertFault(does, SignInFault, /^the WebDAV server answers 401$/, SECRETS);
      }
      assert.ok(!fs.existsSync(fileOf(parcel.path)));
    });

    test('where the folder above is missing, it is not made', async () => {
      const parcel = parcelOf(bytesOf(100));
      const far = target({ folder: 'not/there/' });
      await assertFault(
        () => far.send(parcel, contextOf()),
        RefusedFault,
        /is to hold the upload folder is not there/,
      );
      assert.equal(await far.confirm(parcel, NEVER), 'missing');
      await far.remove(parcel.path, NEVER);
      assert.ok(!fs.existsSync(path.join(server().files, 'not')));
    });

    test('a full disk is told, and what fits is taken', { skip: CANNOT_MOUNT }, async () => {
      const full = path.join(server().files, 'full');
      fs.mkdirSync(full);
      mountSmallDisk(full, 'size=100k,mode=777');
      try {
        const [large, small] = [parcelOf(bytesOf(200_000)), parcelOf(bytesOf(1000))];
        // Go's WebDAV answers 405 where it cannot write.
        const words = /the WebDAV server answers (507|405: .*, or it cannot write there)$/;
        await assertFault(() => target({ folder: 'full' }).send(large, contextOf()), RefusedFault, words);
        await target({ folder: 'full' }).send(small, contextOf());
        assert.equal(await target({ folder: 'full' }).confirm(large, NEVER), 'missing');
        assert.equal(await target({ folder: 'full' }).confirm(small, NEVER), 'whole');
      } finally {
        unmount(full);
      }
    });

    test('a file in the way of a folder is told', async () => {
      fs.writeFileSync(path.join(server().files, 'occupied'), '');
      await assertFault(
        () => target({ folder: 'occupied' }).send(parcelOf(bytesOf(10)), contextOf()),
        RefusedFault,
        /the WebDAV server /,
      );
    });
  });

describe('WebDAV by Apache with Digest', () => {
  const { target } = serving(() => startApache({ digest: true }));

  test('is told for what it is', async () => {
    await assertFault(
      () => target().send(parcelOf(bytesOf(10)), contextOf()),
      SignInFault,
      /wants another way to sign in than Basic: digest$/,
      SECRETS,
    );
  });
});

describe('WebDAV by Apache behind a proxy that it does not know of', () => {
  const { server, target, fileOf } = serving(() => startApache());

  test('takes the address of its own files for one of another server, and gets the one that it knows', async () => {
    const proxy = await startProxy(server().url, certificate);
    try {
      const behind = target({ url: proxy.url });
      const parcel = parcelOf(bytesOf(50_000));
      await behind.send(parcel, contextOf());
      assert.equal(await behind.confirm(parcel, NEVER), 'whole');
      assert.ok(fs.existsSync(fileOf(parcel.path)));
      const moves = proxy.passed.filter(({ method }) => method === 'MOVE');
      assert.deepEqual(
        moves.map(({ status }) => status),
        [502, 201],
      );
    } finally {
      proxy.stop();
    }
  });
});

describe('WebDAV over TLS by nobody that anybody vouches for', () => {
  const { server, fileOf } = serving(() => startApache({ certificate }));

  test('is refused before anything is sent, and taken where NODE_EXTRA_CA_CERTS vouches', async () => {
    const parcel = parcelOf(bytesOf(1000));
    const http = new HttpClient({ party: 'the WebDAV server' });
    const stranger = webdavTarget({ url: `${server().url}up%20loads`, user: USER, password: PASSWORD, http });
    await assertFault(() => stranger.send(parcel, contextOf()), RefusedFault, /cannot be trusted/, SECRETS);
    http.close();
    assert.deepEqual(fs.readdirSync(server().files), []);
    const script = path.join(server().folder, 'send.mts');
    const from = (file: string) => JSON.stringify(path.join(import.meta.dirname, '../../../..', file));
    fs.writeFileSync(
      script,
      `import { HttpClient } from ${from('src/sync/http/http-client.ts')};
import { webdavTarget } from ${from('src/sync/targets/webdav/webdav.ts')};
import { bytesOf, contextOf, parcelOf } from ${from('test/sync/targets/parcels.ts')};
const { url, user, password } = JSON.parse(process.env['TARGET'] ?? '');
const target = webdavTarget({ url, user, password, http: new HttpClient({ party: 'it' }) });
await target.send(parcelOf(bytesOf(1000)), contextOf());
target.close();
`,
    );
    await promisify(execFile)(process.execPath, ['--import', import.meta.resolve('tsx'), script], {
      env: {
        ...process.env,
        NODE_EXTRA_CA_CERTS: path.join(server().folder, 'cert.pem'),
        TARGET: JSON.stringify({ url: `${server().url}up%20loads`, user: USER, password: PASSWORD }),
      },
    });
    assert.equal(fs.readFileSync(fileOf(parcel.path)).length, 1000);
  });
});
