import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Journal, NewerJournalError, readJournal } from '../../../src/sync/journal/journal.ts';
import type { Ledger } from '../../../src/sync/journal/ledger.ts';
import {
  encodeRecord,
  type JournalRecord,
  type SealedFile,
  type SegmentRecord,
  type SegmentState,
} from '../../../src/sync/journal/records.ts';
import { collect } from '../envelope/collect.ts';
import { MemoryDisk, systemError } from '../round/memory-disk.ts';
import { Random } from '../round/random.ts';

const FILE = '/state/journal';
const NOON = Date.UTC(2026, 1, 27, 12);
const LOGS = ['metrics_476aa2f1_2026-02-27.csv', 'metrics_476aa2f1_2026-02-28.csv'] as const;
const STATES: readonly SegmentState[] = ['sealed', 'encrypted', 'sending', 'sent', 'confirmed'];
const FOLDER = 'study=backup/device=0123/date=2026-02-27';

function fileOf(n: number): SealedFile {
  const sha256 = n.toString(16).padStart(64, '0');
  const path = `${FOLDER}/${sha256}.sealed`;
  return { path, bytes: 1000 + n, sha256, md5: '0'.repeat(32), keyId: 'k', madeFor: 'm' };
}

/** What a round may write: segments one after the other, each going on as far as the script says, in any interleaving. */
function recordsOf(script: readonly number[]): JournalRecord[] {
  const records: JournalRecord[] = [];
  const segments: SegmentRecord[] = [];
  for (const step of script) {
    const known = segments[step % (segments.length + 1)];
    const state = known && STATES[STATES.indexOf(known.state) + 1];
    if (known && state === undefined) {
      records.push({ k: 'removed', path: known.file?.path ?? '' });
    } else if (known && state) {
      const next: SegmentRecord = { ...known, state, file: fileOf(known.n) };
      segments[segments.indexOf(known)] = next;
      records.push(next);
    } else {
      const n = segments.length;
      const file = LOGS[n < 4 ? 0 : 1];
      const last = segments.findLast(({ range }) => range.file === file);
      const after = last?.range.to ?? 0;
      const range = {
        file,
        birth: '2026-02-27T12:00:00.000Z',
        from: after + 50 * (n % 2),
        to: after + 500,
        rows: 5,
        firstMs: NOON + n,
        lastMs: NOON + n,
      };
      const segment: SegmentRecord = { k: 'segment', n, state: 'sealed', range, after };
      segments.push(segment);
      records.push(segment);
    }
  }
  return records;
}

const script = fc.array(fc.nat(7), { maxLength: 30 });

/** All that a ledger says. */
function stateOf(ledger: Ledger): unknown {
  return {
    open: ledger.open,
    stored: [...ledger.stored].sort(),
    abandoned: [...ledger.abandoned],
    next: ledger.next,
    cursors: LOGS.map(file => ledger.cursorOf(file)),
  };
}

async function emptyDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await disk.makeFolder('/state');
  await disk.syncFolder('/');
  return disk;
}

async function diskWith(bytes: Uint8Array): Promise<MemoryDisk> {
  const disk = await emptyDisk();
  const file = await disk.create(FILE);
  await file.write(bytes, 0);
  await file.sync();
  await disk.syncFolder('/state');
  return disk;
}

/** A journal with these records: what it has said after each, and its bytes. */
async function written(
  records: readonly JournalRecord[],
): Promise<{ readonly disk: MemoryDisk; bytes: Buffer; readonly states: unknown[] }> {
  const disk = await emptyDisk();
  const journal = await Journal.open(disk, FILE, () => assert.fail('nothing is damaged'));
  const states = [stateOf(journal.ledger)];
  for (const record of records) {
    await journal.append(record);
    states.push(stateOf(journal.ledger));
  }
  return { disk, bytes: await collect(disk.read(FILE)), states };
}

describe('a journal', () => {
  test('says after it is opened again what it has said', async () => {
    await fc.assert(
      fc.asyncProperty(script, async steps => {
        const { disk, states } = await written(recordsOf(steps));
        const again = await Journal.open(disk, FILE, () => assert.fail('nothing is damaged'));
        assert.deepEqual(stateOf(again.ledger), states.at(-1));
      }),
      { numRuns: 100 },
    );
  });

  test('has lines of a checksum and a record', async () => {
    const { bytes } = await written(recordsOf([0]));
    assert.equal(
      bytes.toString(),
      '0825f321 {"k":"journal","version":1,"next":0}\n' +
        '053a55a9 {"k":"segment","n":0,"state":"sealed","range":{"file":"metrics_476aa2f1_2026-02-27.csv","birth":"2026-02-27T12:00:00.000Z","from":0,"to":500,"rows":5,"firstMs":1772193600000,"lastMs":1772193600000},"after":0}\n',
    );
  });

  test('cut off anywhere opens to what was true once, and can be written on', async () => {
    await fc.assert(
      fc.asyncProperty(script, fc.nat(), async (steps, where) => {
        const records = recordsOf(steps);
        const { bytes, states } = await written(records);
        const cut = where % (bytes.length + 1);
        const told: string[] = [];
        const disk = await diskWith(bytes.subarray(0, cut));
        const journal = await Journal.open(disk, FILE, what => told.push(what));
        const lines = bytes.subarray(0, cut).filter(byte => byte === 0x0a).length;
        assert.deepEqual(stateOf(journal.ledger), states[Math.max(0, lines - 1)]);
        const isWhole = cut === 0 || bytes[cut - 1] === 0x0a;
        assert.equal(told.length, isWhole ? 0 : 1, told.join());
        for (const record of records.slice(Math.max(0, lines - 1))) await journal.append(record);
        const again = await readJournal(disk, FILE);
        assert.deepEqual(stateOf(again.ledger), states.at(-1));
        assert.deepEqual(again.damaged, []);
        assert.equal(again.wholeBytes, again.bytes);
      }),
      { numRuns: 200 },
    );
  });

  for (const isAnew of [false, true]) {
    test(`tells of any bit that has changed, and takes no row for done that is not${isAnew ? ', written anew' : ''}`, async () => {
      await flipEveryByte(isAnew);
    });
  }

  async function flipEveryByte(isAnew: boolean): Promise<void> {
    const records = recordsOf([0, 0, 1, 1, 1, 2, 0, 0, 1, 3, 3, 0, 4, 2, 4, 4, 3, 5]);
    const truth = await written(records);
    const sound = (await readJournal(truth.disk, FILE)).ledger;
    if (isAnew) {
      const disk = await diskWith(Buffer.concat([truth.bytes, Buffer.from('x')]));
      await Journal.open(disk, FILE, () => undefined);
      truth.bytes = await collect(disk.read(FILE));
    }
    const known = new Map<number, Set<string>>();
    for (const record of records) {
      if (record.k !== 'segment') continue;
      known.set(record.n, (known.get(record.n) ?? new Set()).add(JSON.stringify(record)));
    }
    for (let at = 0; at < truth.bytes.length; at++) {
      const bytes = Buffer.from(truth.bytes);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      const disk = await diskWith(bytes);
      const told: string[] = [];
      const { ledger } = await Journal.open(disk, FILE, what => told.push(what));
      assert.ok(told.length > 0, `byte ${at}`);
      for (const record of records) {
        if (record.k !== 'segment' || !ledger.covers(record.range)) continue;
        const isDone = !sound.open.some(({ n }) => n === record.n);
        const goesOn = ledger.open.some(({ n }) => n === record.n);
        assert.ok(isDone || goesOn, `byte ${at}: the rows of segment ${record.n} are forgotten`);
      }
      for (const segment of ledger.open)
        assert.ok(
          known.get(segment.n)?.has(JSON.stringify(segment)),
          `byte ${at}: ${JSON.stringify(segment)}`,
        );
      for (const path of ledger.stored.keys())
        assert.ok(known.get(Number.parseInt(path.slice(-71, -7), 16))?.size, `byte ${at}: ${path}`);
      // It is told once: the journal is as good as new.
      await Journal.open(disk, FILE, what => assert.fail(what));
    }
  }

  test('a record that is lost leaves a gap, and what comes after it is not looked for again', async () => {
    const records = recordsOf([0, 1, 2]);
    const { bytes } = await written(records);
    const lines = bytes.toString().split('\n');
    const disk = await diskWith(Buffer.from([...lines.slice(0, 2), 'x', ...lines.slice(3)].join('\n')));
    const { ledger } = await Journal.open(disk, FILE, () => undefined);
    const [first, second, third] = records.flatMap(record => (record.k === 'segment' ? [record.range] : []));
    assert.ok(first && second && third);
    assert.equal(ledger.cursorOf(first.file)?.to, first.to);
    assert.equal(ledger.covers(first), true);
    assert.equal(ledger.covers(second), false);
    assert.equal(ledger.covers(third), true);
    assert.equal(ledger.covers({ ...third, birth: 'another' }), false);
  });

  test('written anew says the same in less', async () => {
    await fc.assert(
      fc.asyncProperty(script, async steps => {
        const { bytes, states } = await written(recordsOf(steps));
        // A line that nobody has begun has it written anew.
        const disk = await diskWith(Buffer.concat([bytes, Buffer.from('x')]));
        const journal = await Journal.open(disk, FILE, () => undefined);
        assert.deepEqual(stateOf(journal.ledger), states.at(-1));
        const anew = await readJournal(disk, FILE);
        assert.deepEqual(stateOf(anew.ledger), states.at(-1));
        assert.ok(anew.bytes <= bytes.length + 200);
      }),
      { numRuns: 100 },
    );
  });

  test('does not grow with what is confirmed, but for its paths', async () => {
    const disk = await emptyDisk();
    const journal = await Journal.open(disk, FILE, () => undefined);
    let after = 0;
    let largest = 0;
    for (let n = 0; n < 700; n++) {
      const range = { file: LOGS[0], birth: 'b', from: after, to: after + 9, rows: 1, firstMs: 0, lastMs: 0 };
      for (const state of STATES) {
        const file = state === 'sealed' ? {} : { file: fileOf(n) };
        await journal.append({ k: 'segment', n, state, range, after, ...file });
      }
      after += 9;
      largest = Math.max(largest, (await disk.sizeOf(FILE)) ?? 0);
    }
    assert.ok(largest > 1_000_000 && largest < 1_150_000, String(largest));
    const { ledger } = await readJournal(disk, FILE);
    assert.equal(ledger.stored.size, 700);
    assert.deepEqual(ledger.cursorOf(LOGS[0]), { birth: 'b', to: after });
    assert.equal(ledger.next, 700);
  });

  test('says in one line how many lines are damaged', async () => {
    const disk = await emptyDisk();
    const open = await disk.create(FILE);
    await open.write(Buffer.from('rubbish\n'.repeat(30)), 0);
    await open.close();
    const said: string[] = [];
    await Journal.open(disk, FILE, what => said.push(what));
    assert.deepEqual(said, [
      "30 lines of the upload's journal are damaged, the first is number 1; what only they knew is done again",
    ]);
  });

  test('what could not be written is not known, and the next who opens it finds out', async () => {
    const [first, second] = recordsOf([0, 1]);
    assert.ok(first && second);
    for (let failing = 0; failing < 4; failing++) {
      const disk = await emptyDisk();
      const journal = await Journal.open(disk, FILE, () => undefined);
      disk.expect({ failAt: new Map([[failing, 'ENOSPC']]) });
      await assert.rejects(journal.append(first), systemError('ENOSPC'));
      assert.deepEqual(journal.ledger.open, []);
      await assert.rejects(journal.append(second), systemError('ENOSPC'), 'it is not written on');
      const again = await Journal.open(disk, FILE, () => undefined);
      assert.ok(again.ledger.open.length <= 1);
      await again.append(first);
      await again.append(second);
      assert.deepEqual((await readJournal(disk, FILE)).damaged, []);
    }
  });

  test('after a power cut at any moment it has all that it has said it has', async () => {
    const records = recordsOf([0, 1, 1, 1, 2, 2, 0, 0, 1, 1, 1]);
    for (let seed = 0; seed < 300; seed++) {
      const random = new Random(seed);
      const disk = await emptyDisk();
      disk.expect({ crashAt: random.below(60) });
      let appended = 0;
      try {
        const journal = await Journal.open(disk, FILE, () => undefined);
        for (const record of records) {
          await journal.append(record);
          appended++;
        }
      } catch (error) {
        assert.ok(disk.hasCrashed, String(error));
      }
      const { states } = await written(records);
      const journal = await Journal.open(disk.afterPowerCut(random), FILE, () => undefined);
      const state = JSON.stringify(stateOf(journal.ledger));
      const possible = [appended, appended + 1].map(count => JSON.stringify(states[count]));
      assert.ok(possible.includes(state), `seed ${seed}: after ${appended} records ${state}`);
    }
  });

  test('of a later version is left alone', async () => {
    const bytes = encodeRecord({ k: 'journal', version: 2, next: 0 });
    const disk = await diskWith(bytes);
    await assert.rejects(
      Journal.open(disk, FILE, () => undefined),
      NewerJournalError,
    );
    assert.deepEqual(await collect(disk.read(FILE)), bytes);
  });
});
