import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ROOT } from '../../scripts/lib/paths.mjs';
import { readModel } from '../../src/classify/model.ts';
import { classifyTrace } from '../../src/classify/timeline.ts';
import { readTrace } from '../../src/classify/trace.ts';
import { CATEGORIES, type Profiles } from '../../src/common/workload.ts';

const MODEL = readModel(path.join(ROOT, 'configs', 'workload-model.json'));
/** Two classes that are told apart by nothing but the memory in use. */
const PROFILES: Profiles = {
  low_memory: { ram_percent: [0, 50], cpu_utilization: [0, 100], gpu_utilization: [0, 100] },
  high_memory: { ram_percent: [60, 100], cpu_utilization: [0, 100], gpu_utilization: [0, 100] },
};

/** The answer to rows at these seconds, with so much memory in use. */
function answer(rows: readonly (readonly [second: number, ram: number])[]) {
  const lines = rows.map(
    ([second, ram]) =>
      `${new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString()},${String(ram)},10,10\n`,
  );
  const text = `timestamp,ram_percent,total_utilization,gpu0_utilization\n${lines.join('')}`;
  return classifyTrace(readTrace(text), {
    model: MODEL,
    categories: CATEGORIES,
    confidenceThreshold: 0.6,
    updateIntervalSeconds: 30,
    profiles: PROFILES,
  });
}

const span = (from: number, to: number, ram: number) =>
  Array.from({ length: to - from }, (_, at) => [from + at, ram] as const);

describe('the answer to a trace', () => {
  test('is the class that held longest, and not for a pause', () => {
    const { category, seconds, timeline } = answer([...span(0, 100, 20), ...span(5000, 5200, 80)]);
    assert.equal(seconds, 5199);
    assert.equal(category, 'high_memory');
    assert.deepEqual(
      timeline.map(one => one.category),
      ['unknown', 'low_memory', 'unknown', 'high_memory'],
    );
    const [, low, pause, high] = timeline;
    assert.equal(low?.end, 99);
    assert.ok(pause && pause.end >= 5009 && pause.end <= 5012, 'the first answer takes ten seconds again');
    assert.ok(pause.confidence < 0.1, 'in a pause nothing is known');
    assert.equal(high?.end, 5199);
  });

  test('without a pause is the one that held longest after the first 30 s', () => {
    const { category, confidence, reasons } = answer([...span(0, 80, 20), ...span(80, 110, 80)]);
    assert.equal(category, 'low_memory');
    assert.ok(confidence > 0.6 && confidence <= 1);
    assert.match(reasons[0] ?? '', /your profile/);
  });

  test('of rows that are minutes apart has no pauses between them', () => {
    const rows = Array.from({ length: 40 }, (_, at) => [at * 120, 20] as const);
    assert.equal(answer(rows).category, 'low_memory');
  });

  test('of a single row is unknown', () => {
    assert.deepEqual(answer([[0, 20]]), {
      seconds: 0,
      category: 'unknown',
      confidence: 0,
      timeline: [],
      reasons: [],
    });
  });
});
