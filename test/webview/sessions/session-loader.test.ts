import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WebviewMessage } from '../../../src/common/dashboard.ts';
import type { WorkloadSession } from '../../../src/common/workload-session.ts';
import { SessionLoader } from '../../../webview/sessions/session-loader.ts';
import { HOUR, MINUTE, NOON, session } from './support.ts';

const DAY = 24 * HOUR;

class Bench {
  readonly posted: WebviewMessage[] = [];
  changes = 0;
  readonly loader = new SessionLoader(
    message => this.posted.push(message),
    7 * DAY,
    () => this.changes++,
  );

  /** The last request. */
  get request(): Extract<WebviewMessage, { type: 'sessions' }> {
    const message = this.posted.findLast(one => one.type === 'sessions');
    assert.ok(message);
    return message;
  }

  answer(sessions: readonly WorkloadSession[], stepMs = MINUTE, request = this.request.request): void {
    this.loader.receive({ type: 'sessions', request, result: { stepMs, sessions, earlier: 2 } });
  }
}

describe('the loader of sessions', () => {
  test('asks for the last days, and then for what may have changed, once a minute', () => {
    const one = new Bench();
    assert.equal(one.posted.length, 0);
    one.loader.refresh(NOON);
    one.loader.refresh(NOON);
    assert.deepEqual(one.posted, [{ type: 'sessions', request: 1, from: NOON - 7 * DAY, to: NOON }]);
    assert.ok(one.loader.isLoading);
    const first = session({ from: NOON - 3 * HOUR, to: NOON - 2 * HOUR });
    const second = session({ from: NOON - 2 * HOUR, to: NOON });
    one.answer([first, second]);
    assert.deepEqual(one.loader.sessions, [first, second]);
    assert.equal(one.loader.earlier, 2);
    assert.ok(!one.loader.isLoading);
    one.loader.refresh(NOON + MINUTE - 1);
    assert.equal(one.posted.length, 1);
    one.loader.refresh(NOON + MINUTE);
    assert.deepEqual(one.request, { type: 'sessions', request: 2, from: NOON - 2 * HOUR, to: NOON + MINUTE });
    // What is brought up to date is no reason to show that something is being read.
    assert.ok(!one.loader.isLoading);
    const longer = session({ from: NOON - 2 * HOUR, to: NOON + MINUTE });
    one.answer([longer]);
    assert.deepEqual(one.loader.sessions, [first, longer]);
  });

  test('asks for a list of ten minutes as a whole, every ten minutes', () => {
    const bench = new Bench();
    bench.loader.refresh(NOON);
    bench.answer([session()], 10 * MINUTE);
    bench.loader.refresh(NOON + 9 * MINUTE);
    assert.equal(bench.posted.length, 1);
    bench.loader.refresh(NOON + 10 * MINUTE);
    assert.deepEqual(bench.request, {
      type: 'sessions',
      request: 2,
      from: NOON + 10 * MINUTE - 7 * DAY,
      to: NOON + 10 * MINUTE,
    });
  });

  test('cancels what nobody waits for, and takes no late answer', () => {
    const bench = new Bench();
    bench.loader.refresh(NOON);
    bench.loader.choose(DAY, NOON);
    assert.deepEqual(
      bench.posted.map(message => message.type),
      ['sessions', 'cancelSessions', 'sessions'],
    );
    assert.equal(bench.request.from, NOON - DAY);
    bench.answer([session()], MINUTE, 1);
    assert.equal(bench.loader.sessions, undefined);
    bench.loader.cancel();
    assert.equal(bench.loader.why, '');
    bench.answer([session()]);
    assert.equal(bench.loader.sessions, undefined);
    // It asks no more by itself.
    bench.loader.refresh(NOON + HOUR);
    assert.equal(bench.posted.length, 4);
    bench.loader.reload(NOON);
    bench.answer([]);
    assert.deepEqual(bench.loader.sessions, []);
    bench.loader.cancel();
    assert.equal(bench.posted.length, 5);
  });

  test('tells why there is no list, keeps the one it has, and asks again when the sampler has come back', () => {
    const bench = new Bench();
    bench.loader.refresh(NOON);
    bench.loader.receive({ type: 'sessionsFailed', request: 1, why: 'no log' });
    assert.equal(bench.loader.why, 'no log');
    bench.loader.refresh(NOON + HOUR);
    assert.equal(bench.posted.length, 1);
    bench.loader.forget();
    bench.loader.refresh(NOON + HOUR);
    bench.answer([session()]);
    assert.equal(bench.loader.why, undefined);
    bench.loader.forget();
    bench.loader.refresh(NOON + HOUR + 1);
    assert.equal(bench.posted.length, 3);
    bench.loader.receive({ type: 'sessionsFailed', request: 3, why: 'gone' });
    assert.equal(bench.loader.sessions?.length, 1);
    assert.equal(bench.loader.why, 'gone');
  });
});
