import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { TestHome, until } from './harness/home.ts';
import { logFiles, missingSeconds, readLog, readLogFile, times } from './harness/log.ts';

const FAKETIME = ['x86_64', 'aarch64']
  .map(cpu => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`)
  .find(fs.existsSync);
const NO_FAKETIME = FAKETIME === undefined && 'the Debian package faketime is not installed';
const NO_MOUNTS = process.getuid?.() !== 0 && 'mounting a small disk needs root';

describe('the log of a running sampler', () => {
  let home: TestHome;
  beforeEach(() => {
    home = new TestHome();
  });
  afterEach(() => home.end());

  function mountSmallDisk(name: string, size: string): string {
    const directory = path.join(home.root, name);
    fs.mkdirSync(directory);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', directory]);
    home.onEnd(() => execFileSync('umount', [directory]));
    return directory;
  }

  test('after a crash in the middle of a row, that row is cut off and the file goes on under one header', async () => {
    assert.equal((await home.run(['run', '--duration', '2'])).code, 0);
    const [file = ''] = logFiles(home.logDirectory);
    const whole = readLogFile(file);
    fs.appendFileSync(file, '2026-11-24T03:00:00.000Z,0123');
    assert.equal((await home.run(['run', '--duration', '2'])).code, 0);
    assert.deepEqual(logFiles(home.logDirectory), [file]);
    const rows = readLogFile(file);
    assert.equal(rows.length, 4);
    assert.deepEqual(rows.slice(0, 2), whole);
    assert.equal(fs.readFileSync(file, 'utf8').match(/^timestamp,/gm)?.length, 1);
  });

  test('other columns start another file, and the old one is left as it was', async () => {
    const runUntilFiles = async (count: number, ...args: readonly string[]): Promise<string[]> => {
      const run = home.start(['run', ...args]);
      await until('there are so many files with a row', () => {
        const files = logFiles(home.logDirectory);
        return files.length === count && files.every(file => readLogFile(file).length > 0);
      });
      run.child.kill('SIGINT');
      assert.equal((await run.finished).code, 0);
      return logFiles(home.logDirectory);
    };
    const [first = ''] = await runUntilFiles(1);
    const before = fs.readFileSync(first, 'utf8');
    const config = home.write('fewer.yaml', 'general: { collect_network: false }\n');
    const files = await runUntilFiles(2, '--config', config);
    assert.equal(files.length, 2);
    assert.match(files[1] ?? '', /_\d{4}-\d\d-\d\d_1\.csv$/);
    assert.equal(fs.readFileSync(first, 'utf8'), before);
    assert.ok(!('net_bytes_sent' in (readLogFile(files[1] ?? '')[0] ?? {})));
  });

  test('at midnight UTC a new file begins, and no second is missing', { skip: NO_FAKETIME }, async () => {
    const { code, stderr } = await home.run(['run', ...home.everySample, '--duration', '10'], {
      LD_PRELOAD: FAKETIME,
      FAKETIME: '@2026-02-28 23:59:54',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      TZ: 'UTC',
    });
    assert.equal(code, 0, stderr);
    const files = logFiles(home.logDirectory);
    assert.deepEqual(
      files.map(file => /_(\d{4}-\d\d-\d\d)\.csv$/.exec(file)?.[1]),
      ['2026-02-28', '2026-03-01'],
    );
    for (const file of files) {
      const day = /_(\d{4}-\d\d-\d\d)\.csv$/.exec(file)?.[1] ?? '';
      const rows = readLogFile(file);
      assert.ok(rows.length >= 2);
      for (const row of rows) assert.ok(row['timestamp']?.startsWith(day));
    }
    assert.deepEqual(missingSeconds(readLog(home.logDirectory)), []);
  });

  test(
    'a clock that is set back and forward neither stops the log nor makes a burst',
    { skip: NO_FAKETIME },
    async () => {
      const clock = home.write('clock', '+0');
      const run = home.start(['run', ...home.everySample], {
        LD_PRELOAD: FAKETIME,
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      });
      const rowCount = (): number => readLog(home.logDirectory).length;
      for (const offset of ['-7200.3', '+90000', '+0']) {
        const before = await until('three rows come', () => rowCount() >= 3 && rowCount());
        fs.writeFileSync(clock, offset);
        const setAt = performance.now();
        await until('three more come', () => rowCount() >= before + 3);
        const seconds = (performance.now() - setAt) / 1000;
        assert.ok(
          rowCount() - before <= seconds + 2,
          `${String(rowCount() - before)} rows in ${seconds.toFixed(1)} s`,
        );
      }
      run.child.kill('SIGINT');
      assert.equal((await run.finished).code, 0);
    },
  );

  test(
    'a full disk pauses the log, with one message, and freeing space resumes it; no row is lost',
    { skip: NO_MOUNTS },
    async () => {
      const directory = mountSmallDisk('small', '1m');
      const ballast = path.join(directory, 'ballast');
      const run = home.start(['run', ...home.everySample, '--log-dir', directory]);
      await until('it logs', () => readLog(directory).length >= 2);
      const filler = fs.openSync(ballast, 'w');
      try {
        for (;;) fs.writeSync(filler, Buffer.alloc(512));
      } catch {
        // The disk is full now, which was the aim.
      }
      fs.closeSync(filler);
      await until('it says so', () => run.stderr().includes('no space left on the disk'));
      const paused = readLog(directory).length;
      await new Promise(resolve => setTimeout(resolve, 3_000));
      assert.equal(run.stderr().match(/no space left/g)?.length, 1, 'one message');
      // While it is paused it has no file open, and the disk can be made read-only on top of it.
      execFileSync('mount', ['-o', 'remount,ro', directory]);
      await until('it says so too', () => run.stderr().includes('read-only file system (EROFS)'));
      execFileSync('mount', ['-o', 'remount,rw', directory]);
      fs.rmSync(ballast);
      await until('it resumes by itself', () => readLog(directory).length >= paused + 3);
      run.child.kill('SIGINT');
      assert.equal((await run.finished).code, 0);
      const rows = readLog(directory);
      assert.deepEqual(
        missingSeconds(rows),
        [],
        'the samples of the pause were kept until they could be written',
      );
      assert.equal(new Set(times(rows)).size, rows.length, 'each once');
    },
  );

  test(
    'a folder that is read-only at the start is logged to once it can be written',
    { skip: NO_MOUNTS },
    async () => {
      const directory = mountSmallDisk('readonly', '1m');
      execFileSync('mount', ['-o', 'remount,ro', directory]);
      const run = home.start(['run', ...home.everySample, '--log-dir', directory]);
      await until('it says so', () => run.stderr().includes('read-only file system (EROFS)'));
      execFileSync('mount', ['-o', 'remount,rw', directory]);
      await until('it logs', () => readLog(directory).length >= 2);
      run.child.kill('SIGINT');
      assert.equal((await run.finished).code, 0);
    },
  );

  test('a log folder that is removed while it is written is made again', async () => {
    const directory = path.join(home.root, 'removed');
    const run = home.start(['run', ...home.everySample, '--log-dir', directory]);
    await until('it logs', () => readLog(directory).length >= 2);
    fs.rmSync(directory, { recursive: true });
    await until('it logs again', () => readLog(directory).length >= 2);
    assert.deepEqual(missingSeconds(readLog(directory)), []);
    run.child.kill('SIGINT');
    assert.equal((await run.finished).code, 0);
  });

  test('a log folder that cannot be made: the readout goes on, and the message says what to do', async () => {
    const file = home.write('in-the-way', '');
    const { code, stdout, stderr } = await home.run([
      'run',
      '--log-dir',
      path.join(file, 'logs'),
      '--duration',
      '2',
    ]);
    assert.equal(code, 0);
    assert.match(stdout, /^2 samples/m);
    assert.match(stderr, /^optimetrics: log paused: .*not a folder \(ENOTDIR\)/m);
  });

  test('timestamps are the moments of sampling, in step with whole seconds', async () => {
    assert.equal((await home.run(['run', ...home.everySample, '--duration', '5'])).code, 0);
    const late = times(readLog(home.logDirectory)).map(moment => moment % 1000);
    assert.equal(late.length, 5);
    // Most of them: a busy machine may hold one up.
    assert.ok(late.filter(ms => ms < 400 || ms > 950).length >= 3, `${late.join(', ')} ms past the second`);
  });
});
