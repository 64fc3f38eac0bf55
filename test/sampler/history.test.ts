import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Frame } from '../../src/common/frame.ts';
import { buildLayout, type Layout } from '../../src/common/layout.ts';
import type { HistoryResult } from '../../src/common/protocol.ts';
import { History, HISTORY_SECONDS } from '../../src/sampler/history.ts';

const START = Date.UTC(2024, 1, 29, 12);
const SMALL = buildLayout({ core: 0, gpu: 0, disk: 0 }, group => group === 'memory');

/** A history with a clock of its own. */
class Bench {
  readonly history = new History();
  readonly #start: number;
  monotonicMs = 1e6;
  /** What the wall clock was set forward by. */
  setByMs = 0;

  constructor(start = START) {
    this.#start = start;
  }

  get nowMs(): number {
    return this.#start + this.monotonicMs - 1e6 + this.setByMs;
  }

  /** Adds a frame with this memory share after `afterMs`. */
  add(
    ramPercent: number,
    {
      layout = SMALL,
      afterMs = 1000,
      category = '',
    }: { layout?: Layout; afterMs?: number; category?: string } = {},
  ): void {
    this.monotonicMs += afterMs;
    const frame = new Frame(layout);
    frame.utcMs = this.nowMs;
    frame.monotonicMs = this.monotonicMs;
    frame.category = category;
    frame.set(layout.slots.get('ram_percent') ?? -1, ramPercent);
    frame.set(layout.slots.get('gpu0_utilization') ?? -1, ramPercent);
    frame.set(layout.slots.get('context_switches') ?? -1, 1_000);
    this.history.add(frame);
  }

  series(column = 'ram_percent', seconds = HISTORY_SECONDS): readonly (number | null)[] {
    return this.query(seconds, [column]).series[0] ?? [];
  }

  query(seconds: number, columns?: readonly string[]): HistoryResult {
    return this.history.query({ seconds, ...(columns ? { columns } : {}) }, this.nowMs);
  }
}

describe('History', () => {
  test('answers nothing before the first sample', () => {
    assert.deepEqual(new Bench().query(60), { times: [], columns: [], series: [], workload: [] });
  });

  test('answers the classes of the span asked for', () => {
    const bench = new Bench();
    for (const [category, samples] of [
      ['', 5],
      ['idle', 10],
      ['coding_development', 20],
      ['', 3],
      ['idle', 2],
    ] as const)
      for (let i = 0; i < samples; i++) bench.add(1, { category });
    const spans = (seconds: number) =>
      (bench.query(seconds).workload ?? []).map(({ category, from, to }) => [
        category,
        (from - bench.nowMs) / 1000,
        (to - bench.nowMs) / 1000,
      ]);
    assert.deepEqual(spans(60), [
      ['idle', -34, -24],
      ['coding_development', -24, -4],
      ['idle', -1, 0],
    ]);
    assert.deepEqual(spans(10), [
      ['coding_development', -10, -4],
      ['idle', -1, 0],
    ]);
  });

  test('answers the samples of the span asked for, oldest first', () => {
    const bench = new Bench();
    for (let i = 1; i <= 10; i++) bench.add(i);
    assert.deepEqual(bench.series(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.deepEqual(bench.series('ram_percent', 3), [7, 8, 9, 10]);
    assert.deepEqual(bench.series('ram_percent', 0), [10]);
    assert.deepEqual(bench.series('ram_percent', -5), [10]);
    assert.deepEqual(bench.query(2).times, [bench.nowMs - 2000, bench.nowMs - 1000, bench.nowMs]);
  });

  test('keeps the last hour when it runs longer', () => {
    const bench = new Bench();
    const all = Array.from({ length: 2 * HISTORY_SECONDS + 100 }, (_, i) => (i % 1000) / 10);
    for (const value of all) bench.add(value);
    assert.deepEqual(bench.series('ram_percent', 1e308), all.slice(-HISTORY_SECONDS));
    const { times } = bench.query(HISTORY_SECONDS, []);
    assert.equal(times.length, HISTORY_SECONDS);
    assert.ok(times.every((time, i) => i === 0 || time - (times[i - 1] ?? 0) === 1000));
  });

  test('has all gauges and no counters unless asked for some', () => {
    const bench = new Bench();
    const layout = buildLayout({ core: 1, gpu: 1, disk: 0 });
    bench.add(5, { layout });
    const gauges = layout.columns.filter(({ metric }) => metric.kind === 'gauge').map(({ name }) => name);
    assert.deepEqual(bench.query(10).columns, gauges);
    assert.deepEqual(
      bench.query(10, ['gpu0_utilization', 'context_switches', 'no such', 'ram_percent', 'gpu0_utilization'])
        .columns,
      ['gpu0_utilization', 'ram_percent'],
      'what is not known, or named twice, is left out',
    );
    assert.deepEqual(bench.query(10, []).series, []);
  });

  test('answers null where there was no value', () => {
    const bench = new Bench();
    bench.add(1);
    bench.add(Number.NaN);
    bench.add(3);
    assert.deepEqual(bench.series(), [1, null, 3]);
    assert.deepEqual(bench.series('swap_percent'), [null, null, null]);
  });

  test('keeps the series of columns that go, and has them when they come back', () => {
    const bench = new Bench();
    const withGpu = buildLayout({ core: 0, gpu: 1, disk: 0 });
    bench.add(1, { layout: withGpu });
    bench.add(2);
    bench.add(3);
    bench.add(4, { layout: buildLayout({ core: 2, gpu: 1, disk: 0 }) });
    assert.deepEqual(bench.series('ram_percent'), [1, 2, 3, 4]);
    assert.deepEqual(bench.series('gpu0_utilization'), [1, null, null, 4]);
    assert.deepEqual(bench.series('core_1_utilization'), [null, null, null, null]);
  });

  test('does not show an hour-old value of a column that has gone', () => {
    const bench = new Bench();
    bench.add(50, { layout: buildLayout({ core: 0, gpu: 1, disk: 0 }) });
    for (let i = 0; i < HISTORY_SECONDS + 10; i++) bench.add(1);
    assert.ok(bench.series('gpu0_utilization').every(value => value === null));
  });

  test('covers the hour whatever the interval', () => {
    for (const afterMs of [100, 300, 500, 700, 999, 1000]) {
      const bench = new Bench();
      const ticks = Math.ceil((1.1 * HISTORY_SECONDS * 1000) / afterMs);
      for (let i = 0; i < ticks; i++) bench.add(1, { afterMs });
      const { times } = bench.query(HISTORY_SECONDS, []);
      const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
      assert.ok(span > 0.99 * 1000 * HISTORY_SECONDS, `${String(span / 1000)} s at ${String(afterMs)} ms`);
    }
  });

  test('keeps every sample of one a second that comes early and late by turns', () => {
    const bench = new Bench();
    let early = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), lateMs => {
        bench.add(1, { afterMs: 1000 - early + lateMs });
        early = lateMs;
      }),
      { numRuns: 200 },
    );
    assert.equal(bench.series().length, 200);
  });

  test('keeps every sample of a longer interval', () => {
    const bench = new Bench();
    for (const afterMs of [1500, 60_000, 7_000, 1000]) bench.add(1, { afterMs });
    assert.equal(bench.series().length, 4);
  });

  test('answers ascending times when the clock is set back, and nothing from the future', () => {
    const bench = new Bench();
    for (let i = 0; i < 20; i++) bench.add(i);
    bench.setByMs = -10_500;
    for (let i = 20; i < 30; i++) bench.add(i);
    const { times } = bench.query(HISTORY_SECONDS);
    assert.ok(times.every((time, i) => i === 0 || time >= (times[i - 1] ?? 0)));
    assert.ok(times.every(time => time <= bench.nowMs));
    assert.equal(bench.series().at(-1), 29);
    assert.deepEqual(
      bench.series().toSorted((a, b) => Number(a) - Number(b)),
      Array.from({ length: 30 }, (_, i) => i).filter(i => i !== 19),
      'the last before the change is still to come',
    );
  });

  test('answers seven digits, not what single precision makes of them', () => {
    const bench = new Bench();
    for (const value of [3.1, 0.1, 99.9, 33.3]) bench.add(value);
    assert.deepEqual(bench.series(), [3.1, 0.1, 99.9, 33.3]);
    const layout = buildLayout({ core: 0, gpu: 0, disk: 0 });
    const frame = new Frame(layout);
    frame.monotonicMs = bench.monotonicMs += 1000;
    frame.utcMs = bench.nowMs;
    frame.set(layout.slots.get('ram_total_mb') ?? -1, 2_063_597);
    frame.set(layout.slots.get('load_avg_1m') ?? -1, 1234.56);
    bench.history.add(frame);
    assert.equal(bench.series('ram_total_mb').at(-1), 2_063_597);
    assert.equal(bench.series('load_avg_1m').at(-1), 1234.56);
  });

  test('answers what was put in, whatever is asked', () => {
    const values = fc.array(
      fc.integer({ min: 0, max: 1000 }).map(value => value / 10),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(values, fc.double(), (list, seconds) => {
        const bench = new Bench();
        for (const value of list) bench.add(value);
        const answered = bench.series('ram_percent', seconds);
        const count = Number.isNaN(seconds) ? 0 : Math.min(list.length, 1 + Math.floor(Math.max(0, seconds)));
        assert.deepEqual(answered, list.slice(list.length - count));
      }),
      { numRuns: 200 },
    );
  });
});
