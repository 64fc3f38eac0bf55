import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ROOT } from '../../scripts/lib/paths.mjs';
import { Classifier } from '../../src/classify/classifier.ts';
import { readModel } from '../../src/classify/model.ts';
import { CATEGORIES, type Profiles } from '../../src/common/workload.ts';
import { frameOf, layoutOf } from './frames.ts';

const MODEL = readModel(path.join(ROOT, 'configs', 'workload-model.json'));
const COLUMNS = layoutOf('total_utilization', 'gpu0_utilization', 'ram_percent');

function answer(profiles: Profiles, gpu: number, cpu: number) {
  const one = new Classifier({
    model: MODEL,
    categories: CATEGORIES,
    confidenceThreshold: 0.6,
    updateIntervalSeconds: 30,
    profiles,
  });
  for (let second = 0; second < 120; second++)
    one.add(frameOf(COLUMNS, second, { total_utilization: cpu, gpu0_utilization: gpu, ram_percent: 50 }));
  return one.current;
}

describe('a profile', () => {
  test('adds a class, which is the answer where all its ranges hold', () => {
    const profiles = { rendering: { gpu_utilization: [80, 100], cpu_utilization: [0, 10] } } as const;
    const inside = answer(profiles, 96, 5);
    assert.equal(inside.category, 'rendering');
    assert.equal(inside.reasons[0], 'all that your profile names is within its ranges');
    assert.notEqual(answer(profiles, 96, 50).category, 'rendering');
    assert.ok('rendering' in inside.probabilities);
  });

  test('holds at the ends of its ranges, whatever a mean is rounded to', () => {
    for (const value of [7, 29, 57, 100]) {
      const range: [number, number] = [value, value];
      const { category } = answer(
        { exact: { gpu_utilization: range, cpu_utilization: range } },
        value,
        value,
      );
      assert.equal(category, 'exact', String(value));
    }
  });

  test('of one range is less sure than one of several', () => {
    const one = answer({ rendering: { gpu_utilization: [80, 100] } }, 96, 5).probabilities['rendering'] ?? 0;
    const two =
      answer({ rendering: { gpu_utilization: [80, 100], ram_percent: [0, 90] } }, 96, 5).probabilities[
        'rendering'
      ] ?? 0;
    assert.ok(two > one && one > 0, `${String(one)} ${String(two)}`);
  });

  test('narrows a class of the model: outside of its ranges it is not the answer', () => {
    const without = answer({}, 0, 1.5);
    assert.equal(without.category, 'idle');
    const narrowed = answer({ idle: { ram_percent: [0, 20] } }, 0, 1.5);
    assert.notEqual(narrowed.category, 'idle');
    assert.ok((narrowed.probabilities['idle'] ?? 1) < (without.probabilities['idle'] ?? 0));
  });

  test('says nothing by a metric that has no value here', () => {
    const same = answer({ idle: { encoder_utilization: [50, 100] } }, 0, 1.5);
    assert.deepEqual(same.probabilities, answer({}, 0, 1.5).probabilities);
    const added = answer({ recording: { encoder_utilization: [0, 100] } }, 0, 1.5);
    assert.notEqual(added.category, 'recording');
  });
});
