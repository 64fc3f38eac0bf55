import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import {
  type Config,
  type ConfigOverlay,
  DEFAULT_CONFIG,
  withOverlay,
} from '../../../src/common/config/schema.ts';
import { Frame } from '../../../src/common/frame.ts';
import { buildLayout } from '../../../src/common/layout.ts';
import { Workload } from '../../../src/sampler/workload/workload.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';
import { answer, FakeWorkload } from './parts.ts';

const START_MS = new Date(2026, 10, 26, 12).getTime();

/** A workload in a folder of its own, ticking once a second. */
class Bench {
  readonly parts: FakeWorkload;
  readonly workload: Workload;
  readonly frame = new Frame(buildLayout({ core: 0, gpu: 0, disk: 0 }));
  config: Config = DEFAULT_CONFIG;
  #utcMs = START_MS;
  #monotonicMs = 0;

  constructor(t: TestContext, prepare: (parts: FakeWorkload) => void = () => undefined, keepsTimes = true) {
    this.parts = new FakeWorkload(temporaryDirectory(t));
    prepare(this.parts);
    this.workload = new Workload({
      config: this.config,
      makeClassifier: this.parts.makeClassifier,
      corrections: this.parts.corrections,
      directory: this.parts.directory,
      keepsTimes,
    });
  }

  /** A tick; true when there is news. */
  tick(elapsedSeconds = 1, wallSeconds = elapsedSeconds): boolean {
    this.#utcMs += wallSeconds * 1000;
    this.#monotonicMs += elapsedSeconds * 1000;
    Object.assign(this.frame, { utcMs: this.#utcMs, monotonicMs: this.#monotonicMs });
    this.frame.clear();
    return this.workload.take(this.frame, elapsedSeconds);
  }

  get message() {
    return this.workload.message(this.#utcMs);
  }

  configure(overlay: ConfigOverlay): boolean {
    this.config = withOverlay(this.config, overlay);
    return this.workload.configure(this.config);
  }

  get columns(): [category: string, confidence: number | undefined] {
    return [this.frame.category, this.frame.value('session_confidence')];
  }
}

describe('the workload of the sampler', () => {
  test('is empty until there is an answer, then in every tick, and news only when it changes', t => {
    const bench = new Bench(t);
    assert.deepEqual([bench.tick(), bench.columns], [false, ['', undefined]]);
    assert.equal(bench.message.current, null);
    bench.parts.latest.next = answer('coding_development', 0.824);
    assert.deepEqual([bench.tick(), bench.columns], [true, ['coding_development', 82]]);
    assert.deepEqual([bench.tick(), bench.columns], [false, ['coding_development', 82]]);
    bench.parts.latest.next = answer('unknown', 0.4);
    assert.deepEqual([bench.tick(), bench.columns], [true, ['unknown', 40]]);
    const { current, categories, times } = bench.message;
    assert.deepEqual(current, answer('unknown', 0.4));
    assert.deepEqual(categories, ['coding_development', 'ai_training', 'idle']);
    assert.deepEqual(times.today, { coding_development: 2, unknown: 1 });
    assert.equal(bench.parts.latest.layouts, 1);
  });

  test('has the settings, and follows them at once', t => {
    const bench = new Bench(t);
    const { corrections, ...settings } = bench.parts.latest.settings;
    assert.deepEqual(settings, {
      categories: DEFAULT_CONFIG.sessionClassification.categories,
      confidenceThreshold: 0.6,
      updateIntervalSeconds: 30,
      profiles: {},
    });
    assert.equal(corrections, bench.parts.corrections);
    bench.parts.latest.next = answer('idle');
    bench.tick();
    assert.equal(bench.configure({ general: { loggingInterval: 2 } }), false, 'none of its own');
    assert.equal(bench.parts.made.length, 1);
    const profiles = { rendering: { gpu_utilization: [80, 100] as const } };
    assert.equal(
      bench.configure({
        sessionClassification: {
          confidenceThreshold: 0.8,
          updateInterval: 5,
          categories: ['idle'],
          profiles,
        },
      }),
      true,
    );
    const changed = bench.parts.latest.settings;
    assert.deepEqual(
      [changed.categories, changed.confidenceThreshold, changed.updateIntervalSeconds, changed.profiles],
      [['idle'], 0.8, 5, profiles],
    );
    assert.equal(bench.message.current, null);

    bench.parts.latest.next = answer('idle');
    bench.tick();
    assert.equal(bench.configure({ general: { enableSessionClassification: false } }), true);
    assert.deepEqual([bench.tick(), bench.columns], [false, ['', undefined]]);
    assert.deepEqual(
      [bench.workload.status, bench.message.categories],
      [{ state: 'off', corrections: 0 }, []],
    );
    assert.equal(bench.configure({ general: { enableSessionClassification: true } }), true);
    assert.equal(bench.workload.status.state, 'on');
  });

  test('is not classified, and everything else goes on, without a model or with a classifier that fails', t => {
    const bench = new Bench(t, parts => {
      parts.fault = Object.assign(new Error('ENOENT: /home/jane/model.json'), { code: 'ENOENT' });
    });
    assert.deepEqual(bench.workload.status, {
      state: 'failed',
      why: 'the model cannot be used: not found (ENOENT)',
      corrections: 0,
    });
    assert.deepEqual([bench.tick(), bench.columns], [false, ['', undefined]]);
    bench.parts.fault = undefined;
    bench.configure({ sessionClassification: { updateInterval: 7 } });
    bench.parts.latest.next = answer('idle');
    assert.equal(bench.tick(), true);
    bench.parts.latest.fault = new TypeError('cannot read /home/jane');
    assert.deepEqual([bench.tick(), bench.columns], [true, ['', undefined]], 'its answer is taken back');
    assert.deepEqual(bench.workload.status, {
      state: 'failed',
      why: 'the classifier failed: TypeError: cannot read …',
      corrections: 0,
    });
    assert.equal(bench.tick(), false);
  });

  test('starts anew after a sleep by either clock, and counts no time for it', t => {
    const bench = new Bench(t);
    bench.parts.latest.next = answer('idle');
    bench.tick();
    assert.equal(bench.tick(59), false, 'a machine that is very busy');
    assert.equal(bench.parts.latest.resets, 0);
    assert.deepEqual([bench.tick(61), bench.columns], [true, ['', undefined]]);
    bench.parts.latest.next = answer('idle');
    bench.tick();
    // The monotonic clock stands still while a Linux machine sleeps.
    assert.deepEqual([bench.tick(1, 3600), bench.columns[0]], [true, '']);
    assert.equal(bench.parts.latest.resets, 2);
    bench.parts.latest.next = answer('idle');
    bench.tick();
    assert.equal(bench.tick(1, -7200), false, 'a clock that is set back is no sleep');
    assert.deepEqual(bench.message.times.week, { idle: 1 + 59 + 1 + 1 + 1 });
  });

  test('of a sampler with a long interval takes that for no sleep', t => {
    const bench = new Bench(t);
    bench.configure({ general: { loggingInterval: 120 } });
    bench.parts.latest.next = answer('idle');
    bench.tick(120);
    assert.equal(bench.tick(120), false);
    assert.equal(bench.parts.latest.resets, 0);
    assert.deepEqual(bench.message.times.today, { idle: 240 });
  });

  test('is news at midnight: the times of today are others', t => {
    const bench = new Bench(t);
    bench.parts.latest.next = answer('idle');
    bench.tick();
    // Twelve hours in steps that are no sleep.
    let news = 0;
    for (let minute = 0; minute < 13 * 60; minute++) if (bench.tick(59.9)) news++;
    assert.equal(news, 1);
    const { today, week } = bench.message.times;
    assert.ok((today['idle'] ?? 0) < (week['idle'] ?? 0));
  });

  test('writes the time per class when a minute is due, and the rest at the end', t => {
    const bench = new Bench(t);
    const file = path.join(bench.parts.directory, 'times.json');
    bench.parts.latest.next = answer('idle');
    for (let second = 0; second < 59; second++) bench.tick();
    assert.equal(bench.workload.isSaveDue, false);
    bench.tick();
    assert.equal(bench.workload.isSaveDue, true);
    bench.workload.save();
    assert.match(fs.readFileSync(file, 'utf8'), /"2026-11-26":\{"idle":60\}/);
    bench.tick();
    bench.workload.close();
    assert.match(fs.readFileSync(file, 'utf8'), /\{"idle":61\}/);
  });

  test('is not written by a sampler that writes nothing', t => {
    const bench = new Bench(t, undefined, false);
    bench.parts.latest.next = answer('idle');
    for (let second = 0; second < 100; second++) bench.tick();
    assert.equal(bench.workload.isSaveDue, false);
    bench.workload.close();
    assert.ok(!fs.existsSync(bench.parts.directory));
    assert.deepEqual(bench.message.times.today, { idle: 100 });
  });

  test('keeps a correction and learns from it, and forgets', t => {
    const bench = new Bench(t);
    assert.equal(bench.workload.correct({ category: 'ai_training' }, 7), 1);
    assert.deepEqual(bench.parts.corrections.list, [
      { category: 'ai_training', atMs: 7, features: [[0.5, Number.NaN]] },
    ]);
    assert.equal(bench.parts.latest.learned, 1);
    assert.equal(bench.workload.status.corrections, 1);
    assert.throws(() => bench.workload.correct({ category: 'dancing' }, 8), /not one of the kinds of work/);
    assert.equal(bench.workload.forget(), 1);
    assert.equal(bench.parts.latest.learned, 2);
    assert.equal(bench.workload.status.corrections, 0);
    assert.equal(bench.parts.made.length, 1, 'what was seen is not forgotten with them');
  });

  test('says why a correction is not kept, or the kept ones do not count', t => {
    const bench = new Bench(t, parts => {
      parts.corrections.fault = new Error('the file of corrections is not JSON; delete it to begin anew');
    });
    assert.deepEqual(bench.workload.status, {
      state: 'on',
      why: 'the corrections cannot be read: the file of corrections is not JSON; delete it to begin anew',
      corrections: 0,
    });
    bench.parts.corrections.fault = Object.assign(new Error('/home/jane'), { code: 'ENOSPC' });
    assert.throws(
      () => bench.workload.correct({ category: 'idle' }, 7),
      /^Error: the correction was not kept: no space left on the disk \(ENOSPC\)$/,
    );
    assert.throws(() => bench.workload.forget(), /the corrections were not deleted/);
    bench.parts.corrections.fault = undefined;
    bench.workload.forget();
    assert.equal(bench.workload.status.why, undefined, 'a new beginning');
    bench.configure({ general: { enableSessionClassification: false } });
    assert.throws(() => bench.workload.correct({ category: 'idle' }, 7), /not classified now/);
  });
});
