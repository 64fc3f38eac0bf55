import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpClient, type HttpReply, type HttpRequest } from '../../../../src/sync/http/http-client.ts';
import { s3Target } from '../../../../src/sync/targets/s3/s3.ts';
import { bytesOf, contextOf, NEVER, parcelOf } from '../parcels.ts';

/** Stands for AWS, which cannot be reached here: remembers what it is asked, and answers what it is told to. */
class Aws extends HttpClient {
  readonly asked: HttpRequest[] = [];
  readonly #answers: Partial<HttpReply>[];

  constructor(...answers: Partial<HttpReply>[]) {
    super({ party: 'the S3 store' });
    this.#answers = answers;
  }

  override request(request: HttpRequest): Promise<HttpReply> {
    this.asked.push(request);
    return Promise.resolve({ status: 200, headers: {}, body: Buffer.alloc(0), ...this.#answers.shift() });
  }
}

const at = (http: HttpClient, prefix = '') =>
  s3Target({
    endpoint: '',
    bucket: 'uploads',
    region: 'eu-west-1',
    prefix,
    credentials: { accessKeyId: 'KEYID', secretAccessKey: 'SECRETKEY' },
    http,
  });
const parcel = parcelOf(bytesOf(1000));
const base64 = Buffer.from(parcel.sha256, 'hex').toString('base64');

test('AWS gets a checksum to keep, signed as all else', async () => {
  const aws = new Aws();
  await at(aws, 'p').send(parcel, contextOf());
  const [request] = aws.asked;
  assert.equal(String(request?.url), `https://uploads.s3.eu-west-1.amazonaws.com/p/${parcel.path}`);
  const { headers = {} } = request ?? {};
  assert.equal(headers['x-amz-checksum-sha256'], base64);
  assert.equal(headers['x-amz-content-sha256'], parcel.sha256);
  assert.equal(headers['content-md5'], Buffer.from(parcel.md5, 'hex').toString('base64'));
  assert.match(
    headers['authorization'] ?? '',
    /\/eu-west-1\/s3\/aws4_request, SignedHeaders=content-md5;content-type;host;x-amz-checksum-sha256;x-amz-content-sha256;x-amz-date, /,
  );
});

for (const [what, headers, is] of [
  ['its checksum', { 'x-amz-checksum-sha256': base64, 'etag': '"kms"' }, 'whole'],
  ['another checksum', { 'x-amz-checksum-sha256': 'AAAA', 'etag': `"${parcel.md5}"` }, 'different'],
  ['its MD5', { etag: `"${parcel.md5}"` }, 'whole'],
] as const)
  test(`AWS is asked for its checksum, and says ${what}`, async () => {
    const aws = new Aws({ headers: { ...headers, 'content-length': '1000' } });
    assert.equal(await at(aws).confirm(parcel, NEVER), is);
    assert.equal(aws.asked.length, 1);
    assert.equal(aws.asked[0]?.headers?.['x-amz-checksum-mode'], 'ENABLED');
  });

test('what AWS has encrypted with a key of KMS says nothing by its ETag, and is read back', async () => {
  for (const [body, is] of [
    [bytesOf(1000), 'whole'],
    [bytesOf(1000, 'other'), 'different'],
  ] as const) {
    const head = { headers: { 'content-length': '1000', 'etag': '"0123456789abcdef0123456789abcdef"' } };
    const aws = new Aws(head, { status: 206, body });
    assert.equal(await at(aws).confirm(parcel, NEVER), is);
    assert.equal(aws.asked[1]?.headers?.['range'], 'bytes=0-999');
  }
});
