import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WebviewMessage } from '../../../src/common/dashboard.ts';
import { SessionQuery } from '../../../webview/sessions/session-query.ts';
import { session } from './support.ts';

const RESULT = { stepMs: 60_000, sessions: [session()], earlier: 0 };

function start(patienceMs = 60_000): { query: SessionQuery; posted: WebviewMessage[] } {
  const posted: WebviewMessage[] = [];
  const query = new SessionQuery(message => posted.push(message), patienceMs);
  return { query, posted };
}

const FIRST = 1_000_000_000;

describe('a question for the sessions of a span', () => {
  test('is answered once, by the answer to it and no other', async () => {
    const { query, posted } = start();
    const answer = query.ask({ from: -0.5, to: 9.5 });
    assert.deepEqual(posted, [{ type: 'sessions', request: FIRST, from: 0, to: 10 }]);
    query.receive({ type: 'sessionsFailed', request: 1, why: 'one of the list' });
    query.receive({ type: 'sessions', request: FIRST, result: RESULT });
    query.receive({ type: 'sessionsFailed', request: FIRST, why: 'late' });
    assert.equal(await answer, RESULT);
  });

  test('fails with the reason', async () => {
    const { query } = start();
    const answer = query.ask({ from: 0, to: 9 });
    query.receive({ type: 'sessionsFailed', request: FIRST, why: 'the log cannot be read' });
    await assert.rejects(answer, { message: 'the log cannot be read' });
  });

  test('gives way to the next', async () => {
    const { query, posted } = start();
    const first = assert.rejects(query.ask({ from: 0, to: 9 }), { message: 'something else was asked for' });
    const second = query.ask({ from: 0, to: 8 });
    await first;
    assert.deepEqual(posted.slice(1), [
      { type: 'cancelSessions', request: FIRST },
      { type: 'sessions', request: FIRST + 1, from: 0, to: 8 },
    ]);
    query.receive({ type: 'sessions', request: FIRST + 1, result: RESULT });
    assert.equal(await second, RESULT);
  });

  test('does not wait for ever', async () => {
    const { query, posted } = start(1);
    await assert.rejects(query.ask({ from: 0, to: 9 }), { message: 'there was no answer in time' });
    assert.deepEqual(posted.at(-1), { type: 'cancelSessions', request: FIRST });
  });
});
