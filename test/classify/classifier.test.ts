import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ROOT } from '../../scripts/lib/paths.mjs';
import { Classifier, type ClassifierOptions } from '../../src/classify/classifier.ts';
import { readModel } from '../../src/classify/model.ts';
import type { Layout } from '../../src/common/layout.ts';
import { english } from '../../src/common/translate.ts';
import { CATEGORIES, type Classification } from '../../src/common/workload.ts';
import { reasonText } from '../../src/common/workload-reasons.ts';
import { FULL, frameOf, layoutOf } from './frames.ts';

const MODEL = readModel(path.join(ROOT, 'configs', 'workload-model.json'));

function classifier(options: Partial<ClassifierOptions> = {}): Classifier {
  return new Classifier({
    model: MODEL,
    categories: CATEGORIES,
    confidenceThreshold: 0.6,
    updateIntervalSeconds: 30,
    profiles: {},
    ...options,
  });
}

/** A machine that trains: a full GPU with memory that does not move. */
const TRAINING = {
  gpu0_utilization: 98,
  gpu0_memory_utilization: 62,
  gpu0_vram_used_mb: 72_000,
  gpu0_vram_total_mb: 81_559,
  gpu0_vram_percent: 88.3,
  gpu0_power_watts: 660,
  gpu0_power_limit_watts: 700,
  gpu0_encoder_utilization: 0,
  gpu0_decoder_utilization: 0,
  gpu0_compute_processes: 1,
  gpu0_graphics_processes: 0,
  total_utilization: 6,
};
const QUIET = {
  ...TRAINING,
  gpu0_utilization: 0,
  gpu0_memory_utilization: 0,
  gpu0_vram_used_mb: 500,
  gpu0_vram_percent: 0.6,
  gpu0_power_watts: 70,
  gpu0_compute_processes: 0,
  total_utilization: 1.5,
};
const COLUMNS = layoutOf(...Object.keys(TRAINING));

function play(
  one: Classifier,
  layout: Layout,
  from: number,
  to: number,
  values: (second: number) => Readonly<Record<string, number>>,
  every = 1,
): Classification[] {
  const told: Classification[] = [];
  for (let second = from; second < to; second += every) {
    const news = one.add(frameOf(layout, second, values(second)));
    if (news) told.push(news);
  }
  return told;
}

describe('a classifier', () => {
  test('knows training on a GPU, says why, and answers first after ten seconds', () => {
    const one = classifier();
    assert.deepEqual(
      play(one, COLUMNS, 0, 9, () => TRAINING),
      [],
    );
    assert.equal(one.current.category, 'unknown');
    const told = play(one, COLUMNS, 9, 120, () => TRAINING);
    assert.ok((told[0]?.sinceMs ?? 0) <= Date.UTC(2026, 0, 1) + 15_000);
    const { category, confidence, reasons, reasonData = [], runnerUp, sinceMs } = one.current;
    assert.equal(category, 'ai_training');
    assert.ok(confidence >= 0.6 && confidence <= 1);
    assert.ok(runnerUp && runnerUp.category !== category && runnerUp.confidence <= confidence);
    assert.equal(sinceMs, told[0]?.sinceMs);
    assert.ok(reasons.length > 0 && reasons.length <= 3);
    assert.deepEqual(
      reasonData.map(reason => reasonText(reason, english)),
      reasons,
    );
    assert.ok(
      reasons.some(reason => /\d/.test(reason)),
      reasons.join('; '),
    );
  });

  test('tells the same answer anew only after the update interval', () => {
    const told = play(classifier({ updateIntervalSeconds: 30 }), COLUMNS, 0, 130, () => TRAINING);
    assert.ok(told.length >= 4 && told.length <= 5, String(told.length));
  });

  test('notices a change, begins anew, and a class does not outlive its evidence', () => {
    const one = classifier();
    play(one, COLUMNS, 0, 300, () => TRAINING);
    const told = play(one, COLUMNS, 300, 360, () => QUIET);
    assert.equal(one.current.category, 'idle');
    const change = told.find(({ category }) => category === 'idle');
    assert.ok((change?.sinceMs ?? Number.POSITIVE_INFINITY) - Date.UTC(2026, 0, 1) < 330_000);
  });

  test('works at any interval from a tenth of a second to a minute', () => {
    for (const every of [0.1, 0.5, 2, 10, 60]) {
      const one = classifier();
      play(one, COLUMNS, 0, Math.max(60, 8 * every), () => TRAINING, every);
      assert.equal(one.current.category, 'ai_training', `${String(every)} s`);
    }
  });

  test('begins anew after a pause', () => {
    const one = classifier();
    play(one, COLUMNS, 0, 120, () => TRAINING);
    const news = one.add(frameOf(COLUMNS, 120 + 3600, QUIET));
    assert.equal(news?.category, 'unknown');
  });

  test('keeps what it saw when a column appears', () => {
    const one = classifier();
    play(one, COLUMNS, 0, 60, () => TRAINING);
    const wider = layoutOf(...Object.keys(TRAINING), 'gpu1_utilization');
    play(one, wider, 60, 64, () => ({ ...TRAINING, gpu1_utilization: 0 }));
    assert.equal(one.current.category, 'ai_training');
  });

  test('says unknown where nothing is known', () => {
    const one = classifier();
    play(one, layoutOf('disk_0_used_gb'), 0, 120, () => ({ disk_0_used_gb: 4 }));
    assert.equal(one.current.category, 'unknown');
    assert.ok(one.current.confidence < 0.6);
  });

  test('tells apart only the classes it is asked for', () => {
    const one = classifier({ categories: ['gaming', 'idle'] });
    play(one, COLUMNS, 0, 60, () => TRAINING);
    assert.deepEqual(Object.keys(one.current.probabilities), ['gaming', 'idle']);
    const none = classifier({ categories: [] });
    play(none, COLUMNS, 0, 60, () => TRAINING);
    assert.equal(none.current.category, 'unknown');
  });

  test('reset forgets everything', () => {
    const one = classifier();
    play(one, COLUMNS, 0, 60, () => TRAINING);
    one.reset();
    assert.equal(one.current.category, 'unknown');
    assert.deepEqual(one.recentFeatures(), []);
    play(one, COLUMNS, 60, 120, () => QUIET);
    assert.equal(one.current.category, 'idle');
  });

  test('never throws, and its probabilities are shares of one, whatever the frames hold', () => {
    const value = fc.oneof(
      fc.double(),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e300, 100),
      fc.double({ min: 0, max: 100, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.array(value, { maxLength: 40 }), fc.double({ min: -10, max: 200, noNaN: true })),
          {
            minLength: 5,
            maxLength: 60,
          },
        ),
        fc.constantFrom(FULL, COLUMNS, layoutOf('total_utilization'), layoutOf()),
        (frames, layout) => {
          const one = classifier();
          let at = 0;
          for (const [values, step] of frames) {
            at += step;
            const frame = frameOf(layout, at, {});
            // Past the checks of the frame itself, as a faulty adapter could.
            values.forEach((given, slot) => {
              if (slot >= frame.values.length) return;
              frame.values[slot] = given;
              frame.states[slot] = 0;
            });
            one.add(frame);
            const { probabilities, confidence, category } = one.current;
            const sum = Object.values(probabilities).reduce((total, share) => total + share, 0);
            assert.ok(Math.abs(sum - 1) < 1e-6, String(sum));
            for (const share of Object.values(probabilities)) assert.ok(share >= 0 && share <= 1);
            assert.ok(confidence >= 0 && confidence <= 1);
            assert.ok(category === 'unknown' || confidence >= 0.6);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
