import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { ROOT } from '../../scripts/lib/paths.mjs';
import { Classifier } from '../../src/classify/classifier.ts';
import { CorrectionEvidence, CorrectionStore, type Corrections } from '../../src/classify/corrections.ts';
import { FEATURES } from '../../src/classify/features.ts';
import { readModel } from '../../src/classify/model.ts';
import { CATEGORIES } from '../../src/common/workload.ts';
import { frameOf, layoutOf } from './frames.ts';

const MODEL = readModel(path.join(ROOT, 'configs', 'workload-model.json'));
const FOLDER = fs.mkdtempSync(path.join(os.tmpdir(), 'corrections-'));
const COLUMNS = layoutOf('total_utilization', 'gpu0_utilization', 'net_recv_rate_mbps', 'net_send_rate_mbps');

/** Two kinds of work that have nothing in common. */
const BUSY = (second: number) => ({
  total_utilization: 40 + (second % 3),
  gpu0_utilization: 93 + (second % 4),
  net_recv_rate_mbps: 0.3,
  net_send_rate_mbps: 0.1,
});
const QUIET = () => ({
  total_utilization: 1.5,
  gpu0_utilization: 0,
  net_recv_rate_mbps: 0,
  net_send_rate_mbps: 0,
});

function watch(
  values: (second: number) => Readonly<Record<string, number>>,
  corrections?: Corrections,
): Classifier {
  const one = new Classifier({
    model: MODEL,
    categories: CATEGORIES,
    confidenceThreshold: 0.6,
    updateIntervalSeconds: 30,
    profiles: {},
    ...(corrections ? { corrections } : {}),
  });
  for (let second = 0; second < 150; second++) one.add(frameOf(COLUMNS, second, values(second)));
  return one;
}

describe('corrections', () => {
  after(() => {
    fs.rmSync(FOLDER, { recursive: true });
  });

  test('of one workload change the answer for it after a few, and not for another', () => {
    const file = path.join(FOLDER, 'few.json');
    const store = new CorrectionStore(file);
    store.load();
    const before = watch(BUSY);
    assert.notEqual(before.current.category, 'cad_3d_modeling');
    const quiet = watch(QUIET).current;
    for (let times = 0; times < 4; times++)
      store.add('cad_3d_modeling', watch(BUSY).recentFeatures(), Date.UTC(2026, 0, 1));

    const again = new CorrectionStore(file);
    again.load();
    const corrected = watch(BUSY, again).current;
    assert.equal(corrected.category, 'cad_3d_modeling');
    assert.equal(corrected.reasons[0], 'like what you have corrected');
    const other = watch(QUIET, again).current;
    assert.equal(other.category, quiet.category);
    assert.ok(Math.abs(other.confidence - quiet.confidence) < 0.1);

    again.clear();
    assert.equal(fs.existsSync(file), false);
    assert.equal(watch(BUSY, again).current.category, before.current.category);
  });

  test('count from the moment they are set', () => {
    const one = watch(BUSY);
    const features = one.recentFeatures();
    assert.ok(features.length >= 10 && features.every(vector => vector.length === FEATURES.length));
    const list = Array.from({ length: 4 }, () => ({
      category: 'idle',
      atMs: 0,
      features: features.map(vector => Array.from(vector, value => (Number.isNaN(value) ? null : value))),
    }));
    one.setCorrections({ list });
    for (let second = 150; second < 400; second++) one.add(frameOf(COLUMNS, second, BUSY(second)));
    assert.equal(one.current.category, 'idle');
  });

  test('hold features and nothing else, in a file for this user alone', () => {
    const file = path.join(FOLDER, 'content.json');
    const store = new CorrectionStore(file);
    store.add('gaming', watch(BUSY).recentFeatures(), 5);
    const content = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
    assert.deepEqual(Object.keys(content), ['format', 'features', 'corrections']);
    const [correction] = content['corrections'] as Record<string, unknown>[];
    assert.deepEqual(Object.keys(correction ?? {}), ['category', 'atMs', 'features']);
    if (process.platform !== 'win32') assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(
      fs.readdirSync(FOLDER).filter(name => name.startsWith('content.json.')),
      [],
    );
  });

  test('of another version are put into this version’s order', () => {
    const file = path.join(FOLDER, 'other.json');
    const [first = '', second = ''] = FEATURES.map(({ id }) => id);
    fs.writeFileSync(
      file,
      JSON.stringify({
        format: 1,
        features: [second, 'gone', first],
        corrections: [{ category: 'idle', atMs: 1, features: [[2, 3, 1]] }],
      }),
    );
    const store = new CorrectionStore(file);
    store.load();
    assert.deepEqual(store.list[0]?.features[0]?.slice(0, 3), [1, 2, null]);
    assert.equal(store.list[0].features[0].length, FEATURES.length);
  });

  test('that are damaged are told, and leave an empty list', () => {
    const file = path.join(FOLDER, 'bad.json');
    for (const text of ['{', '[]', '{"format":2,"features":[],"corrections":[]}']) {
      fs.writeFileSync(file, text);
      const store = new CorrectionStore(file);
      assert.throws(() => {
        store.load();
      }, /delete it to begin anew/);
      assert.deepEqual(store.list, []);
    }
  });

  test('are no more than 200, the oldest going first', () => {
    const store = new CorrectionStore(path.join(FOLDER, 'many.json'));
    const vector = new Float64Array(FEATURES.length).fill(Number.NaN);
    for (let at = 0; at < 203; at++) store.add('idle', [vector], at);
    assert.deepEqual([store.list.length, store.list[0]?.atMs], [200, 3]);
    assert.throws(() => {
      store.add('idle', [], 1);
    }, /wait some seconds/);
  });

  test('leave probabilities that sum to one, and are bounded', () => {
    const vector = Float64Array.from(FEATURES, () => 0.5);
    const list = Array.from({ length: 50 }, () => ({
      category: 'idle',
      atMs: 0,
      features: [Array.from(vector)],
    }));
    const evidence = new CorrectionEvidence({ list }, ['gaming', 'idle'], MODEL.widths);
    const probabilities = Float64Array.of(1, 0);
    const share = evidence.apply(vector, probabilities);
    assert.ok(share < 1 && (probabilities[1] ?? 1) < 1 && (probabilities[0] ?? 0) > 0);
    assert.ok(Math.abs((probabilities[0] ?? 0) + (probabilities[1] ?? 0) - 1) < 1e-12);
    const far = Float64Array.from(FEATURES, (_, at) => 0.5 + 30 * (MODEL.widths[at] ?? 1));
    const untouched = Float64Array.of(0.7, 0.3);
    evidence.apply(far, untouched);
    assert.ok(Math.abs((untouched[0] ?? 0) - 0.7) < 1e-6);
  });
});
