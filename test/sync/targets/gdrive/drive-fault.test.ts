import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PassingFault, RefusedFault } from '../../../../src/sync/targets/faults.ts';
import { driveFault } from '../../../../src/sync/targets/gdrive/drive-fault.ts';
import { DriveError } from '../../servers/drive-errors.ts';

const fault = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  driveFault({ status, headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) });
const withReason = (reason: string, status = 403, headers = {}) =>
  fault(status, new DriveError(status, reason, 'A sentence with user@example.com in it.').body(), headers);

test('a limit of the moment passes, whatever the status', () => {
  for (const status of [403, 429])
    for (const reason of ['rateLimitExceeded', 'userRateLimitExceeded']) {
      const one = withReason(reason, status, { 'retry-after': '3' });
      assert.ok(one instanceof PassingFault);
      assert.equal(one.retryAfterMs, 3000);
    }
  assert.ok(fault(429, { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }) instanceof PassingFault);
});

const REFUSED: Record<string, [RegExp, RegExp]> = {
  storageQuotaExceeded: [/no room left/, /Make room/],
  dailyLimitExceeded: [/limit of the day/, /midnight/],
  accessNotConfigured: [/not turned on/, /Turn it on/],
  insufficientPermissions: [/permission/, /Sign in to Google Drive again/],
  insufficientFilePermissions: [/permission/, /Sign in to Google Drive again/],
  domainPolicy: [/administrator/, /Ask the administrator/],
  numChildrenInNonRootLimitExceeded: [/no more files/, /folder_name/],
  somethingNew: [/403: somethingNew/, /may write there/],
};
for (const [reason, [message, remedy]] of Object.entries(REFUSED))
  test(`${reason} is refused with a remedy`, () => {
    const one = withReason(reason);
    assert.ok(one instanceof RefusedFault);
    assert.match(one.message, message);
    assert.match(one.remedy, remedy);
    assert.doesNotMatch(one.message + one.remedy, /example\.com/);
  });

test('a reason stands in the newer form of errors as well', () => {
  const details = [
    { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', 'reason': 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' },
  ];
  const one = fault(403, { error: { code: 403, status: 'PERMISSION_DENIED', details } });
  assert.ok(one instanceof RefusedFault);
  assert.match(one.remedy, /leave the permission ticked/);
});

test('what is no error of Google’s is told by its status', () => {
  for (const body of ['', '<html>', '[]', '{"error":"x"}', { error: { errors: [{ reason: 'a b <c>' }] } }]) {
    assert.ok(fault(503, body) instanceof PassingFault);
    const one = fault(403, body);
    assert.ok(one instanceof RefusedFault);
    assert.equal(one.message, 'Google Drive answers 403');
  }
});
