import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { HttpClient } from '../../../../src/sync/http/http-client.ts';
import { PassingFault, RefusedFault, SignInFault } from '../../../../src/sync/targets/faults.ts';
import { BucketAddress } from '../../../../src/sync/targets/s3/bucket-address.ts';
import { S3Client, signedHeaders } from '../../../../src/sync/targets/s3/s3-client.ts';
import { s3Target, type S3Options } from '../../../../src/sync/targets/s3/s3.ts';
import type { Parcel } from '../../../../src/sync/targets/target.ts';
import { assertFault } from '../assert-fault.ts';
import { bytesOf, contextOf, MemoryNote, NEVER, parcelOf } from '../parcels.ts';
import { startRadosGateway, type RadosGateway, type StoreUser } from '../servers/radosgw.ts';

const PART = 8_388_608;

describe('S3 by Ceph, which checks signatures', () => {
  let store: RadosGateway;
  let jo: StoreUser;
  const client = new HttpClient({ party: 'the S3 store' });
  before(async () => {
    store = await startRadosGateway();
    jo = await store.addUser('jo');
    await makeBucket('uploads');
  });
  after(async () => {
    client.close();
    await store.stop();
  });
  async function makeBucket(name: string, user = jo): Promise<void> {
    const url = new URL(`/${name}`, store.url);
    const { status } = await new S3Client(client, user, 'us-east-1').ask({
      method: 'PUT',
      url,
      signal: NEVER,
    });
    assert.equal(status, 200);
  }
  const target = (other: Partial<S3Options> = {}) =>
    s3Target({
      endpoint: store.url,
      bucket: 'uploads',
      region: 'us-east-1',
      prefix: '/a/b=c/',
      credentials: jo,
      http: client,
      ...other,
    });
  /** The address of a parcel's object, and what the store says there. */
  async function ask(method: 'GET' | 'POST' | 'PUT', parcel: Parcel, query = '', body?: Buffer) {
    const url = new URL(`/uploads/a/b=c/${parcel.path}${query}`, store.url);
    return new S3Client(client, jo, 'us-east-1').ask({
      method,
      url,
      signal: NEVER,
      ...(body ? { body } : {}),
    });
  }

  test('takes files of any size, gives back their bytes, and forgets them', async () => {
    for (const length of [0, 1, 300_000, PART]) {
      const bytes = bytesOf(length);
      const parcel = parcelOf(bytes);
      const context = contextOf();
      assert.equal(await target().confirm(parcel, NEVER), 'missing');
      await target().send(parcel, context);
      assert.deepEqual(context.progress, [length]);
      if (length < 1_000_000) assert.ok((await ask('GET', parcel)).body.equals(bytes));
      assert.equal(await target().confirm(parcel, NEVER), 'whole');
      await target().send(parcel, contextOf());
      assert.equal(await target().confirm(parcel, NEVER), 'whole');
      await target().remove(parcel.path, NEVER);
      await target().remove(parcel.path, NEVER);
      assert.equal(await target().confirm(parcel, NEVER), 'missing');
    }
  });

  test('without checksums that can be compared it is read back, and damage is seen', async () => {
    for (const length of [0, 1, 100_000, PART + 1]) {
      const parcel = parcelOf(bytesOf(length));
      await target().send(parcel, contextOf());
      const other = {
        ...parcelOf(bytesOf(length, 'other')),
        path: parcel.path,
        sha256: parcel.sha256,
        md5: '0'.repeat(32),
      };
      assert.equal(await target().confirm(other, NEVER), 'whole');
      assert.equal(await target().confirm({ ...other, sha256: '0'.repeat(64) }, NEVER), 'different');
      assert.equal(await target().confirm({ ...parcel, bytes: length + 1 }, NEVER), 'different');
    }
    const parcel = parcelOf(bytesOf(1000));
    assert.equal((await ask('PUT', parcel, '', bytesOf(1000, 'something else'))).status, 200);
    assert.equal(await target().confirm(parcel, NEVER), 'different');
    await target().send(parcel, contextOf());
    assert.equal(await target().confirm(parcel, NEVER), 'whole');
  });

  describe('in parts', () => {
    const whole = bytesOf(2 * PART + 12_345, 'parts');
    /** Begins an upload with these parts; gives its id. */
    async function begin(parcel: Parcel, ...parts: readonly (readonly [number, Buffer])[]): Promise<string> {
      const begun = await ask('POST', parcel, '?uploads=');
      const id = /<UploadId>(.*)<\/UploadId>/.exec(begun.body.toString())?.[1] ?? '';
      for (const [number, bytes] of parts) {
        const query = `?partNumber=${number}&uploadId=${encodeURIComponent(id)}`;
        assert.equal((await ask('PUT', parcel, query, bytes)).status, 200);
      }
      return id;
    }

    test('sends what is larger than a part, and asks the store for its checksum', async () => {
      for (const length of [PART + 1, 2 * PART]) {
        const parcel = parcelOf(bytesOf(length));
        const note = new MemoryNote();
        const context = contextOf(note);
        await target().send(parcel, context);
        assert.deepEqual(context.progress, [PART, length]);
        assert.match(note.history[0] ?? '', /^\S{20,}$/);
        assert.deepEqual(note.history.slice(1), [undefined]);
        assert.equal(await target().confirm(parcel, NEVER), 'whole');
        assert.equal(await target().confirm({ ...parcel, bytes: length - 1 }, NEVER), 'different');
      }
    });

    test('goes on after the last part that the store has, in another process', async () => {
      const parcel = parcelOf(whole, 'study=backup/device=1/date=2026-11-26');
      const note = new MemoryNote();
      const cancelled = new AbortController();
      const first = {
        ...contextOf(note, cancelled.signal),
        onProgress: () => cancelled.abort(new Error('cancelled')),
      };
      await assert.rejects(target().send(parcel, first), /^Error: cancelled$/);
      assert.equal(await target().confirm(parcel, NEVER), 'missing');
      const id = note.text;
      assert.ok(id);

      const again = parcelOf(whole, 'study=backup/device=1/date=2026-11-26');
      await target().send(again, contextOf(note));
      assert.deepEqual(again.reads, [0, PART, PART, 2 * PART, 2 * PART], 'the first is only compared');
      assert.deepEqual(note.history, [id, undefined]);
      assert.equal(await target().confirm(again, NEVER), 'whole');
    });

    test('an upload with a part that nobody asked for cannot be put together: it is given up and begins anew', async () => {
      const parcel = parcelOf(whole, 'study=backup/device=2/date=2026-11-26');
      const id = await begin(parcel, [1, bytesOf(PART)], [7, bytesOf(5, 'stray')]);
      const note = new MemoryNote();
      note.text = id;
      const words = /answers 400, InvalidPart: the upload has to begin anew/;
      await assertFault(() => target().send(parcel, contextOf(note)), PassingFault, words);
      assert.equal(note.text, undefined);

      await target().send(parcel, contextOf(note));
      assert.equal(await target().confirm(parcel, NEVER), 'whole');
      assert.match(
        (await ask('GET', parcel, `?uploadId=${encodeURIComponent(id)}`)).body.toString(),
        /NoSuch(Upload|Key)/,
      );
    });

    test('a part that is not the one that it should be is sent again', async () => {
      const parcel = parcelOf(whole, 'study=backup/device=5/date=2026-11-26');
      const note = new MemoryNote();
      note.text = await begin(parcel, [1, bytesOf(PART, 'damaged')], [2, bytesOf(PART - 1, 'short')]);
      await target().send(parcel, contextOf(note));
      assert.equal(parcel.reads.length, 6);
      assert.equal(await target().confirm(parcel, NEVER), 'whole');
    });

    test('an upload that the store has forgotten begins anew; one that was completed unheard is done', async () => {
      const parcel = parcelOf(bytesOf(PART + 5), 'study=backup/device=3/date=2026-11-26');
      const note = new MemoryNote();
      await note.keep('2~nobodyknowsthisuploadofnobodyknowsx');
      await target().send(parcel, contextOf(note));
      assert.equal(note.history.length, 4);
      assert.equal(note.history[1], undefined);
      assert.equal(await target().confirm(parcel, NEVER), 'whole');

      const heardNothing = new MemoryNote();
      await heardNothing.keep(note.history[2]);
      const again = parcelOf(bytesOf(PART + 5), 'study=backup/device=3/date=2026-11-26');
      await target().send(again, contextOf(heardNothing));
      assert.deepEqual(heardNothing.history.slice(1), [undefined]);
      assert.equal(again.reads.length, 2, 'read for the checksum only');
    });

    test('an upload whose id cannot be kept is given up at once', async () => {
      const parcel = parcelOf(bytesOf(PART + 5), 'study=backup/device=4/date=2026-11-26');
      const note = { text: undefined, keep: () => Promise.reject(new Error('disk full')) };
      await assert.rejects(target().send(parcel, contextOf(note)), /^Error: disk full$/);
      const url = new URL('/uploads?uploads=', store.url);
      const listed = await new S3Client(client, jo, 'us-east-1').ask({ method: 'GET', url, signal: NEVER });
      assert.match(listed.body.toString(), /<ListMultipartUploadsResult/);
      assert.doesNotMatch(listed.body.toString(), /<Upload>/);
    });
  });

  describe('refuses', () => {
    const parcel = parcelOf(bytesOf(100_000, 'refused'));
    const everything = (other: Partial<S3Options>, one: Parcel = parcel) => [
      () => target(other).send(one, contextOf()),
      () => target(other).confirm(one, NEVER),
      () => target(other).remove(one.path, NEVER),
    ];

    test('a wrong secret and a key that it does not know', async () => {
      for (const [code, credentials] of [
        ['SignatureDoesNotMatch', { ...jo, secretAccessKey: `${jo.secretAccessKey}x` }],
        ['InvalidAccessKeyId', { ...jo, accessKeyId: 'NOBODY00000000000000' }],
      ] as const)
        for (const does of [
          ...everything({ credentials }),
          ...everything({ credentials }, parcelOf(bytesOf(PART + 1))),
        ])
          await assertFault(
            does,
            SignInFault,
            new RegExp(`answers 403, ${code}: it does not take the keys`),
            [credentials.secretAccessKey, credentials.accessKeyId, '127.0.0.1'],
          );
      assert.equal(await target().confirm(parcel, NEVER), 'missing');
    });

    test('a bucket that is not there', async () => {
      const [send, confirm, remove] = everything({ bucket: 'nowhere' });
      const words = /there is no bucket of that name/;
      for (const does of [send, remove]) await assertFault(does ?? assert.fail(), RefusedFault, words);
      assert.equal(await confirm?.(), 'missing');
    });

    test('somebody else’s bucket', async () => {
      const somebody = await store.addUser('somebody');
      await makeBucket('theirs', somebody);
      for (const does of everything({ bucket: 'theirs' }))
        await assertFault(does, RefusedFault, /403, AccessDenied: the keys may not do this/);
    });

    test('a clock that is wrong, and says by how much', async t => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() - 3 * 3_600_000 });
      for (const does of everything({}))
        await assertFault(
          does,
          RefusedFault,
          /RequestTimeTooSkewed: .* differs from the store's by 180 minutes$/,
        );
    });

    test('more than the user may have', async () => {
      const poor = await store.addUser('poor');
      await makeBucket('full', poor);
      await store.setQuota('poor', 50_000);
      const full = target({ bucket: 'full', credentials: poor });
      await assertFault(
        () => full.send(parcel, contextOf()),
        RefusedFault,
        /403, QuotaExceeded: there is no room/,
      );
      await full.send(parcelOf(bytesOf(1000)), contextOf());
    });

    test('bytes that are not those that were signed, which can pass', async () => {
      const damaged = { ...parcel, read: () => parcelOf(bytesOf(100_000, 'damaged')).read() };
      await assertFault(
        () => target().send(damaged, contextOf()),
        PassingFault,
        /BadDigest|XAmzContentSHA256Mismatch/,
      );
      assert.equal(await target().confirm(parcel, NEVER), 'missing');
    });
  });

  test('is content with the rights that docs/upload-targets.md lists, and can do no more with them', async () => {
    const page = fs.readFileSync(
      path.join(import.meta.dirname, '../../../../docs/upload-targets.md'),
      'utf8',
    );
    const policy = JSON.parse(/```json\n(.*?)```/s.exec(page)?.[1] ?? '') as { Statement: object[] };
    const Principal = { AWS: ['arn:aws:iam:::user/guest'] };
    const guest = await store.addUser('guest');
    const statements = policy.Statement.map(statement => ({ ...statement, Principal }));
    const url = new URL('/uploads?policy=', store.url);
    const body = Buffer.from(JSON.stringify({ ...policy, Statement: statements }));
    const { status } = await new S3Client(client, jo, 'us-east-1').ask({
      method: 'PUT',
      url,
      body,
      signal: NEVER,
    });
    assert.equal(status, 204);
    const allowed = target({ credentials: guest, prefix: 'metrics' });
    for (const length of [1000, PART + 1]) {
      const parcel = parcelOf(bytesOf(length, 'guest'));
      const note = new MemoryNote();
      await note.keep('2~nobodyknowsthisuploadofnobodyknowsx');
      await allowed.send(parcel, contextOf(note));
      assert.equal(await allowed.confirm(parcel, NEVER), 'whole');
      assert.equal(await allowed.confirm({ ...parcel, md5: '0'.repeat(32) }, NEVER), 'whole');
      await allowed.remove(parcel.path, NEVER);
      assert.equal(await allowed.confirm(parcel, NEVER), 'missing');
    }
    const beyond = target({ credentials: guest, prefix: 'other' });
    const denied = /AccessDenied/;
    await assertFault(() => beyond.send(parcelOf(bytesOf(10)), contextOf()), RefusedFault, denied);
  });

  test('takes what is signed for the bucket’s own host', async () => {
    const { port } = new URL(store.url);
    const bytes = bytesOf(1000, 'virtual host');
    const parcel = parcelOf(bytes);
    const address = new BucketAddress({
      endpoint: `http://uploads.s3.localhost:${port}`,
      bucket: 'uploads',
      region: 'us-east-1',
      prefix: 'a/b=c',
    });
    const url = address.object(parcel.path);
    assert.equal(url.pathname, `/a/b=c/${parcel.path}`);
    for (const [nowMs, status] of [
      [Date.now(), 200],
      [0, 403],
    ] as const) {
      const headers = await signedHeaders({ method: 'PUT', url }, parcel.sha256, jo, 'us-east-1', nowMs);
      // No resolver here knows the name.
      const request = http.request({
        host: '127.0.0.1',
        port,
        method: 'PUT',
        path: url.pathname,
        headers: { ...headers, host: url.host },
      });
      request.end(bytes);
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      response.resume();
      assert.equal(response.statusCode, status);
    }
    assert.equal(await target().confirm(parcel, NEVER), 'whole');
  });
});
