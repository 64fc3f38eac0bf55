import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { replyFault, retryAfterMs } from '../../../src/sync/http/reply-fault.ts';
import { PassingFault, RefusedFault, SignInFault } from '../../../src/sync/targets/faults.ts';

const WORDS = { party: 'the server', signIn: 'Sign in again' };

function fault(status: number, headers: Record<string, string> = {}) {
  return replyFault({ status, headers }, WORDS, 0);
}

test('which answers pass, which ask for the user and which end it', () => {
  for (const status of [408, 425, 429, 500, 502, 503, 504, 599])
    assert.ok(fault(status) instanceof PassingFault);
  assert.ok(fault(401) instanceof SignInFault);
  for (const status of [301, 302, 303, 307, 308, 400, 403, 404, 405, 409, 410, 412, 413, 501, 505, 507])
    assert.ok(fault(status) instanceof RefusedFault, String(status));
});

test('every fault that does not pass says what to do', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 999 }), status => {
      const one = fault(status);
      assert.ok(one instanceof PassingFault || one.remedy.length > 0);
      assert.match(one.message, new RegExp(`the server answers ${status}`));
    }),
  );
});

test('Retry-After is read as seconds or as a date, and is never believed beyond a day', () => {
  assert.equal(retryAfterMs('120', 0), 120_000);
  assert.equal(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 0), 60_000);
  assert.equal(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 90_000), 0);
  assert.equal(retryAfterMs('999999999', 0), 86_400_000);
  for (const text of [undefined, '', 'soon', '-5', '1e9']) {
    const ms = retryAfterMs(text, 0);
    assert.ok(ms === undefined || (ms >= 0 && ms <= 86_400_000), text);
  }
  const passing = fault(503, { 'retry-after': '7' });
  assert.equal(passing instanceof PassingFault && passing.retryAfterMs, 7_000);
});
