import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ROOT } from '../../scripts/lib/paths.mjs';
import { baselineAnswer } from '../../scripts/train/baseline.ts';
import { filtered, thinned, without } from '../../scripts/train/degrade.ts';
import { updateDocument } from '../../scripts/train/docs.ts';
import type { Result } from '../../scripts/train/evaluate.ts';
import { fit, masked, maskOf, type Sample, sampleWeights } from '../../scripts/train/fit.ts';
import { calibrationError, median, reliabilityOf, scoresOf } from '../../scripts/train/metrics.ts';
import { modelText } from '../../scripts/train/model-file.ts';
import { calibrated, heldOut, temperatureOf } from '../../scripts/train/calibration.ts';
import { modelOf, priorSamples } from '../../scripts/train/model-of.ts';
import { plotReliability } from '../../scripts/train/reliability-plot.ts';
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
          [5, 5, 0.2, 30],
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

  test('after the delta filter have the first row, the change, one a minute, and the last', () => {
    const start = trace.times[0] ?? 0;
    const seconds = (of: Trace) => [...filtered(of).times].map(time => (time - start) / 1000);
    assert.deepEqual(seconds(trace), [0, 50, 99]);
    const still = traceOf(
      ['total_utilization'],
      Array.from({ length: 130 }, () => [5]),
    );
    assert.deepEqual(seconds(still), [0, 60, 120, 129]);
  });

  test('after the delta filter have values as the log writes them, counters by their rates, and gaps between rows', () => {
    const counting = traceOf(
      ['total_utilization', 'context_switches'],
      Array.from({ length: 40 }, (_, at) => [5.04, at * 5000]),
    );
    const { layout, rows, times } = filtered(counting);
    assert.deepEqual(
      layout.columns.map(({ name }) => name),
      ['total_utilization', 'context_switches'],
    );
    // The first two rows say at which rate it counts.
    assert.deepEqual(
      rows.map(row => [...row]),
      [
        [5, 0],
        [5, 5000],
        [5, 195_000],
      ],
    );
    assert.equal(((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000, 39);
    const withGap = readTrace(
      'timestamp,total_utilization\n' +
        [0, 1, 2, 100, 101]
          .map(second => `${new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString()},5\n`)
          .join(''),
    );
    assert.deepEqual(
      [...filtered(withGap).times].map(time => (time - Date.UTC(2026, 0, 1)) / 1000),
      [0, 2, 100, 101],
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

describe('what an evaluation found', () => {
  const result: Result = {
    condition: 'under a <microscope>',
    traces: 2,
    scores: scoresOf([
      ['gaming', 'gaming'],
      ['idle', 'unknown'],
    ]),
    baseline: scoresOf([['gaming', 'idle']]),
    brier: 0.25,
    calibration: 0.125,
    reliability: reliabilityOf([
      { confidence: 0.25, isRight: false, weight: 1 },
      { confidence: 0.75, isRight: true, weight: 3 },
    ]),
    unknown: 0.5,
    changesAnHour: 3,
    classChangesAnHour: 1,
    answers: [],
  };
  const report = {
    sources: ['a source'],
    windows: 10,
    elsewhere: [result],
    recordings: [],
    seen: undefined,
    notices: [],
  };

  test('has a place in the document, whose words stay', () => {
    const document = fs.readFileSync(path.join(ROOT, 'docs', 'classification.md'), 'utf8');
    const updated = updateDocument(document, report);
    assert.match(updated, /^under a <microscope> +0\.500 +0\.000 +50 % +50 % +0\.250 +0\.125 +3\.0 +1\.0$/m);
    assert.equal(updateDocument(updated, report), updated);
    const [before = '', after = ''] = document.split(
      /<!-- train:evaluation -->[^]*<!-- \/train:evaluation -->/,
    );
    assert.ok(after !== '' && updated.startsWith(before) && updated.endsWith(after));
    assert.ok(document.includes('](images/reliability.svg)'));
  });

  test('is drawn: a dot for each bin, by its answers the larger, joined to the one before it', () => {
    const plot = plotReliability([{ title: 'a & b', results: [result] }]);
    assert.match(plot, /a &amp; b/);
    assert.match(plot, /under a &lt;microscope>/);
    const dots = [...plot.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"/g)].map(match =>
      match.slice(1).map(Number),
    );
    // The square in which 0 to 1 is drawn goes from 48 to 404 and from 354 up to 34.
    assert.deepEqual(
      dots.sort(([a = 0], [b = 0]) => a - b),
      [
        [48 + 356 * 0.25, 354, 8],
        [48 + 356 * 0.75, 34, 12.4],
      ],
    );
    assert.ok(
      plot.includes(`x1="${String(48 + 356 * 0.25)}" y1="354" x2="${String(48 + 356 * 0.75)}" y2="34"`),
    );
  });
});
