import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { listLogFiles } from '../../src/log/listing.ts';
import { ROOT, TestHome, until } from './harness/home.ts';
import { NUMBER_COLUMN, NumberedLog, type Pace } from './harness/numbered-log.ts';

/** How a child writes until it is killed. */
interface KilledPace extends Pace {
  /** It is killed after a random number of rows up to this, and a random part of a few milliseconds. */
  readonly mostRows: number;
}

/** Rows that the next writer adds. */
const MORE_ROWS = 20;

/** What is in the folder of a log. */
interface Contents {
  /** Numbers of all rows, in order of the files. */
  readonly rows: readonly number[];
  readonly hasPartialRow: boolean;
  /** Names of what a compression left that did not come to its end: unfinished files, and compressed ones beside the plain. */
  readonly leftovers: readonly string[];
}

/** What a kill left behind. */
interface Wreck {
  /** Rows 0 to this one were written, as their writer knows. */
  readonly known: number;
  /** A row was cut in the middle. */
  readonly hasPartialRow: boolean;
  /** A compression was cut, at any of its steps. */
  readonly hasPartialCompression: boolean;
}

/** Much of their time goes into starting. */
const AT_A_TIME = 4;

const UNFINISHED = '.new';

describe(
  'kill -9 of a process that writes the log',
  { skip: process.platform === 'win32' && 'signals' },
  () => {
    let home: TestHome;
    let script: string;
    before(async () => {
      home = new TestHome();
      script = path.join(home.root, 'log-child.cjs');
      await esbuild.build({
        absWorkingDir: ROOT,
        entryPoints: [path.join(import.meta.dirname, 'harness', 'log-child.ts')],
        outfile: script,
        bundle: true,
        platform: 'node',
        format: 'cjs',
        logLevel: 'error',
      });
    });
    after(() => home.end());

    test('at 200 random moments: no row is lost but the one in flight, none is there twice', async t => {
      // Files of some hundred rows, a day of some thousand.
      const pace = { stepMs: 20_000, fileBytes: 40_000, compresses: false, mostRows: 1_500 };
      const wrecks = await killMany(200, pace);
      t.diagnostic(
        `${String(sum(wrecks, wreck => wreck.known))} rows, ${String(count(wrecks, 'hasPartialRow'))} rows cut`,
      );
    });

    test('at 50 random moments of rotation and compression: the same, and every file is whole', async t => {
      // A file of two rows, so that there is hardly a moment without either.
      const wrecks = await killMany(50, { stepMs: 1_000, fileBytes: 600, compresses: true, mostRows: 60 });
      const cut = count(wrecks, 'hasPartialCompression');
      t.diagnostic(`${String(sum(wrecks, wreck => wreck.known))} rows, ${String(cut)} compressions cut`);
      assert.ok(cut > 0, 'some of them were killed in a compression');
    });

    /** Kills so many writers, each in a folder of its own, and lets another go on there. */
    async function killMany(times: number, pace: KilledPace): Promise<Wreck[]> {
      const wrecks: Wreck[] = [];
      let started = 0;
      const killSome = async (): Promise<void> => {
        while (started < times) {
          const directory = path.join(home.root, `logs-${String(pace.fileBytes)}-${String(started++)}`);
          wrecks.push(await killOne(directory, pace));
          fs.rmSync(directory, { recursive: true });
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, killSome));
      assert.equal(wrecks.length, times);
      return wrecks;
    }

    async function killOne(directory: string, pace: KilledPace): Promise<Wreck> {
      const progress = `${directory}-progress`;
      const first = start(directory, progress, pace);
      await once(first.stdout ?? assert.fail(), 'data');
      const least = Math.floor(pace.mostRows * Math.random());
      while (lastOf(progress) < least) await pause(1);
      await pause(4 * Math.random());
      first.kill('SIGKILL');
      await once(first, 'exit');
      const known = lastOf(progress);
      const { rows, hasPartialRow, leftovers } = read(directory);
      const inFlight = rows.at(-1) === known + 1;
      assert.deepEqual(
        rows,
        numbers(0, inFlight ? known + 1 : known),
        'every row that its writer knew of, once',
      );

      const next = known + 2;
      const second = new NumberedLog(directory, pace, message => assert.fail(message));
      for (let n = next; n < next + MORE_ROWS; n++) second.append(n);
      await until('it has tidied up', () => {
        const now = new Set(fs.readdirSync(directory));
        return leftovers.every(
          name => !now.has(name) || !(name.endsWith(UNFINISHED) || now.has(plainOf(name))),
        );
      });
      second.close();
      const end = read(directory);
      assert.ok(!end.hasPartialRow, 'the next start trims');
      assert.deepEqual(end.rows, [
        ...numbers(0, inFlight ? known + 1 : known),
        ...numbers(next, next + MORE_ROWS - 1),
      ]);
      return { known, hasPartialRow, hasPartialCompression: leftovers.length > 0 };
    }

    function start(directory: string, progress: string, pace: Pace): ChildProcess {
      const child = spawn(process.execPath, [script, directory, progress, JSON.stringify(pace)], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stderr.on('data', (text: Buffer) => assert.fail(text.toString()));
      return child;
    }
  },
);

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

const sum = (wrecks: readonly Wreck[], of: (wreck: Wreck) => number): number =>
  wrecks.reduce((total, wreck) => total + of(wreck), 0);
const count = (wrecks: readonly Wreck[], what: 'hasPartialRow' | 'hasPartialCompression'): number =>
  wrecks.filter(wreck => wreck[what]).length;

/** The number of the last row that a child says it has written; −1 for none. */
function lastOf(progress: string): number {
  const bytes = fs.existsSync(progress) ? fs.readFileSync(progress) : Buffer.alloc(0);
  return bytes.length < 8 ? -1 : bytes.readDoubleLE();
}

const plainOf = (name: string): string => name.replace(/\.gz$/, '');

/** Reads all files, and fails when any is not as it must be after a crash. */
function read(directory: string): Contents {
  // It may have been killed before it made the folder.
  fs.mkdirSync(directory, { recursive: true });
  const files = listLogFiles(directory);
  const names = new Set(files.map(file => file.name));
  const rows: number[] = [];
  const leftovers = fs
    .readdirSync(directory)
    .filter(name => name.startsWith('metrics_') && name.endsWith(UNFINISHED));
  let hasPartialRow = false;
  for (const { name, isCompressed } of files) {
    const bytes = fs.readFileSync(path.join(directory, name));
    const text = (isCompressed ? gunzipSync(bytes) : bytes).toString('latin1');
    if (isCompressed && names.has(plainOf(name))) {
      // Of two copies the plain one counts, and it was read just before.
      leftovers.push(name);
      assert.equal(text, fs.readFileSync(path.join(directory, plainOf(name)), 'latin1'), `${name} is whole`);
      continue;
    }
    const isNewest = name === files.at(-1)?.name;
    const [header = '', ...lines] = text.split('\n');
    const rest = lines.pop();
    // The newest may have been made a moment before the kill.
    if (isNewest && text === '') continue;
    assert.match(header, /^timestamp,hardware_id,session_category,/, name);
    const column = header.split(',').indexOf(NUMBER_COLUMN);
    assert.ok(rest === '' || (isNewest && !isCompressed), `${name} ends with a whole row`);
    hasPartialRow ||= rest !== '';
    for (const line of lines) {
      const fields = line.split(',');
      assert.equal(fields.length, header.split(',').length, `${name}: ${line}`);
      rows.push(Number(fields[column]));
    }
  }
  return { rows, hasPartialRow, leftovers };
}
