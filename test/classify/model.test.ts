import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MODEL_FILE } from '../../scripts/train/model-file.ts';
import { FEATURES } from '../../src/classify/features.ts';
import { ModelReader, parseModel, type WorkloadModel } from '../../src/classify/model.ts';
import { CATEGORIES } from '../../src/common/workload.ts';

const text = fs.readFileSync(MODEL_FILE, 'utf8');
const MODEL = parseModel(JSON.parse(text));

/** The model with something changed, as a file could have it. */
function changed(change: (model: Record<string, unknown>) => void): unknown {
  const model = JSON.parse(text) as Record<string, unknown>;
  change(model);
  return model;
}

describe('the model file', () => {
  test('has all classes, and names what it was trained on', () => {
    assert.deepEqual(MODEL.categories, CATEGORIES);
    assert.ok((MODEL.sources['prior'] ?? 0) > 0 && Object.keys(MODEL.sources).length > 1);
  });

  test('that is not whole, or of other features, is refused with its place', () => {
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [undefined, /not valid$/],
      [{}, /not valid at format$/],
      [changed(model => (model['format'] = 2)), /not valid at format$/],
      [
        changed(model => (model['withGpu'] = { temperature: 0, sharpness: 1 })),
        /not valid at withGpu\.temperature$/,
      ],
      [
        changed(model => ((model['weights'] as number[][])[3] = ['x' as unknown as number])),
        /not valid at weights\.3\.0$/,
      ],
      [changed(model => (model['weights'] as number[][]).pop()), /not whole/],
      [changed(model => (model['weights'] as number[][])[0]?.pop()), /not whole/],
      [changed(model => (model['features'] as unknown[]).pop()), /other features; run “npm run train”/],
      [
        changed(model => {
          const [first] = model['features'] as { knots: number[] }[];
          if (first) first.knots[1] = 0.5;
        }),
        /other features/,
      ],
    ];
    for (const [model, message] of cases) assert.throws(() => parseModel(model), { message });
  });
});

describe('a model', () => {
  test('answers by the weights at the knots, worked out by hand', () => {
    const weights = MODEL.weights.map(row => row.map(() => 0));
    const [first] = FEATURES;
    assert.ok(first);
    // The first feature at a third of the way from its second knot to its third.
    const [, low = 0, high = 0] = first.knots;
    const value = low + (high - low) / 3;
    (weights[0] ?? [])[1] = 3;
    (weights[0] ?? [])[2] = 6;
    const model: WorkloadModel = {
      ...MODEL,
      weights,
      bias: MODEL.bias.map(() => 0),
      withoutGpu: { temperature: 2, sharpness: 1 },
      farthest: 1e9,
    };
    const reader = new ModelReader(model, ['gaming', 'idle']);
    const features = new Float64Array(FEATURES.length).fill(Number.NaN);
    features[0] = value;
    reader.read(features);
    // Log odds 3·2/3 + 6·1/3 = 4 against 0, by a temperature of 2.
    const expected = 1 / (1 + Math.exp(-2));
    assert.ok(Math.abs((reader.probabilities[0] ?? 0) - expected) < 1e-12);
    assert.deepEqual(
      reader.contributions(0, value).map(one => Math.round(one * 1e9) / 1e9),
      [4, 0],
    );
  });

  test('has another temperature where the load of a GPU can be seen', () => {
    const model: WorkloadModel = {
      ...MODEL,
      weights: MODEL.weights.map(row => row.map(() => 0)),
      bias: MODEL.bias.map((_, at) => (at === 0 ? 1 : 0)),
      withGpu: { temperature: 0.5, sharpness: 3 },
      withoutGpu: { temperature: 2, sharpness: 1 },
      farthest: 1e9,
    };
    const reader = new ModelReader(model, ['gaming', 'idle']);
    const features = new Float64Array(FEATURES.length).fill(Number.NaN);
    reader.read(features);
    assert.ok(Math.abs((reader.probabilities[0] ?? 0) - 1 / (1 + Math.exp(-0.5))) < 1e-12);
    assert.equal(reader.calibrationOf(features).sharpness, 1);
    features[FEATURES.findIndex(({ id }) => id === 'gpu.level60')] = 0.5;
    reader.read(features);
    assert.ok(Math.abs((reader.probabilities[0] ?? 0) - 1 / (1 + Math.exp(-2))) < 1e-12);
    assert.equal(reader.calibrationOf(features).sharpness, 3);
  });

  test('says nothing of what has no value', () => {
    const reader = new ModelReader({ ...MODEL, bias: MODEL.bias.map(() => 0) }, CATEGORIES);
    reader.read(new Float64Array(FEATURES.length).fill(Number.NaN));
    for (const share of reader.probabilities) assert.ok(Math.abs(share - 0.1) < 1e-12);
    assert.deepEqual(reader.contributions(0, Number.NaN), []);
  });

  test('is less sure of what is far from anything it has seen', () => {
    const reader = new ModelReader(MODEL, CATEGORIES);
    const sure = new ModelReader({ ...MODEL, farthest: 1e9 }, CATEGORIES);
    const far = Float64Array.from(FEATURES, (_, at) => 40 * (MODEL.widths[at] ?? 1));
    reader.read(far);
    sure.read(far);
    assert.ok(Math.max(...reader.probabilities) < Math.max(...sure.probabilities));
  });

  test('has probabilities that sum to one, whatever the features', () => {
    const reader = new ModelReader(MODEL, CATEGORIES);
    const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(fc.array(value, { minLength: FEATURES.length, maxLength: FEATURES.length }), features => {
        reader.read(Float64Array.from(features));
        const sum = reader.probabilities.reduce((total, share) => total + share, 0);
        assert.ok(Math.abs(sum - 1) < 1e-9, String(sum));
      }),
    );
  });
});
