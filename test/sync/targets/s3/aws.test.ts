import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HttpClient, type HttpReply, type HttpRequest } from '../../../../src/sync/http/http-client.ts';
import { PassingFault, RefusedFault } from '../../../../src/sync/targets/faults.ts';
import { s3Target } from '../../../../src/sync/targets/s3/s3.ts';
import { assertFault } from '../assert-fault.ts';
import { bytesOf, contextOf, MemoryNote, NEVER, parcelOf } from '../parcels.ts';

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

describe('an upload in parts that AWS does not put together, though it answers 200', () => {
  const large = parcelOf(bytesOf(9_000_000));
  const xml = (text: string): Partial<HttpReply> => ({
    body: Buffer.from(`<?xml version="1.0"?>\n\n${text}`),
  });
  const begun = xml(
    '<InitiateMultipartUploadResult><UploadId>an+id/=&amp;</UploadId></InitiateMultipartUploadResult>',
  );
  const part = { headers: { etag: '"<&>"' } };

  for (const [answer, kind, after] of [
    [xml('<Error><Code>InternalError</Code></Error>'), PassingFault, 'kept'],
    [xml('<Error><Code>InvalidPart</Code></Error>'), PassingFault, 'begun anew'],
    [xml(''), RefusedFault, 'kept'],
    [xml('<html>Welcome, please log in</html>'), RefusedFault, 'kept'],
  ] as const)
    test(`is a fault: ${String(answer.body)}`, async () => {
      const note = new MemoryNote();
      const aws = new Aws(begun, part, part, answer);
      await assertFault(() => at(aws).send(large, contextOf(note)), kind, /answers 200/);
      assert.equal(note.text, after === 'kept' ? 'an+id/=&' : undefined);
      const [, first, , complete, abort] = aws.asked;
      assert.equal(new URL(String(first?.url)).search, '?partNumber=1&uploadId=an%2Bid%2F%3D%26');
      const { body } = complete ?? {};
      assert.ok(body instanceof Uint8Array);
      assert.match(Buffer.from(body).toString(), /<ETag>&#34;&#60;&#38;&#62;&#34;<\/ETag>/);
      assert.equal(abort?.method, after === 'kept' ? undefined : 'DELETE');
    });
});

test('keys with what no key has are refused, and not repeated', () => {
  const keys = { accessKeyId: 'KEYID', secretAccessKey: 'SECRETKEY', sessionToken: 'TOKEN' };
  for (const name of ['accessKeyId', 'sessionToken'] as const)
    for (const odd of ['hunter2\nx: y', 'hunter2 ', 'hunter2\u2603', 'hunter2\r'])
      assert.throws(
        () =>
          s3Target({
            endpoint: '',
            bucket: 'uploads',
            region: 'eu-west-1',
            prefix: '',
            credentials: { ...keys, [name]: odd },
            http: new Aws(),
          }),
        (error: unknown) => error instanceof RefusedFault && !error.message.includes('hunter2'),
        `${name} ${JSON.stringify(odd)}`,
      );
});
