import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { baselineAnswer } from '../../scripts/train/baseline.ts';
import { filtered, thinned, without } from '../../scripts/train/degrade.ts';
import { fit, masked, maskOf, type Sample, sampleWeights } from '../../scripts/train/fit.ts';
import { calibrationError, median, reliabilityOf, scoresOf } from '../../scripts/train/metrics.ts';
import { modelText } from '../../scripts/train/model-file.ts';
import { calibrated, heldOut, temperatureOf } from '../../scripts/train/calibration.ts';
import { modelOf, priorSamples } from '../../scripts/train/model-of.ts';
import { readRecordings } from '../../scripts/train/recordings.ts';
import { readStatistics } from '../../scripts/train/statistics-file.ts';
import { FEATURES } from '../../src/classify/features.ts';
import { parseModel } from '../../src/classify/model.ts';
import { readTrace, type Trace } from '../../src/classify/trace.ts';
import { CATEGORIES } from '../../src/common/workload.ts';

function traceOf(columns: readonly string[], rows: readonly (readonly number[])[]): Trace {
  const lines = rows.map(
    (row, at) => `${new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString()},${row.join(',')}`,
  );
  return readTrace(`timestamp,${columns.join(',')}\n${lines.join('\n')}\n`);
}

function sample(category: string, source: string, trace: string, cpu: number): Sample {
  const features = new Float64Array(FEATURES.length).fill(Number.NaN);
  features[FEATURES.findIndex(({ id }) => id === 'cpu.level60')] = cpu;
  return { category, source, trace, features };
}

describe('training', () => {
  test('gives the same bytes for the same samples, in a file that is a model', () => {
    const prior = priorSamples();
    assert.deepEqual(priorSamples()[100], prior[100]);
    const few = [...readStatistics(), ...prior].filter((_, at) => at % 40 === 0);
    const text = modelText(modelOf(few));
    assert.equal(modelText(modelOf(few)), text);
    parseModel(JSON.parse(text));
  });

  test('learns what tells two classes apart', () => {
    const samples = Array.from({ length: 60 }, (_, at) =>
      sample(
        at % 2 === 0 ? 'gaming' : 'idle',
        `s${String(at % 3)}`,
        `t${String(at)}`,
        at % 2 === 0 ? 0.6 : 0.02,
      ),
    );
    const { weights } = fit(samples, ['gaming', 'idle']);
    const model = modelOf([...samples, ...priorSamples().slice(0, 10)]);
    assert.ok(weights.length === 2 && model.weights.length === CATEGORIES.length);
    const start = FEATURES.slice(
      0,
      FEATURES.findIndex(({ id }) => id === 'cpu.level60'),
    ).reduce((sum, { knots }) => sum + knots.length, 0);
    assert.ok((weights[0]?.[start + 6] ?? 0) > (weights[1]?.[start + 6] ?? 0));
    assert.ok((weights[0]?.[start + 1] ?? 0) < (weights[1]?.[start + 1] ?? 0));
  });

  test('counts classes alike, in them sources, in those traces', () => {
    const samples = [
      sample('gaming', 'a', 't1', 0.5),
      sample('gaming', 'a', 't1', 0.5),
      sample('gaming', 'a', 't2', 0.5),
      sample('gaming', 'b', 't3', 0.5),
      sample('idle', 'a', 't4', 0),
    ];
    assert.deepEqual([...sampleWeights(samples)], [0.125, 0.125, 0.25, 0.5, 1]);
    const doubtful = { ...sample('gaming', 'c', 't5', 0.5), share: 0.5 };
    assert.deepEqual([...sampleWeights([...samples, doubtful])], [0.1, 0.1, 0.2, 0.4, 1, 0.2]);
  });

  test('a mask takes away every feature that needs a signal, and no other', () => {
    const mask = maskOf(signal => signal === 'gpu');
    const out = masked(new Float64Array(FEATURES.length).fill(1), mask);
    FEATURES.forEach(({ id, signals }, at) => {
      assert.equal(Number.isNaN(out[at] ?? 0), signals.includes('gpu'), id);
    });
  });

  test('finds the temperature under which probabilities are right', () => {
    // Odds of 9 to 1 that are right in 3 of 4 cases: 9^(1/T) = 3.
    const logits = CATEGORIES.map((_, at) => (at === 0 ? Math.log(9) : at === 1 ? 0 : -50));
    const windows = [Float64Array.from(logits)];
    const of = (label: number) => ({ source: 's', isOwn: false, seesGpu: true, label, weight: 1, windows });
    assert.ok(Math.abs(temperatureOf([of(0), of(0), of(0), of(1)]) - 2) < 0.15);
  });

  test('of held-out windows changes probabilities, not the weights', () => {
    const samples = [...readStatistics(), ...priorSamples()].filter((_, at) => at % 60 === 0);
    const model = modelOf(samples);
    const after = calibrated(model, heldOut(model, samples));
    assert.deepEqual(after.weights, model.weights);
    for (const { temperature, sharpness } of [after.withGpu, after.withoutGpu])
      assert.ok(temperature > 0 && sharpness > 0);
    assert.notDeepEqual(after.withGpu, after.withoutGpu);
    assert.deepEqual(calibrated(model, []), model);
  });

  test('reads the recordings that are there', () => {
    for (const { category, trace } of readRecordings()) {
      assert.ok((CATEGORIES as readonly string[]).includes(category), category);
      assert.ok(trace.rows.length > 10);
    }
    assert.deepEqual(readRecordings('/nowhere'), []);
  });
});

describe('the original’s thresholds', () => {
  const minute = (columns: readonly string[], row: readonly number[]) =>
    traceOf(
      columns,
      Array.from({ length: 60 }, () => row),
    );

  test('answer as its documents say', () => {
    assert.equal(baselineAnswer(minute(['gpu0_utilization', 'gpu0_vram_percent'], [90, 80])), 'ai_training');
    assert.equal(
      baselineAnswer(
        minute(
          ['total_utilization', 'gpu0_utilization', 'disk_read_rate_mbps', 'disk_write_rate_mbps'],
          [5, 5, 0.2, 0.3],
        ),
      ),
      'idle',
    );
    assert.equal(baselineAnswer(minute(['ram_percent'], [1])), 'unknown');
  });
});

describe('degraded traces', () => {
  const trace = traceOf(
    ['total_utilization', 'gpu0_utilization'],
    Array.from({ length: 100 }, (_, at) => [50 + (at % 2) * 0.5, at < 50 ? 10 : 90]),
  );

  test('have fewer rows or columns', () => {
    assert.equal(thinned(trace, 5).rows.length, 20);
    assert.deepEqual(
      without(trace, column => column.startsWith('gpu')).layout.columns.map(({ name }) => name),
      ['total_utilization'],
    );
  });

  test('after a delta filter have the first row, the change, and one a minute', () => {
    const start = trace.times[0] ?? 0;
    assert.deepEqual(
      [...filtered(trace).times].map(time => (time - start) / 1000),
      [0, 50],
    );
    const still = traceOf(
      ['total_utilization'],
      Array.from({ length: 130 }, () => [5]),
    );
    assert.deepEqual(
      [...filtered(still).times].map(time => (time - start) / 1000),
      [0, 60, 120],
    );
  });
});

describe('scores', () => {
  test('are those worked out by hand', () => {
    const { macroF1, accuracy, unknown } = scoresOf([
      ['a', 'a'],
      ['a', 'b'],
      ['b', 'b'],
      ['b', 'unknown'],
    ]);
    // a: precision 1, recall ½ → ⅔; b: precision ½, recall ½ → ½.
    assert.ok(Math.abs(macroF1 - (2 / 3 + 1 / 2) / 2) < 1e-12);
    assert.deepEqual([accuracy, unknown], [0.5, 0.25]);
  });

  test('of reliability compare confidence with what was right', () => {
    const bins = reliabilityOf([
      { confidence: 0.95, isRight: true, weight: 1 },
      { confidence: 0.95, isRight: false, weight: 1 },
      { confidence: 0.35, isRight: false, weight: 2 },
    ]);
    assert.deepEqual(
      bins.map(({ from, share, right }) => [from, share, right]),
      [
        [0.3, 0.5, 0],
        [0.9, 0.5, 0.5],
      ],
    );
    assert.ok(Math.abs(calibrationError(bins) - (0.5 * 0.35 + 0.5 * 0.45)) < 1e-12);
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
  });
});
