import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExportRequest } from '../../../src/common/dashboard-export.ts';
import { ExportDesk, ExportError } from '../../../src/extension/dashboard/export-desk.ts';

function desk(patienceMs?: number): { desk: ExportDesk; posted: ExportRequest[] } {
  const posted: ExportRequest[] = [];
  return { desk: new ExportDesk(request => posted.push(request), patienceMs), posted };
}

const failsWith = (reason: string) => (error: unknown) =>
  error instanceof ExportError && error.reason === reason;

describe('asking a dashboard for what it shows', () => {
  test('chunks are put together in their order', async () => {
    const { desk: one, posted } = desk();
    const answer = one.ask('csv');
    assert.deepEqual(posted, [{ type: 'export', request: 1, kind: 'csv' }]);
    one.take({ type: 'exportChunk', request: 1, bytes: Uint8Array.of(1, 2) });
    one.take({ type: 'exportChunk', request: 1, bytes: Uint8Array.of(3) });
    one.take({ type: 'exportEnd', request: 1 });
    assert.deepEqual(await answer, Uint8Array.of(1, 2, 3));
  });

  test('an answer to another question is dropped, and one that comes after the end', async () => {
    const { desk: one } = desk();
    const first = one.ask('csv');
    const second = one.ask('png');
    await assert.rejects(first, failsWith('replaced'));
    one.take({ type: 'exportChunk', request: 1, bytes: Uint8Array.of(9) });
    one.take({ type: 'exportFailed', request: 1, fault: 'failed' });
    one.take({ type: 'exportChunk', request: 2, bytes: Uint8Array.of(1) });
    one.take({ type: 'exportEnd', request: 2 });
    one.take({ type: 'exportChunk', request: 2, bytes: Uint8Array.of(2) });
    assert.deepEqual(await second, Uint8Array.of(1));
  });

  test('the webview’s reason, a closed dashboard and one that is silent are told', async () => {
    const { desk: one } = desk();
    const empty = one.ask('png');
    one.take({ type: 'exportFailed', request: 1, fault: 'empty' });
    await assert.rejects(empty, failsWith('empty'));
    const closed = one.ask('png');
    one.close();
    await assert.rejects(closed, failsWith('closed'));
    const { desk: other } = desk(20);
    await assert.rejects(other.ask('png'), failsWith('silent'));
  });

  test('more than 64 MB are refused while they come', async () => {
    const { desk: one } = desk();
    const answer = one.ask('csv');
    const refused = assert.rejects(answer, failsWith('large'));
    const bytes = new Uint8Array(262_144);
    for (let at = 0; at <= 256; at++) one.take({ type: 'exportChunk', request: 1, bytes });
    await refused;
  });
});
