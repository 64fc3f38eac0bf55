import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { writeOwner } from '../../../src/runtime/owner.ts';
import { identify } from '../../../src/runtime/process-identity.ts';
import { UnknownKeyError } from '../../../src/sync/envelope/errors.ts';
import { unseal } from '../../../src/sync/envelope/unseal.ts';
import { encodeRecord } from '../../../src/sync/journal/records.ts';
import { rotateKeys } from '../../../src/sync/keys/key-store.ts';
import { backoffMs } from '../../../src/sync/round/backoff.ts';
import { destinationId } from '../../../src/sync/round/destination.ts';
import type { RoundProgress } from '../../../src/sync/round/options.ts';
import { isHeld } from '../../../src/sync/round/held-file.ts';
import { releasedFiles } from '../../../src/sync/round/released-files.ts';
import { unpack } from '../../../src/sync/segments/pack.ts';
import { parquetToCsv } from '../../../src/sync/segments/parquet-to-csv.ts';
import { PassingFault, RefusedFault, SignInFault } from '../../../src/sync/targets/faults.ts';
import { collect } from '../envelope/collect.ts';
import { NOON } from '../segments/generated-log.ts';
import { MemoryDisk } from './memory-disk.ts';
import { LOG, SmallUpload } from './small-upload.ts';

/** The rows of what a target has, as CSV, in the order in which it came; one header. */
async function csvOf(upload: SmallUpload): Promise<string> {
  let text = '';
  for (const [where, bytes] of upload.target.objects) {
    const parquet = where.endsWith('.parquet') ? bytes : await openedBy(upload, bytes);
    let csv = '';
    for await (const piece of parquetToCsv(parquet)) csv += piece;
    text += text === '' ? csv : csv.slice(csv.indexOf('\n') + 1);
  }
  return text;
}

async function openedBy({ keys }: SmallUpload, bytes: Buffer): Promise<Buffer> {
  const { plaintext, content } = await unseal([bytes], { local: keys.ring.local });
  assert.equal(content, 'parquet.gz');
  return unpack(await collect(plaintext));
}

const count = (segments: number, rows: number): { segments: number; rows: number } => ({ segments, rows });

function assertCount(
  actual: { readonly segments: number; readonly rows: number },
  segments: number,
  rows: number,
): void {
  assert.deepEqual(count(actual.segments, actual.rows), count(segments, rows));
}

describe('a round', () => {
  test('brings closed pieces to the target, then nothing, then what is new', async t => {
    const upload = new SmallUpload(t);
    upload.log(50);
    const first = await upload.round();
    assert.equal(first.state, 'done', first.reason);
    assertCount(first.counts.sealed, 3, 9);
    assertCount(first.counts.sent, 3, 9);
    assertCount(first.counts.confirmed, 3, 9);
    assertCount(first.counts.waiting, 0, 0);
    assertCount(first.counts.total, 3, 9);
    assert.equal(first.counts.spoolBytes, 0);
    const sizes = [...upload.target.objects.values()].map(({ length }) => length);
    assert.equal(
      first.counts.confirmed.bytes,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    for (const where of upload.target.objects.keys())
      assert.match(where, /^study=backup\/device=[0-9a-f]{32}\/date=2026-02-27\/[0-9a-f]{64}\.sealed$/);
    assert.deepEqual(upload.spool, []);

    const nothing = await upload.round();
    assert.equal(nothing.state, 'done');
    assertCount(nothing.counts.sealed, 0, 0);
    assertCount(nothing.counts.total, 3, 9);

    upload.log(10);
    const open = await upload.round({ includesOpen: true });
    assertCount(open.counts.confirmed, 1, 3);
    assert.equal(await csvOf(upload), upload.text, 'the log, byte for byte');
    assert.deepEqual(upload.damage, []);
  });

  test('goes on as the log grows, is compressed, and is another file of the same name', async t => {
    const upload = new SmallUpload(t);
    upload.log(45);
    await upload.round({ includesOpen: true });
    const text = upload.text;
    const plain = path.join(upload.logDirectory, LOG);
    fs.writeFileSync(`${plain}.gz`, gzipSync(text));
    fs.rmSync(plain);
    assertCount((await upload.round({ includesOpen: true })).counts.sealed, 0, 0);
    fs.rmSync(`${plain}.gz`);
    const another = new SmallUpload(t);
    another.nowMs = NOON + 3_600_000;
    another.log(45);
    fs.copyFileSync(path.join(another.logDirectory, LOG), plain);
    assertCount((await upload.round({ includesOpen: true })).counts.confirmed, 3, 9);
    const rows = (whole: string): string => whole.slice(whole.indexOf('\n') + 1);
    assert.equal(await csvOf(upload), text + rows(another.text));
  });

  test('goes on in a log that has become shorter: put back from an older copy, and written on', async t => {
    const upload = new SmallUpload(t);
    upload.log(45);
    await upload.round({ includesOpen: true });
    const plain = path.join(upload.logDirectory, LOG);
    const lines = upload.text.split('\n');
    const rowsOf = (csv: string): string[] => csv.trimEnd().split('\n').slice(1).sort();
    const sent = rowsOf(upload.text);
    // Two rows are missing, and the third from the end is there in part.
    const older = lines.slice(0, 7).join('\n') + '\n' + (lines[7] ?? '').slice(0, 20);
    fs.writeFileSync(plain, older);
    await upload.round({ includesOpen: true });
    assert.match(upload.damage.join(), /has become shorter than what was uploaded of it/);
    const added = lines.slice(1, 9).map(line => line.replace('T12', 'T13'));
    const trimmed = lines.slice(0, 7).join('\n') + '\n';
    fs.writeFileSync(plain, `${trimmed}${added.slice(0, 2).join('\n')}\n`);
    await upload.round({ includesOpen: true });
    assert.deepEqual(rowsOf(await csvOf(upload)), [...sent, ...added.slice(0, 2)].sort(), 'each once');
    assert.equal(upload.damage.length, 1, 'told once');
    // Again, and nobody has looked until it was longer than before.
    fs.writeFileSync(
      plain,
      `${trimmed}${added
        .slice(2)
        .map(line => line.replace('T13:', 'T14:'))
        .join('\n')}0\n`,
    );
    await upload.round({ includesOpen: true });
    assert.match(upload.damage[1] ?? '', /is not what was uploaded of it, and is uploaded again/);
    const arrived = new Set(rowsOf(await csvOf(upload)));
    for (const row of rowsOf(upload.text)) assert.ok(arrived.has(row.replace(/,([\d.]*)$/, ',$1')), row);
    assert.equal((await upload.round({ includesOpen: true })).counts.sealed.rows, 0);
    assert.equal(upload.damage.length, 2);
  });

  test('tells what it is doing', async t => {
    const upload = new SmallUpload(t);
    upload.log(45);
    const told: RoundProgress[] = [];
    upload.target.before = (call, context) => {
      if (call === 'send') context?.onProgress?.(100);
    };
    await upload.round({ includesOpen: true, onProgress: progress => told.push(progress) });
    const steps = told.map(({ step }) => step);
    assert.deepEqual(steps.slice(0, 4), ['planning', 'sealing', 'sealing', 'sealing']);
    assert.deepEqual(steps.slice(4, 7), ['sending', 'sending', 'confirming']);
    assert.equal(told[5]?.bytes, 100);
    assert.equal(told[5].ofBytes, upload.target.objects.values().next().value?.length);
    assert.deepEqual(
      told.filter(({ step }) => step === 'confirming').map(({ confirmed, left }) => [confirmed, left]),
      [
        [0, 3],
        [1, 2],
        [2, 1],
      ],
    );
  });

  test('without encryption sends Parquet as it is', async t => {
    const upload = new SmallUpload(t);
    upload.options = { encrypt: false, includesOpen: true };
    upload.log(30);
    assert.equal((await upload.round()).state, 'done');
    for (const where of upload.target.objects.keys()) assert.match(where, /\/[0-9a-f]{64}\.parquet$/);
    assert.equal(await csvOf(upload), upload.text);
    assert.equal(upload.keys.ring.keys.length, 0, 'it needs no key');
  });

  test('without a target seals what there is, for the next one to send', async t => {
    const upload = new SmallUpload(t);
    upload.log(30);
    const sealed = await upload.round({ includesOpen: true, target: undefined });
    assert.equal(sealed.state, 'done');
    assertCount(sealed.counts.waiting, 2, 6);
    assert.deepEqual(upload.target.calls, []);
    const sent = await upload.round();
    assertCount(sent.counts.sealed, 0, 0);
    assertCount(sent.counts.confirmed, 2, 6);
    assert.equal(await csvOf(upload), upload.text);
  });

  test('seals with the newest key', async t => {
    const upload = new SmallUpload(t);
    upload.log(15);
    await upload.round({ includesOpen: true });
    const { key } = await rotateKeys(upload.keys);
    upload.log(15);
    await upload.round({ includesOpen: true });
    const [first, second] = [...upload.target.objects.values()];
    assert.ok(first && second);
    await assert.rejects(unseal([first], { local: [key] }), UnknownKeyError);
    await unseal([second], { local: [key] });
    assert.equal(await csvOf(upload), upload.text);
  });
});

describe('a target in trouble', () => {
  test('is tried six times, with more time between, and the round ends waiting', async t => {
    const upload = new SmallUpload(t);
    upload.log(15);
    upload.target.before = () => {
      throw new PassingFault('no network');
    };
    const result = await upload.round({ includesOpen: true });
    assert.equal(result.state, 'waiting');
    assert.equal(result.reason, 'no network');
    assert.deepEqual(upload.waits, [500, 1000, 2000, 4000, 8000]);
    assert.equal(result.nextTryMs, upload.nowMs + 16_000);
    assertCount(result.counts.waiting, 1, 3);
    assert.ok(result.counts.spoolBytes > 0);
    upload.target.before = () => undefined;
    assert.equal((await upload.round()).state, 'done');
    assert.equal(await csvOf(upload), upload.text);
  });

  test('is left alone for as long as it asks, and not waited for longer than a minute', async t => {
    const upload = new SmallUpload(t);
    upload.log(15);
    const asks = [700, 30_000, 3_600_000];
    upload.target.before = () => {
      throw new PassingFault('too many requests', asks.shift());
    };
    const result = await upload.round({ includesOpen: true });
    assert.deepEqual(upload.waits, [700, 30_000]);
    assert.equal(result.nextTryMs, upload.nowMs + 3_600_000);
  });

  test('times between tries are spread over the whole range', () => {
    assert.deepEqual(
      [1, 2, 6, 7, 50].map(failed => backoffMs(failed, 0.999_999)),
      [0.999_999 * 1000, 0.999_999 * 2000, 0.999_999 * 32_000, 0.999_999 * 60_000, 0.999_999 * 60_000],
    );
    assert.equal(backoffMs(3, 0), 0);
    assert.equal(backoffMs(3, 0, 250), 250);
  });

  test('that knows nobody, or refuses, ends the round with what to do', async t => {
    const upload = new SmallUpload(t);
    upload.log(15);
    for (const [fault, state] of [
      [new SignInFault('not known any more', 'Sign in again'), 'sign-in'],
      [new RefusedFault('no room there', 'Make room'), 'refused'],
    ] as const) {
      upload.target.before = () => {
        throw fault;
      };
      const result = await upload.round({ includesOpen: true });
      assert.deepEqual([result.state, result.reason, result.remedy], [state, fault.message, fault.remedy]);
      assertCount(result.counts.waiting, 1, 3);
    }
  });

  test('that has lost what it took, gets it again', async t => {
    const upload = new SmallUpload(t);
    upload.log(15);
    let confirmations = 0;
    upload.target.before = call => {
      if (call === 'confirm' && confirmations++ === 0) upload.target.objects.clear();
    };
    const result = await upload.round({ includesOpen: true });
    assert.equal(result.state, 'done');
    assertCount(result.counts.sent, 1, 3);
    assert.deepEqual(
      upload.target.calls.map(call => call.split(' ')[0]),
      ['send', 'confirm', 'confirm', 'send', 'confirm'],
    );
  });

  test('of which an answer was lost, is asked before anything is sent again', async t => {
    const upload = new SmallUpload(t);
    upload.log(15);
    let isCut = false;
    upload.target.before = call => {
      if (isCut || call !== 'confirm') return;
      isCut = true;
      throw new PassingFault('cut');
    };
    await upload.round({ includesOpen: true });
    assert.deepEqual(
      upload.target.calls.map(call => call.split(' ')[0]),
      ['send', 'confirm', 'confirm'],
    );
  });
});

describe('a round that is ended', () => {
  test('by the user stops where it is, and the next goes on', async t => {
    const upload = new SmallUpload(t);
    upload.log(45);
    const cancelling = new AbortController();
    upload.target.before = () => {
      cancelling.abort(new Error('the user'));
      cancelling.signal.throwIfAborted();
    };
    const result = await upload.round({ includesOpen: true, signal: cancelling.signal });
    assert.deepEqual([result.state, result.reason], ['cancelled', 'it was cancelled']);
    assertCount(result.counts.waiting, 3, 9);
    assert.equal((await upload.round({ signal: AbortSignal.abort() })).state, 'cancelled');
    upload.target.before = () => undefined;
    assert.equal((await upload.round()).state, 'done');
    assert.equal(await csvOf(upload), upload.text);
  });

  test('before it begins, because another process is at it', async t => {
    const upload = new SmallUpload(t);
    upload.log(15);
    await upload.round();
    const other = spawn('sleep', ['60']);
    t.after(() => other.kill('SIGKILL'));
    const holder = identify(other.pid ?? 0);
    assert.ok(holder);
    writeOwner(path.join(upload.stateFolder, 'lock'), holder);
    const result = await upload.round({ includesOpen: true });
    assert.equal(result.state, 'locked');
    assert.match(
      result.reason,
      /^another OptiMetrics process \(process \d+\) is uploading to the same place$/,
    );
    assertCount(result.counts.sealed, 0, 0);
  });
});

describe('without room', () => {
  test('in the spool sealing pauses, nothing is deleted, and it goes on when there is room', async t => {
    const upload = new SmallUpload(t);
    upload.log(150);
    upload.target.before = () => {
      throw new PassingFault('no network');
    };
    const one = (await upload.round({ includesOpen: true, maxSpoolBytes: 1 })).counts;
    assertCount(one.sealed, 1, 3);
    const full = await upload.round({ includesOpen: true, maxSpoolBytes: 3 * one.spoolBytes });
    assert.equal(full.state, 'spool-full');
    assert.equal(full.isSpoolFull, true);
    assert.equal(full.reason, 'there is no room for more in the spool (cloud.max_spool_mb), and no network');
    assert.ok(full.counts.spoolBytes <= 3 * one.spoolBytes, 'bounded');
    assert.ok(full.counts.waiting.segments > 1);
    assert.ok((full.nextTryMs ?? 0) > 0);
    upload.target.before = () => undefined;
    const done = await upload.round({ includesOpen: true, maxSpoolBytes: 2 * one.spoolBytes });
    assert.equal(done.state, 'done');
    assert.equal(done.isSpoolFull, false);
    assert.equal(await csvOf(upload), upload.text, 'all of it, oldest first');
  });

  test('on the disk the round says so, and the next one goes on', async t => {
    const upload = new SmallUpload(t);
    upload.log(45);
    fs.mkdirSync(upload.stateFolder, { recursive: true });
    for (const code of ['ENOSPC', 'EDQUOT']) {
      const disk = new MemoryDisk();
      await disk.makeFolder(upload.dataDirectory);
      disk.expect({ failAt: new Map(Array.from({ length: 500 }, (_, at) => [at + 18, code])) });
      upload.surroundings = { disk };
      const full = await upload.round({ includesOpen: true });
      assert.equal(full.state, 'disk-full', full.reason);
      assert.match(full.remedy, /Free some space/);
      disk.expect({});
      assert.equal((await upload.round({ includesOpen: true })).state, 'done');
      assert.equal(await csvOf(upload), upload.text);
      upload.target.objects.clear();
    }
  });

  test('or without the right to write, the round is refused without a path', async t => {
    const upload = new SmallUpload(t);
    upload.log(15);
    fs.mkdirSync(upload.stateFolder, { recursive: true });
    const disk = new MemoryDisk();
    disk.expect({ failAt: new Map([[0, 'EROFS']]) });
    upload.surroundings = { disk };
    const result = await upload.round();
    assert.equal(result.state, 'refused');
    assert.match(result.reason, /read-only file system \(EROFS\)$/);
    assert.ok(!result.reason.includes(upload.root));
  });
});

describe('what has changed since it was sealed', () => {
  async function study(): Promise<{ identity: string; recipient: string }> {
    const identity = await generateIdentity();
    return { identity, recipient: await identityToRecipient(identity) };
  }

  /** Whether an identity opens all that is at the target. */
  async function opens(upload: SmallUpload, identity: string): Promise<boolean[]> {
    return Promise.all(
      [...upload.target.objects.values()].map(async bytes => {
        try {
          await unseal([bytes], { identities: [identity] });
          return true;
        } catch (error) {
          assert.ok(error instanceof UnknownKeyError);
          return false;
        }
      }),
    );
  }

  test('recipients: what was not sent is sealed for those of now, what has arrived stays', async t => {
    const upload = new SmallUpload(t);
    const [former, present] = [await study(), await study()];
    upload.options = { mode: 'contribute', study: 'one', recipients: [former.recipient], includesOpen: true };
    upload.log(45);
    // The first has arrived, and its confirmation is lost; the others were never sent.
    upload.target.before = call => {
      if (call === 'confirm') throw new SignInFault('expired', '');
    };
    assert.equal((await upload.round()).state, 'sign-in');
    assert.equal(upload.target.objects.size, 1);
    upload.target.before = () => undefined;
    upload.options = { ...upload.options, recipients: [present.recipient] };
    assert.equal((await upload.round()).state, 'done');
    assert.deepEqual(await opens(upload, former.identity), [true, false, false]);
    assert.deepEqual(await opens(upload, present.identity), [false, true, true]);
    assert.deepEqual(upload.spool, []);
  });

  test('recipients, when the log has gone: from the file in the spool', async t => {
    const upload = new SmallUpload(t);
    const [former, present] = [await study(), await study()];
    upload.options = { mode: 'contribute', study: 'one', recipients: [former.recipient], includesOpen: true };
    upload.log(15);
    upload.target.before = () => {
      throw new SignInFault('expired', '');
    };
    await upload.round();
    fs.rmSync(path.join(upload.logDirectory, LOG));
    upload.target.before = () => undefined;
    upload.options = { ...upload.options, recipients: [present.recipient] };
    const result = await upload.round();
    assert.equal(result.state, 'done');
    assert.deepEqual(result.lost, []);
    assert.deepEqual(await opens(upload, former.identity), [false]);
    assert.deepEqual(await opens(upload, present.identity), [true]);
  });

  test('a damaged file of the spool is made again from the log', async t => {
    const upload = new SmallUpload(t);
    upload.log(30);
    upload.target.before = () => {
      throw new SignInFault('expired', '');
    };
    await upload.round({ includesOpen: true });
    const [first = '', second = ''] = upload.spool.map(name => path.join(upload.stateFolder, 'spool', name));
    const bytes = fs.readFileSync(first);
    bytes[500] = (bytes[500] ?? 0) ^ 1;
    fs.writeFileSync(first, bytes);
    fs.rmSync(second);
    upload.target.before = () => undefined;
    assert.equal((await upload.round()).state, 'done');
    assert.equal(await csvOf(upload), upload.text);
  });

  test('rows that neither the log nor the spool has are told, once, and the round goes on', async t => {
    const upload = new SmallUpload(t);
    upload.log(30);
    upload.target.before = () => {
      throw new SignInFault('expired', '');
    };
    await upload.round({ includesOpen: true });
    fs.rmSync(path.join(upload.logDirectory, LOG));
    fs.rmSync(path.join(upload.stateFolder, 'spool', upload.spool[0] ?? ''));
    upload.target.before = () => undefined;
    const result = await upload.round();
    assert.equal(result.state, 'done');
    assertCount(result.counts.lost, 1, 3);
    assertCount(result.counts.confirmed, 1, 3);
    assert.match(
      result.lost.join(),
      /^metrics_476aa2f1_2026-02-27\.csv: 3 rows from 2026-02-27T12:\d\d:00\.000Z to /,
    );
    assert.deepEqual((await upload.round()).lost, []);
  });

  test('a damaged journal is told, and costs at most that rows are there twice', async t => {
    const upload = new SmallUpload(t);
    upload.log(30);
    await upload.round({ includesOpen: true });
    const journal = path.join(upload.stateFolder, 'journal');
    const text = fs.readFileSync(journal, 'latin1');
    fs.writeFileSync(journal, text.replaceAll('"confirmed"', '"confirmeD"'));
    const result = await upload.round({ includesOpen: true });
    assert.equal(upload.damage.length, 1, upload.damage.join());
    assert.match(
      upload.damage[0] ?? '',
      /^2 lines of the upload's journal are damaged, the first is number \d+;/,
    );
    assert.equal(result.state, 'done');
    assert.equal(await csvOf(upload), upload.text, 'what had arrived is asked for and found');
  });
});

describe('what a round is refused for', () => {
  test('a contribution for nobody, or one that is not sealed, or with a name that cannot be one', async t => {
    const upload = new SmallUpload(t);
    upload.log(15);
    const recipient = await identityToRecipient(await generateIdentity());
    for (const [options, reason, remedy] of [
      [{ recipients: [] }, /none is given/, /cloud\.recipients/],
      [{ recipients: [recipient], encrypt: false }, /always sealed/, /cloud\.encrypt_before_upload/],
      [{ recipients: [recipient], study: 'No Such' }, /study/, /cloud\.study/],
      [{ recipients: ['age1nobody'] }, /recipient 1 is not an age recipient/, /^$/],
    ] as const) {
      const result = await upload.round({ mode: 'contribute', includesOpen: true, ...options });
      assert.equal(result.state, 'refused');
      assert.match(result.reason, reason);
      assert.match(result.remedy, remedy);
    }
    assert.deepEqual(upload.target.calls, []);
  });

  test('the journal of a later version', async t => {
    const upload = new SmallUpload(t);
    await upload.round();
    const bytes = encodeRecord({ k: 'journal', version: 2, next: 0 });
    fs.writeFileSync(path.join(upload.stateFolder, 'journal'), bytes);
    const result = await upload.round();
    assert.deepEqual([result.state, result.remedy], ['refused', 'Update OptiMetrics']);
    assert.deepEqual(fs.readFileSync(path.join(upload.stateFolder, 'journal')), bytes);
  });
});

describe('log files', () => {
  test('are held until all their rows are confirmed, and again when rows are added', async t => {
    const upload = new SmallUpload(t);
    const held = async (): Promise<boolean> =>
      isHeld(upload.logDirectory, LOG, await releasedFiles(upload.logDirectory, await upload.ledger()));
    upload.log(30);
    assert.equal(await held(), true);
    upload.target.before = () => {
      throw new SignInFault('expired', '');
    };
    assert.deepEqual((await upload.round({ includesOpen: true })).released, {});
    assert.equal(await held(), true);
    upload.target.before = () => undefined;
    const { released } = await upload.round({ includesOpen: true });
    assert.equal(await held(), false);
    assert.equal(isHeld(upload.logDirectory, LOG, released), false);
    upload.log(5);
    assert.equal(isHeld(upload.logDirectory, LOG, released), true, 'by what was known before, too');
    assert.equal(await held(), true);
    assert.equal(isHeld(upload.logDirectory, 'metrics_476aa2f1_2026-02-28.csv', released), true);
  });
});

describe('a destination', () => {
  test('has a name of its own for each mode, provider, place and log', () => {
    const base = {
      mode: 'backup',
      provider: 's3',
      coordinates: ['https://a', 'b', 'p'],
      logDirectory: '/logs',
    } as const;
    const ids = [
      base,
      { ...base, mode: 'contribute' as const },
      { ...base, provider: 'webdav' },
      { ...base, coordinates: ['https://a', 'b', ''] },
      { ...base, coordinates: ['https://a', 'b'] },
      { ...base, logDirectory: '/other' },
    ].map(destinationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/);
    assert.equal(destinationId(base), ids[0]);
  });
});
