import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PassingFault, RefusedFault, SignInFault } from '../../../../src/sync/targets/faults.ts';
import { s3Fault } from '../../../../src/sync/targets/s3/s3-fault.ts';
import { elementsOf, escapeXml, textOf } from '../../../../src/sync/targets/s3/xml.ts';

const fault = (status: number, body: string, headers = {}, nowMs = 0) =>
  s3Fault({ status, headers, body: Buffer.from(body) }, 'the S3 store', nowMs);
const error = (code: string, more = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>m</Message>${more}</Error>`;

for (const [status, code, kind, message] of [
  [403, 'SignatureDoesNotMatch', SignInFault, /403, SignatureDoesNotMatch: it does not take the keys/],
  [403, 'InvalidAccessKeyId', SignInFault, /does not take the keys/],
  [400, 'ExpiredToken', SignInFault, /does not take the keys/],
  [403, 'AccessDenied', RefusedFault, /may not do this/],
  [404, 'NoSuchBucket', RefusedFault, /no bucket of that name/],
  [403, 'QuotaExceeded', RefusedFault, /no room/],
  [507, 'XMinioStorageFull', RefusedFault, /no room/],
  [403, 'RequestTimeTooSkewed', RefusedFault, /the clock of this machine differs from the store's$/],
  [503, 'SlowDown', PassingFault, /503, SlowDown/],
  [500, 'InternalError', PassingFault, /500/],
  [400, 'RequestTimeout', PassingFault, /400, RequestTimeout/],
  [400, 'BadDigest', PassingFault, /400, BadDigest/],
  [200, 'InternalError', PassingFault, /200, InternalError/],
  [501, 'NotImplemented', RefusedFault, /501: NotImplemented/],
  [405, 'MethodNotAllowed', RefusedFault, /405: MethodNotAllowed/],
] as const)
  test(`what ${status} ${code} means`, () => {
    const is = fault(status, error(code));
    assert.ok(is instanceof kind, is.name);
    assert.match(is.message, message);
  });

test('a store that wants to be left alone is', () => {
  for (const [status, code] of [
    [503, 'SlowDown'],
    [400, 'RequestTimeout'],
  ] as const) {
    const is = fault(status, error(code), { 'retry-after': '7' });
    assert.ok(is instanceof PassingFault);
    assert.equal(is.retryAfterMs, 7000);
  }
});

test('another region is named, by what says it and only if it can be one', () => {
  const region = { 'x-amz-bucket-region': 'eu-west-3' };
  for (const is of [
    fault(400, error('AuthorizationHeaderMalformed', '<Region>eu-west-3</Region>')),
    fault(301, error('PermanentRedirect', '<Endpoint>x.example</Endpoint>'), region),
    fault(301, '', region),
    fault(307, error('TemporaryRedirect'), region),
  ]) {
    assert.ok(is instanceof RefusedFault);
    assert.match(is.message, /the bucket is in the region eu-west-3$/);
    assert.equal(is.remedy, 'Set cloud.s3.region to eu-west-3');
  }
  const evil = fault(301, error('PermanentRedirect', '<Region>x; call evil</Region>'));
  assert.ok(evil instanceof RefusedFault);
  assert.doesNotMatch(evil.message + evil.remedy, /evil/);
  assert.match(evil.message, /301.*redirect/);
});

test('a clock says by how much it differs', () => {
  const date = 'Fri, 24 May 2013 00:00:00 GMT';
  const is = fault(403, error('RequestTimeTooSkewed'), { date }, Date.parse(date) - 17.4 * 60_000);
  assert.match(is.message, /by 17 minutes$/);
});

test('nothing that a store says is told but words that are known', () => {
  const is = fault(403, error('Secret key!', '<Code>other</Code>'));
  assert.equal(is.message, 'the S3 store answers 403');
});

test('elements are read as they stand, and what is none is nothing', () => {
  const xml =
    '<A xmlns="x"><B>1</B><B a=">">2</B><BC>3</BC><B/><D>&quot;a&amp;lt;&#65;&#x42;&nope;&#9999999;&quot;</D></A>';
  assert.deepEqual(elementsOf('<B>1</B> <B x="y">2</B><BC>3</BC>', 'B'), ['1', '2']);
  assert.equal(elementsOf(xml, 'A').length, 1);
  assert.equal(textOf(xml, 'BC'), '3');
  assert.equal(textOf(xml, 'D'), '"a&lt;AB&nope;&#9999999;"');
  assert.equal(textOf(xml, 'E'), undefined);
  assert.equal(textOf('<E>without end', 'E'), undefined);
  assert.equal(textOf('<E attribute', 'E'), undefined);
  assert.equal(textOf(`<E>${escapeXml('a<b>&"\'')}</E>`, 'E'), 'a<b>&"\'');
  assert.deepEqual(elementsOf('<E>'.repeat(100_000), 'E'), []);
});
