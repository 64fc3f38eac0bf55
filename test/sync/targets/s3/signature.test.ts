import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { HttpClient } from '../../../../src/sync/http/http-client.ts';
import { S3Client, signedHeaders } from '../../../../src/sync/targets/s3/s3-client.ts';
import { s3Target } from '../../../../src/sync/targets/s3/s3.ts';
import { bytesOf, contextOf, NEVER, parcelOf } from '../parcels.ts';
import { freshFolder } from '../servers/daemon.ts';
import { startProxy, type Passed, type Proxy } from '../servers/proxy.ts';
import { startRadosGateway, type RadosGateway, type StoreUser } from '../servers/radosgw.ts';

const FIXTURES = path.join(import.meta.dirname, '../../../fixtures/s3');
const aws = JSON.parse(fs.readFileSync(path.join(FIXTURES, 'aws-examples.json'), 'utf8')) as {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
  time: string;
  examples: {
    name: string;
    method: 'GET' | 'PUT';
    url: string;
    headers: Record<string, string>;
    body: string;
    signedHeaders: string;
    signature: string;
  }[];
};

const sha256Of = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

/** What the verifier in Python says of each request: nothing of what is signed rightly. */
function verify(requests: readonly Omit<Passed, 'status'>[], user: StoreUser): string[] {
  const input = JSON.stringify({ secrets: { [user.accessKeyId]: user.secretAccessKey }, requests });
  const { stdout, stderr, status } = spawnSync('python3', [path.join(FIXTURES, 'verify.py')], {
    input,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as string[];
}

for (const example of aws.examples)
  test(`signs AWS's own example: ${example.name}`, async () => {
    const url = new URL(example.url);
    const headers = await signedHeaders(
      { method: example.method, url, headers: example.headers },
      sha256Of(example.body),
      aws,
      aws.region,
      Date.parse(aws.time),
    );
    assert.equal(
      headers['authorization'],
      `AWS4-HMAC-SHA256 Credential=${aws.accessKeyId}/20130524/us-east-1/s3/aws4_request, SignedHeaders=${example.signedHeaders}, Signature=${example.signature}`,
    );
    const request = {
      method: example.method,
      target: url.pathname + url.search,
      headers: Object.entries({ ...headers, host: url.host }).flat(),
      sha256: sha256Of(example.body),
    };
    const [right, ...wrong] = verify(
      [
        request,
        { ...request, method: 'POST' },
        { ...request, target: `${request.target}x` },
        { ...request, sha256: sha256Of('another body') },
        { ...request, headers: [...request.headers, 'x-amz-acl', 'public-read'] },
      ],
      aws,
    );
    assert.equal(right, '', 'the verifier knows a right one');
    assert.ok(wrong.length === 4 && wrong.every(fault => fault !== ''), 'and a wrong one');
  });

test('a session’s token is signed', async () => {
  const user = { ...aws, sessionToken: 'a/token+of=a session' };
  const headers = await signedHeaders(
    { method: 'GET', url: new URL('https://x.example/y') },
    sha256Of(''),
    user,
    'eu-west-1',
    0,
  );
  assert.equal(headers['x-amz-security-token'], user.sessionToken);
  assert.match(
    headers['authorization'] ?? '',
    /SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,/,
  );
});

describe('beside rclone, which signs with AWS’s own library', () => {
  let store: RadosGateway;
  let proxy: Proxy;
  let jo: StoreUser;
  const folder = freshFolder();
  const http = new HttpClient({ party: 'the S3 store' });
  before(async () => {
    store = await startRadosGateway();
    jo = await store.addUser('jo');
    proxy = await startProxy(store.url);
    const url = new URL('/uploads', store.url);
    await new S3Client(http, jo, 'us-east-1').ask({ method: 'PUT', url, signal: NEVER });
  });
  after(async () => {
    http.close();
    proxy.stop();
    await store.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const target = () =>
    s3Target({
      endpoint: proxy.url,
      bucket: 'uploads',
      region: 'us-east-1',
      prefix: 'ours',
      credentials: jo,
      http,
    });
  const rclone = async (...args: string[]) =>
    promisify(execFile)(
      'rclone',
      [
        ...args,
        '--config',
        '',
        '--s3-chunk-size',
        '8M',
        '--s3-upload-cutoff',
        '8M',
        '--s3-no-check-bucket',
        '--retries',
        '1',
      ],
      {
        encoding: 'buffer',
        maxBuffer: 30_000_000,
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          RCLONE_CONFIG_STORE_TYPE: 's3',
          RCLONE_CONFIG_STORE_PROVIDER: 'Other',
          RCLONE_CONFIG_STORE_ENDPOINT: proxy.url,
          RCLONE_CONFIG_STORE_REGION: 'us-east-1',
          RCLONE_CONFIG_STORE_FORCE_PATH_STYLE: 'true',
          RCLONE_CONFIG_STORE_ACCESS_KEY_ID: jo.accessKeyId,
          RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: jo.secretAccessKey,
        },
      },
    );

  test('the same files by both are the same to the store, and all requests of both are signed rightly', async () => {
    for (const length of [12_345, 9_000_000]) {
      const bytes = bytesOf(length);
      const parcel = parcelOf(bytes);
      const file = path.join(folder, String(length));
      fs.writeFileSync(file, bytes);
      await target().send(parcel, contextOf());
      await rclone('copyto', file, `store:uploads/theirs/${parcel.path}`);
      const back = await rclone('cat', `store:uploads/ours/${parcel.path}`);
      assert.ok(back.stdout.equals(bytes), 'rclone reads what we have sent');
      const theirs = s3Target({
        endpoint: proxy.url,
        bucket: 'uploads',
        region: 'us-east-1',
        prefix: 'theirs',
        credentials: jo,
        http,
      });
      assert.equal(await theirs.confirm(parcel, NEVER), 'whole', 'we know what rclone has sent');
      await rclone('deletefile', `store:uploads/ours/${parcel.path}`);
      assert.equal(await target().confirm(parcel, NEVER), 'missing');
      await theirs.remove(parcel.path, NEVER);
    }
    const isOurs = ({ headers }: Passed) => headers.includes('OptiMetrics');
    const [ours, theirs] = [proxy.passed.filter(isOurs), proxy.passed.filter(one => !isOurs(one))];
    for (const [whose, passed] of [
      ['ours', ours],
      ['theirs', theirs],
    ] as const) {
      assert.ok(passed.length > 8, whose);
      assert.deepEqual(new Set(verify(passed, jo)), new Set(['']), whose);
    }
    for (const method of ['PUT', 'POST', 'HEAD', 'DELETE']) {
      assert.ok(
        ours.some(one => one.method === method),
        method,
      );
      assert.ok(
        theirs.some(one => one.method === method),
        method,
      );
    }
    for (const one of theirs) {
      const header = (name: string) =>
        one.headers.find((_, at) => at % 2 === 1 && one.headers[at - 1]?.toLowerCase() === name) ?? '';
      const names = (/SignedHeaders=([^,]*)/.exec(header('authorization'))?.[1] ?? '').split(';');
      const own = new Set(['host', 'x-amz-date', 'x-amz-content-sha256']);
      const signed = await signedHeaders(
        {
          method: one.method as 'PUT',
          url: new URL(one.target, proxy.url),
          headers: Object.fromEntries(names.filter(name => !own.has(name)).map(name => [name, header(name)])),
        },
        header('x-amz-content-sha256'),
        jo,
        'us-east-1',
        Date.parse(header('x-amz-date').replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')),
      );
      assert.equal(
        signed['authorization'],
        header('authorization'),
        `${one.method}: we sign their request as they do`,
      );
    }
  });
});
