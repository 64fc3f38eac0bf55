import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { WRITER_LOCK } from '../../../src/log/writer-lock.ts';
import { DirectoryLock } from '../../../src/runtime/directory-lock.ts';
import { writeOwner } from '../../../src/runtime/owner.ts';
import { identify } from '../../../src/runtime/process-identity.ts';
import { TimePerClass } from '../../../src/sampler/workload/time-per-class.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';

/** A moment of local time; months count from 1. */
const at = (year: number, month: number, day: number, hour = 12, minute = 0, second = 0): number =>
  new Date(year, month - 1, day, hour, minute, second).getTime();

interface Kept {
  readonly days: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
const kept = (folder: string): Kept =>
  JSON.parse(fs.readFileSync(path.join(folder, 'times.json'), 'utf8')) as Kept;

describe('time per class', () => {
  /** Zone of a place with summer time, so that days have 23 and 25 hours. */
  const zone = process.env['TZ'];
  beforeEach(() => (process.env['TZ'] = 'Europe/Berlin'));
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  test('is counted by local day and by the week from Monday', t => {
    const times = new TimePerClass(temporaryDirectory(t));
    // 23 November 2026 is a Monday.
    times.add('idle', 100, at(2026, 11, 22, 23, 59, 59));
    times.add('idle', 7, at(2026, 11, 23, 0, 0, 1));
    times.add('gaming', 30, at(2026, 11, 25, 0, 30));
    times.add('gaming', 12, at(2026, 11, 26, 0, 30));
    times.add('idle', 5, at(2026, 11, 26, 23, 59));
    const now = at(2026, 11, 26, 23, 59);
    assert.deepEqual(times.times(now), {
      atMs: now,
      today: { gaming: 12, idle: 5 },
      week: { gaming: 42, idle: 12 },
    });
    assert.deepEqual(times.times(at(2026, 11, 22)).today, { idle: 100 });
    assert.deepEqual(times.times(at(2026, 11, 23)).week, { idle: 7 });
    assert.deepEqual(times.times(at(2026, 11, 30)).week, {}, 'the next week');
  });

  test('tells when another day begins, also when summer time ends', t => {
    const times = new TimePerClass(temporaryDirectory(t));
    assert.equal(times.add('idle', 1, at(2026, 10, 25, 0, 30)), false, 'the first');
    // 25 October 2026 has 25 hours: 24 hours after its beginning it still lasts.
    assert.equal(times.add('idle', 1, at(2026, 10, 25, 0, 0) + 24.5 * 3_600_000), false);
    assert.equal(times.add('idle', 1, at(2026, 10, 26, 0, 0)), true);
    assert.equal(times.add('idle', 1, at(2026, 10, 26, 0, 0, 1)), false);
    assert.deepEqual(times.times(at(2026, 10, 25)).today, { idle: 2 });
  });

  test('is there again after the end, and after a crash but for what was not yet due', t => {
    const folder = path.join(temporaryDirectory(t), 'workload');
    const first = new TimePerClass(folder);
    const now = at(2026, 11, 26);
    for (let second = 0; second < 59; second++) first.add('idle', 1, now);
    assert.equal(first.isDue, false);
    first.add('idle', 1, now);
    assert.equal(first.isDue, true);
    first.save();
    assert.equal(first.isDue, false);
    assert.equal(fs.statSync(path.join(folder, 'times.json')).mode & 0o777, 0o600);
    assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
    first.add('idle', 30, now);
    assert.deepEqual(kept(folder).days, { '2026-11-26': { idle: 60 } }, 'what a crash would leave');
    first.close();
    assert.deepEqual(kept(folder).days, { '2026-11-26': { idle: 90 } });

    const second = new TimePerClass(folder);
    assert.deepEqual(second.times(now).today, { idle: 90 });
    second.add('idle', 10, now);
    second.add('gaming', 1, now);
    assert.deepEqual(second.times(now).today, { idle: 100, gaming: 1 });
    second.close();
    assert.deepEqual(kept(folder).days['2026-11-26'], { idle: 100, gaming: 1 });
    assert.deepEqual(fs.readdirSync(folder), ['times.json'], 'no lock and no half file stays');
  });

  test('starts anew from a file that is cut short or not ours, and replaces it', t => {
    const now = at(2026, 11, 26);
    for (const content of [
      '',
      '{"version":1,"days":{"2026-11-26":{"id',
      '[]',
      'null',
      '{"version":2,"days":{}}',
      '{"version":1,"days":{"2026-11-26":{"idle":-5}}}',
      '{"version":1,"days":{"2026-11-26":{"../etc":5}}}',
      '{"version":1,"days":{"today":{"idle":5}}}',
    ]) {
      const folder = temporaryDirectory(t);
      fs.writeFileSync(path.join(folder, 'times.json'), content);
      const times = new TimePerClass(folder);
      assert.deepEqual(times.times(now).today, {}, content);
      times.add('idle', 3, now);
      times.close();
      assert.deepEqual(kept(folder).days, { '2026-11-26': { idle: 3 } });
    }
  });

  test('keeps what was counted while it cannot be written', t => {
    const folder = path.join(temporaryDirectory(t), 'workload');
    fs.writeFileSync(folder, 'a file where the folder should be');
    const times = new TimePerClass(folder);
    const now = at(2026, 11, 26);
    times.add('idle', 60, now);
    assert.throws(() => {
      times.save();
    });
    assert.equal(times.isDue, false, 'not again the next second');
    assert.deepEqual(times.times(now).today, { idle: 60 });
    fs.rmSync(folder);
    times.add('idle', 60, now);
    times.save();
    assert.deepEqual(kept(folder).days['2026-11-26'], { idle: 120 });
    times.close();
  });

  test('is counted by one sampler at a time: another reads, and takes over when the first has ended', t => {
    const folder = temporaryDirectory(t);
    const now = at(2026, 11, 26);
    // Somebody else's lock: a process that runs and is not this one.
    const other = identify(process.ppid);
    assert.ok(other);
    writeOwner(path.join(folder, '.writer'), other);
    const write = (idle: number): void => {
      fs.writeFileSync(
        path.join(folder, 'times.json'),
        JSON.stringify({ version: 1, days: { '2026-11-26': { idle } } }),
      );
    };
    write(500);
    const times = new TimePerClass(folder);
    times.add('idle', 60, now);
    write(560);
    times.save();
    assert.deepEqual(times.times(now).today, { idle: 560 }, 'the other has counted the same minute');
    fs.rmSync(path.join(folder, '.writer'));
    times.add('idle', 60, now);
    times.save();
    assert.deepEqual(kept(folder).days['2026-11-26'], { idle: 620 });
    assert.ok(DirectoryLock.acquire(folder, WRITER_LOCK), 'our own lock can be taken again by us');
    times.close();
  });

  test('stays bounded, and a wrong clock costs no real day', t => {
    const folder = temporaryDirectory(t);
    const times = new TimePerClass(folder);
    for (let day = 0; day < 60; day++) times.add('idle', 60, at(2026, 9, 1 + day));
    times.save();
    const real = Object.keys(kept(folder).days);
    assert.equal(real.length, 35);
    assert.deepEqual([real[0], real.at(-1)], ['2026-09-26', '2026-10-30']);
    times.add('idle', 60, at(1970, 1, 2));
    times.save();
    times.add('idle', 60, at(2026, 10, 30));
    times.save();
    assert.deepEqual(Object.keys(kept(folder).days).sort().slice(-34), real.slice(1));
    assert.deepEqual(times.times(at(2026, 10, 30)).today, { idle: 120 });
    times.close();
  });

  test('adds up to what was counted, whatever the moments', t => {
    const folder = temporaryDirectory(t);
    const moment = fc.integer({ min: at(2026, 1, 1), max: at(2026, 1, 20) });
    const step = fc.tuple(fc.constantFrom('idle', 'gaming'), fc.integer({ min: 1, max: 90 }), moment);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), steps => {
        fs.rmSync(path.join(folder, 'times.json'), { force: true });
        const times = new TimePerClass(folder);
        for (const [category, seconds, utcMs] of steps) {
          times.add(category, seconds, utcMs);
          if (times.isDue) times.save();
        }
        times.close();
        const read = new TimePerClass(folder);
        let sum = 0;
        for (let day = 1; day <= 20; day++)
          for (const seconds of Object.values(read.times(at(2026, 1, day)).today)) sum += seconds;
        assert.equal(
          sum,
          steps.reduce((total, [, seconds]) => total + seconds, 0),
        );
      }),
      { numRuns: 50 },
    );
  });
});
