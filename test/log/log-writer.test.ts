import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, mock, test, type TestContext } from 'node:test';
import type { Frame } from '../../src/common/frame.ts';
import { writeOwner } from '../../src/runtime/owner.ts';
import { identify } from '../../src/runtime/process-identity.ts';
import { CANNOT_MOUNT } from '../fixtures/small-disk.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';
import { frameAt, smallLayout } from './frames.ts';
import { Bench, content, fileOf, NOON } from './writer-bench.ts';

const isRoot = process.getuid?.() === 0;

describe('LogWriter', () => {
  test('writes each frame as it comes and tells of the file once', t => {
    const bench = new Bench(t);
    const [first] = bench.append(1);
    assert.ok(first);
    assert.deepEqual(bench.files, { [fileOf('2024-02-29')]: content([first]) }, 'not held back');
    const rest = bench.append(4);
    assert.deepEqual(bench.files, { [fileOf('2024-02-29')]: content([first, ...rest]) });
    assert.deepEqual(bench.statuses, [{ state: 'writing', file: fileOf('2024-02-29'), rowsWritten: 1 }]);
    assert.deepEqual(bench.writer.status, { state: 'writing', file: fileOf('2024-02-29'), rowsWritten: 5 });
  });

  test('makes the folder for this user alone', t => {
    const bench = new Bench(t);
    bench.append(1);
    if (process.platform !== 'win32') assert.equal(fs.statSync(bench.directory).mode & 0o777, 0o700);
  });

  test('frees the folder at the end, and the next goes on in the same file', t => {
    const bench = new Bench(t);
    const before = bench.append(2);
    bench.writer.close();
    bench.writer.close();
    assert.deepEqual(fs.readdirSync(bench.directory), [fileOf('2024-02-29')]);
    const again = new Bench(t, { directory: bench.directory, start: NOON + 10_000 });
    const after = again.append(2);
    assert.deepEqual(again.files, { [fileOf('2024-02-29')]: content([...before, ...after]) });
  });

  test('starts a new file at midnight UTC, the row of midnight in it', t => {
    const bench = new Bench(t, { start: Date.UTC(2024, 2, 1) - 2000 });
    const frames = bench.append(4);
    assert.deepEqual(bench.files, {
      [fileOf('2024-02-29')]: content(frames.slice(0, 2)),
      [fileOf('2024-03-01')]: content(frames.slice(2)),
    });
    assert.deepEqual(
      bench.statuses.map(status => status.file),
      [fileOf('2024-02-29'), fileOf('2024-03-01')],
    );
  });

  test('follows a clock that is set back over midnight and on again', t => {
    const bench = new Bench(t);
    const midnight = Date.UTC(2024, 2, 1);
    const frames = [midnight - 1, midnight, midnight - 5000, midnight + 1].map((utcMs, second) =>
      frameAt(bench.layout, utcMs, 1000 * second),
    );
    for (const frame of frames) bench.writer.append(frame);
    const [a, b, c, d] = frames as [Frame, Frame, Frame, Frame];
    assert.deepEqual(bench.files, {
      [fileOf('2024-02-29')]: content([a, c]),
      [fileOf('2024-03-01')]: content([b, d]),
    });
  });

  test('starts the next file when the columns change', t => {
    const bench = new Bench(t);
    const before = bench.append(2);
    const after = bench.append(2, smallLayout(2));
    const back = bench.append(1, smallLayout());
    assert.deepEqual(bench.files, {
      [fileOf('2024-02-29')]: content(before),
      [fileOf('2024-02-29', 1)]: content(after),
      [fileOf('2024-02-29', 2)]: content(back),
    });
  });

  test('goes on in the file when a new layout has the same columns', t => {
    const bench = new Bench(t);
    const frames = [...bench.append(1), ...bench.append(1, smallLayout())];
    assert.deepEqual(bench.files, { [fileOf('2024-02-29')]: content(frames) });
  });

  test('starts again when the file is deleted', t => {
    const bench = new Bench(t);
    bench.append(2);
    fs.rmSync(path.join(bench.directory, fileOf('2024-02-29')));
    const after = bench.append(2);
    assert.deepEqual(bench.files, { [fileOf('2024-02-29')]: content(after) });
    assert.deepEqual(bench.states, ['writing', 'writing']);
    bench.writer.close();
    assert.deepEqual(fs.readdirSync(bench.directory), [fileOf('2024-02-29')], 'the lock is gone too');
  });

  test('starts again, with its lock, when the folder is removed', t => {
    const bench = new Bench(t);
    bench.append(2);
    fs.rmSync(bench.directory, { recursive: true });
    const after = bench.append(2);
    assert.deepEqual(bench.files, { [fileOf('2024-02-29')]: content(after) });
    assert.ok(fs.existsSync(path.join(bench.directory, '.writer')));
  });

  test('writes the header again when somebody empties the file', t => {
    const bench = new Bench(t);
    bench.append(2);
    fs.truncateSync(path.join(bench.directory, fileOf('2024-02-29')));
    const after = bench.append(2);
    assert.deepEqual(bench.files, { [fileOf('2024-02-29')]: content(after) });
  });

  test('pauses where the folder is a file, says so once, and goes on when it can', t => {
    const bench = new Bench(t);
    fs.writeFileSync(bench.directory, 'in the way');
    const before = bench.append(12);
    assert.deepEqual(bench.statuses, [
      { state: 'paused', why: 'the log cannot be written: exists already (EEXIST)', rowsWritten: 0 },
    ]);
    assert.equal(fs.readFileSync(bench.directory, 'utf8'), 'in the way');
    fs.rmSync(bench.directory);
    const frames = [...before, ...bench.append(6)];
    assert.deepEqual(bench.states, ['paused', 'writing']);
    assert.deepEqual(bench.files, { [fileOf('2024-02-29')]: content(frames) }, 'with all that waited');
  });

  test('tries again five seconds after a fault by the frames’ own clock, and not before', t => {
    const bench = new Bench(t);
    fs.writeFileSync(bench.directory, 'in the way');
    bench.writer.append(frameAt(bench.layout, NOON, 0));
    fs.rmSync(bench.directory);
    bench.writer.append(frameAt(bench.layout, NOON + 86_400_000, 4_999));
    assert.deepEqual(bench.states, ['paused'], 'a clock that is set is no reason');
    assert.ok(!fs.existsSync(bench.directory));
    bench.writer.append(frameAt(bench.layout, NOON, 5_000));
    assert.deepEqual(Object.keys(bench.files), [fileOf('2024-02-29'), fileOf('2024-03-01')]);
    assert.deepEqual(new Set(bench.states), new Set(['paused', 'writing']));
  });

  test('says what is wrong now when the fault changes', t => {
    const bench = new Bench(t);
    fs.writeFileSync(bench.directory, 'in the way');
    bench.append(1);
    fs.rmSync(bench.directory);
    fs.mkdirSync(path.join(bench.directory, fileOf('2024-02-29')), { recursive: true });
    bench.append(10);
    assert.deepEqual(
      bench.statuses.map(status => status.why),
      [
        'the log cannot be written: exists already (EEXIST)',
        'the log cannot be written: is a folder (EISDIR)',
      ],
    );
  });

  test('does not write a folder that another sampler writes, until that has ended', t => {
    const bench = new Bench(t);
    const other = spawn('sleep', ['60']);
    t.after(() => other.kill('SIGKILL'));
    const identity = identify(other.pid ?? 0);
    assert.ok(identity);
    fs.mkdirSync(bench.directory);
    writeOwner(path.join(bench.directory, '.writer'), identity);
    bench.append(6);
    assert.deepEqual(bench.states, ['paused']);
    assert.match(bench.statuses[0]?.why ?? '', /another OptiMetrics sampler \(process \d+\)/);
    assert.deepEqual(bench.files, {});
    // What the kernel says of a process that has ended and was not waited for is what it says of one that is gone.
    writeOwner(path.join(bench.directory, '.writer'), { ...identity, started: '0' });
    bench.append(6);
    assert.deepEqual(bench.states, ['paused', 'writing']);
  });

  test('pauses at a full disk and keeps every row whole', t => {
    const bench = new Bench(t);
    const before = bench.append(2);
    const full = mock.method(fs, 'writeSync', () => {
      throw Object.assign(new Error("ENOSPC: no space left on device, write '/home/Jane'"), {
        code: 'ENOSPC',
      });
    });
    t.after(() => {
      full.mock.restore();
    });
    const during = bench.append(6);
    assert.deepEqual(bench.states, ['writing', 'paused']);
    assert.match(bench.statuses[1]?.why ?? '', /^no space left on the disk \(ENOSPC\): free some space/);
    full.mock.restore();
    const after = bench.append(6);
    assert.deepEqual(bench.states, ['writing', 'paused', 'writing']);
    const all = content([...before, ...during, ...after]);
    assert.deepEqual(bench.files, { [fileOf('2024-02-29')]: all }, 'none is lost');
  });

  test('says what to do about a folder that it may not write', t => {
    const bench = new Bench(t, { directory: temporaryDirectory(t) });
    fs.chmodSync(bench.directory, 0o555);
    if (isRoot) process.seteuid?.(65_534); // Nothing is forbidden to root.
    try {
      bench.append(1);
    } finally {
      if (isRoot) process.seteuid?.(0);
      fs.chmodSync(bench.directory, 0o755);
    }
    assert.match(
      bench.statuses[0]?.why ?? '',
      /^the log folder cannot be written, permission denied \(EACCES\): give this user/,
    );
  });

  test('never tells a path', t => {
    const bench = new Bench(t);
    fs.writeFileSync(bench.directory, 'in the way');
    bench.append(1);
    assert.ok(!JSON.stringify(bench.statuses).includes(path.basename(path.dirname(bench.directory))));
  });

  test('asks its filter for every frame, and writes the first of a file whatever it says', t => {
    const asked: number[] = [];
    let resets = 0;
    const bench = new Bench(t, {
      start: NOON + 1000,
      filter: {
        admits: frame => {
          asked.push(frame.monotonicMs);
          return frame.monotonicMs % 3000 === 2000;
        },
        reset: () => resets++,
      },
    });
    const [a, , c, , e] = bench.append(5) as [Frame, Frame, Frame, Frame, Frame];
    assert.deepEqual(asked, [0, 1000, 2000, 3000, 4000]);
    assert.equal(resets, 1);
    assert.equal(bench.writer.status.rowsWritten, 2);
    assert.deepEqual(bench.files, { [fileOf('2024-02-29')]: content([a, c]) });
    bench.writer.close();
    assert.deepEqual(bench.files, { [fileOf('2024-02-29')]: content([a, c, e]) }, 'the last one is a row');
  });
});

describe('LogWriter on a file system of its own', { skip: CANNOT_MOUNT }, () => {
  /** A file system in memory, in a fresh folder. */
  function mounted(t: TestContext, options: string): string {
    const directory = fs.mkdtempSync(path.join('/tmp', 'om-'));
    // Lazily, for the writer is closed after this; before the folder goes.
    t.after(() => {
      spawnSync('umount', ['-l', directory]);
      fs.rmdirSync(directory);
    });
    assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory]).status, 0);
    return directory;
  }

  test('fills the disk to the last whole row, pauses, and goes on when there is space', t => {
    const root = mounted(t, 'size=64k');
    const bench = new Bench(t, { directory: path.join(root, 'logs') });
    const ballast = path.join(root, 'ballast');
    fs.writeFileSync(ballast, Buffer.alloc(16_384));
    const frames = [];
    while (bench.statuses.at(-1)?.state !== 'paused') frames.push(...bench.append(1));
    const file = path.join(bench.directory, fileOf('2024-02-29'));
    const rows = bench.writer.status.rowsWritten;
    assert.equal(fs.readFileSync(file, 'utf8'), content(frames.slice(0, rows)));
    assert.ok(rows > 100);
    frames.push(...bench.append(20));
    assert.equal(bench.writer.status.rowsWritten, rows, 'it stays full');
    assert.equal(bench.states.at(-1), 'paused');
    fs.rmSync(ballast);
    frames.push(...bench.append(6));
    assert.equal(bench.states.at(-1), 'writing');
    assert.equal(fs.readFileSync(file, 'utf8'), content(frames), 'and nothing of it is lost');
    assert.equal(bench.writer.status.rowsWritten, frames.length);
    assert.equal(new Set(bench.statuses.map(status => status.why)).size, 2, 'one reason');
  });

  test('pauses when the disk becomes read-only and goes on when it can be written again', t => {
    const directory = mounted(t, 'size=1m');
    const first = new Bench(t, { directory });
    const before = first.append(3);
    first.writer.close();
    assert.equal(spawnSync('mount', ['-o', 'remount,ro', directory]).status, 0);
    const bench = new Bench(t, { directory, start: NOON + 3_000 });
    const during = bench.append(8);
    assert.deepEqual(bench.states, ['paused']);
    assert.match(bench.statuses[0]?.why ?? '', /read-only file system \(EROFS\): give this user/);
    assert.equal(spawnSync('mount', ['-o', 'remount,rw', directory]).status, 0);
    const after = bench.append(6);
    assert.deepEqual(bench.states, ['paused', 'writing']);
    assert.deepEqual(bench.files, { [fileOf('2024-02-29')]: content([...before, ...during, ...after]) });
  });
});
