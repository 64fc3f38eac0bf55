import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RefusedFault } from '../../../../src/sync/targets/faults.ts';
import { BucketAddress, type BucketOptions } from '../../../../src/sync/targets/s3/bucket-address.ts';
import { assertFault } from '../assert-fault.ts';

const AWS = { endpoint: '', bucket: 'uploads', region: 'eu-central-1', prefix: '' };

for (const [options, url] of [
  [{}, 'https://uploads.s3.eu-central-1.amazonaws.com/a/b'],
  [{ region: 'cn-north-1' }, 'https://uploads.s3.cn-north-1.amazonaws.com.cn/a/b'],
  [{ bucket: 'my.uploads' }, 'https://s3.eu-central-1.amazonaws.com/my.uploads/a/b'],
  [
    { endpoint: 'https://s3.dualstack.eu-central-1.amazonaws.com' },
    'https://uploads.s3.dualstack.eu-central-1.amazonaws.com/a/b',
  ],
  [
    { endpoint: 'https://bucket.vpce-1-2.s3.eu-central-1.vpce.amazonaws.com/' },
    'https://uploads.bucket.vpce-1-2.s3.eu-central-1.vpce.amazonaws.com/a/b',
  ],
  [{ endpoint: 'https://minio.example.org' }, 'https://minio.example.org/uploads/a/b'],
  [{ endpoint: 'https://minio.example.org:9000/' }, 'https://minio.example.org:9000/uploads/a/b'],
  [{ endpoint: 'https://example.org/s3?x=1#y' }, 'https://example.org/s3/uploads/a/b'],
  [{ endpoint: 'https://uploads.oss.example.com' }, 'https://uploads.oss.example.com/a/b'],
  [{ endpoint: 'https://Uploads.oss.example.com', bucket: 'Uploads' }, 'https://uploads.oss.example.com/a/b'],
  [{ endpoint: 'https://uploadsx.example.com' }, 'https://uploadsx.example.com/uploads/a/b'],
  [{ endpoint: 'http://127.0.0.1:9000' }, 'http://127.0.0.1:9000/uploads/a/b'],
  [{ endpoint: 'http://[::1]:9000' }, 'http://[::1]:9000/uploads/a/b'],
  [{ endpoint: 'https://amazonaws.com.example.org' }, 'https://amazonaws.com.example.org/uploads/a/b'],
  [{ prefix: 'metrics' }, 'https://uploads.s3.eu-central-1.amazonaws.com/metrics/a/b'],
  [{ prefix: '/my/metrics_1.x/' }, 'https://uploads.s3.eu-central-1.amazonaws.com/my/metrics_1.x/a/b'],
  [{ prefix: '/' }, 'https://uploads.s3.eu-central-1.amazonaws.com/a/b'],
] as const satisfies readonly (readonly [Partial<BucketOptions>, string])[])
  test(`objects of ${JSON.stringify(options)}`, () => {
    assert.equal(new BucketAddress({ ...AWS, ...options }).object('a/b').href, url);
  });

for (const [options, message] of [
  [{ bucket: '' }, /bucket/],
  [{ bucket: 'a' }, /bucket/],
  [{ bucket: 'up/loads' }, /bucket/],
  [{ bucket: 'up..loads' }, /bucket/],
  [{ bucket: '192.168.1.1' }, /bucket/],
  [{ bucket: '@evil.example' }, /bucket/],
  [{ region: '' }, /region/],
  [{ region: 'eu.evil.example/' }, /region/],
  [{ endpoint: 'minio.example.org' }, /endpoint/],
  [{ endpoint: 'ftp://minio.example.org' }, /endpoint/],
  [{ endpoint: 'javascript:alert(1)' }, /endpoint/],
  [{ prefix: '../other' }, /prefix/],
  [{ prefix: 'a//b' }, /prefix/],
  [{ prefix: 'a b' }, /prefix/],
  [{ prefix: 'a+b' }, /prefix/],
  [{ prefix: 'ü' }, /prefix/],
] as const satisfies readonly (readonly [Partial<BucketOptions>, RegExp])[])
  test(`refuses ${JSON.stringify(options)}`, async () => {
    const make = () => Promise.resolve().then(() => new BucketAddress({ ...AWS, ...options }));
    await assertFault(make, RefusedFault, message, ['evil', 'minio']);
  });

test('refuses a path that is none of ours', async () => {
  const address = new BucketAddress(AWS);
  for (const path of ['../x', '/x', 'a?b', 'a#b', '//evil.example/x'])
    await assertFault(() => Promise.resolve().then(() => address.object(path)), RefusedFault, /not one that/);
});
