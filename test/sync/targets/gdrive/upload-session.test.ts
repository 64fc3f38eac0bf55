import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { PassingFault, RefusedFault, TargetFault } from '../../../../src/sync/targets/faults.ts';
import { readNote, writeNote } from '../../../../src/sync/targets/gdrive/upload-note.ts';
import { patterned } from '../../envelope/collect.ts';
import type { Fault, RequestKind } from '../../servers/drive-faults.ts';
import { contextOf, MemoryNote, NEVER, parcelOf } from '../parcels.ts';
import { Drive } from './setup.ts';

const MIB = 1_048_576;
const DAY_MS = 86_400_000;
const IMPATIENT = { patience: { stallMs: 300, replyMs: 300 } };

describe('a resumable upload to Google Drive', () => {
  let drive: Drive;
  let nowMs = 0;
  const parcel = parcelOf(patterned(8 * MIB + 700_000));
  const small = parcelOf(patterned(600_000));
  const send = (note: MemoryNote, sent = parcel, options: Parameters<Drive['target']>[0] = {}) =>
    drive.target({ nowMs: () => nowMs, ...options }).send(sent, { signal: NEVER, resume: note });

  /** The fault happens to the requests of a kind, the first `times` of them. */
  function failing(kind: RequestKind, fault: Fault, times = 1): void {
    let left = times;
    drive.server.faults = received => (received.kind === kind && left-- > 0 ? fault : undefined);
  }

  beforeEach(async () => {
    nowMs = Date.UTC(2026, 10, 26);
    drive = await Drive.start({ now: () => nowMs });
  });
  afterEach(async () => {
    await drive.close();
    assert.deepEqual(drive.server.violations, []);
  });

  const assertThere = (sent = parcel) =>
    assert.deepEqual([...drive.contents()], [[sent.path, [patterned(sent.bytes)]]]);

  test('keeps the address of its session before it sends a byte, and nothing of it when it is done', async () => {
    const note = new MemoryNote();
    let atFirstByte: string | undefined;
    drive.server.faults = ({ kind }) => {
      if (kind === 'chunk') atFirstByte ??= note.text;
      return undefined;
    };
    await send(note, small);
    assert.match(atFirstByte ?? '', /upload_id=/);
    assert.doesNotMatch(note.text ?? '', /upload_id=/);
    assertThere(small);
  });

  test('goes on in the next process where the one before was killed', async () => {
    const note = new MemoryNote();
    drive.server.faults = ({ kind }) =>
      kind === 'chunk'
        ? { kind: 'cut', where: 'in-body', at: 5 * MIB + 7 }
        : kind === 'status'
          ? { kind: 'cut', where: 'before' }
          : undefined;
    await assert.rejects(send(note), PassingFault);
    let sent = 0;
    drive.server.faults = ({ kind, bytes }) => {
      if (kind === 'chunk') sent += bytes;
      return undefined;
    };
    await send(note);
    assert.ok(sent <= parcel.bytes - 5 * MIB, `${sent} bytes were sent again`);
    assert.equal(drive.server.sessions.count, 1);
    assertThere();
  });

  const MENDED: Record<string, Fault> = {
    'a cut before a chunk': { kind: 'cut', where: 'before' },
    'a cut at its first byte': { kind: 'cut', where: 'in-body', at: 0 },
    'a cut in it': { kind: 'cut', where: 'in-body', at: 300_000 },
    'a cut after its last byte': { kind: 'cut', where: 'in-body', at: 600_000 },
    'a cut before the answer': { kind: 'cut', where: 'after' },
    'a cut in the answer': { kind: 'cut', where: 'in-answer' },
    'a 308 with less than was sent': { kind: 'partial', kept: 262_144 },
    'a 308 with nothing of it': { kind: 'partial', kept: 0 },
    'a session that is not known any more': { kind: 'status', status: 404 },
    'a session that is gone': { kind: 'status', status: 410 },
    'an answer that makes it a bad request': { kind: 'status', status: 400 },
    'an access token that has run out': { kind: 'status', status: 401 },
  };
  for (const [what, fault] of Object.entries(MENDED))
    test(`mends ${what} by itself`, async () => {
      failing('chunk', fault);
      await send(new MemoryNote(), small);
      assertThere(small);
    });

  test('leaves 408, 429 and 5xx to the caller, and goes on from there', async () => {
    const note = new MemoryNote();
    for (const status of [408, 429, 500, 502, 503, 504]) {
      failing('chunk', { kind: 'status', status, retryAfter: '7' });
      await assert.rejects(send(note, small), (error: unknown) => {
        assert.ok(error instanceof PassingFault);
        assert.equal(error.retryAfterMs, 7000);
        return true;
      });
    }
    failing('chunk', { kind: 'status', status: 503, isDone: true });
    await assert.rejects(send(note, small), PassingFault);
    await send(note, small);
    assert.equal(drive.server.sessions.count, 1);
    assert.equal(drive.server.countOf('chunk'), 7, 'the last had arrived');
    assertThere(small);
  });

  test('asks nothing of a session that is a week old, or of a day that has not come', async () => {
    for (const jumpMs of [7 * DAY_MS, 30 * DAY_MS, -DAY_MS]) {
      const note = new MemoryNote();
      failing('chunk', { kind: 'status', status: 503 });
      await assert.rejects(send(note, small), PassingFault);
      drive.server.tokens.expireAccess();
      nowMs += jumpMs;
      const questions = drive.server.countOf('status');
      await send(note, small);
      assert.equal(drive.server.countOf('status'), questions);
      assertThere(small);
      await drive.target().remove(small.path, NEVER);
    }
  });

  test('begins anew when all sessions have ended, and gives up when they always do', async () => {
    const note = new MemoryNote();
    failing('chunk', { kind: 'status', status: 503 });
    await assert.rejects(send(note, small), PassingFault);
    drive.server.sessions.cancelAll();
    await send(note, small);
    assertThere(small);
    failing('chunk', { kind: 'status', status: 404 }, 99);
    await assert.rejects(send(new MemoryNote(), parcel), PassingFault);
  });

  test('is not led to another host: neither by an answer nor by what is kept', async () => {
    let visits = 0;
    const other = http.createServer((_, response) => {
      visits++;
      response.end();
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const origin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    try {
      for (const location of [
        `${origin}/upload/drive/v3/files?upload_id=x`,
        'https://www.googleapis.com.example/upload?upload_id=x',
        `http://me:secret@${new URL(drive.server.origin).host}/upload?upload_id=x`,
        '/upload/drive/v3/files?upload_id=x',
        'not an address',
      ]) {
        failing('begin', { kind: 'address', location });
        await assert.rejects(send(new MemoryNote(), small), RefusedFault, location);
      }
      const note = new MemoryNote();
      note.text = writeNote({
        id: 'x',
        session: { address: `${origin}/upload?upload_id=x`, begunMs: nowMs },
      });
      await send(note, small);
      assertThere(small);
      const fresh = drive.target({ folderName: 'another' });
      const redirect = (kind: RequestKind): void => failing(kind, { kind: 'redirect', to: `${origin}/` }, 9);
      for (const kind of ['list', 'generate-ids', 'create-folder', 'begin', 'chunk'] as const) {
        redirect(kind);
        await assert.rejects(fresh.send(small, contextOf()), RefusedFault, kind);
      }
      drive.server.faults = () => undefined;
      await fresh.send(small, contextOf());
      redirect('get');
      await assert.rejects(fresh.confirm(small, NEVER), RefusedFault);
      redirect('delete');
      await assert.rejects(fresh.remove(small.path, NEVER), RefusedFault);
      assert.equal(visits, 0);
    } finally {
      other.close();
    }
  });

  const HOSTILE: Record<string, [Fault, typeof PassingFault | typeof RefusedFault]> = {
    'redirects without end': [{ kind: 'redirect' }, RefusedFault],
    '10 GB': [{ kind: 'flood', bytes: 10_000_000_000 }, RefusedFault],
    'a byte now and then': [{ kind: 'drip', everyMs: 50 }, PassingFault],
    'nothing': [{ kind: 'stall', isDone: false }, PassingFault],
    'a page of HTML': [{ kind: 'garbage' }, PassingFault],
  };
  for (const [what, [fault, expected]] of Object.entries(HOSTILE))
    for (const kind of ['token', 'list', 'generate-ids', 'create-folder', 'begin', 'chunk'] as const)
      test(`ends with a fault when ${kind} is answered with ${what}`, async () => {
        failing(kind, fault, 99);
        await assert.rejects(send(new MemoryNote(), small, IMPATIENT), expected);
        assert.equal(drive.contents().size, 0);
      });

  test('says no address, no token and no id in what it rejects with', async () => {
    const faults: unknown[] = [];
    const note = new MemoryNote();
    const kinds = ['token', 'list', 'generate-ids', 'create-folder', 'begin', 'chunk', 'status'] as const;
    for (const kind of kinds)
      for (const status of [400, 401, 403, 404, 409, 410, 418, 429, 500, 503]) {
        failing(kind, { kind: 'status', status, reason: `no ${drive.refreshToken}` }, 99);
        await send(note, small, { folderName: `folder ${kind}` }).catch((error: unknown) =>
          faults.push(error),
        );
      }
    assert.ok(faults.length > 50, `${faults.length} faults`);
    for (const fault of faults) {
      assert.ok(fault instanceof TargetFault);
      const said = `${fault.stack ?? ''} ${fault.message} ${fault.remedy} ${JSON.stringify(fault)}`;
      assert.doesNotMatch(said, /ya29|1\/\/refresh|upload_id|127\.0\.0\.1|date=/);
      assert.ok(fault instanceof PassingFault || fault.remedy !== '', fault.message);
      assert.equal(fault.cause, undefined);
    }
    for (const { url } of drive.server.asked) assert.doesNotMatch(url, /ya29|1\/\/refresh/);
  });
});

test('a note that is not ours is none', () => {
  const begunMs = Date.UTC(2026, 0, 1);
  const note = { id: 'a-b_c', session: { address: 'https://www.googleapis.com/x', begunMs } };
  assert.deepEqual(readNote(writeNote(note), begunMs + DAY_MS), note);
  assert.deepEqual(readNote(writeNote(note), begunMs + 7 * DAY_MS), { id: 'a-b_c' });
  for (const text of [undefined, '', '{', '[]', '{"version":2,"id":"a"}', '{"version":1,"id":"../x"}'])
    assert.equal(readNote(text, begunMs), undefined);
});
