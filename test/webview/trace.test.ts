import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { gapsBefore } from '../../webview/data/gaps.ts';
import { SampleStore } from '../../webview/data/sample-store.ts';
import { trace, type Point } from '../../webview/plot/trace.ts';
import { DATA_START, dataOf } from './support/shown-data.ts';

const SPAN = 600_000;

function ringOf(samples: readonly (readonly [number, number])[]): SampleStore {
  const ring = new SampleStore(['a']);
  for (const [time, value] of samples) ring.push(time, [value]);
  return ring;
}

function traceOf(
  ring: SampleStore,
  width = 10_000,
  now = ring.time(ring.size - 1),
  into: Point[] = [],
): Point[] {
  const source = { times: ring.times, gaps: gapsBefore(ring.times), stepMs: 0 };
  trace(source, ring.values('a'), 'extremes', { from: now - SPAN, to: now, width }, into);
  return into;
}

/** Lines as lists of their points: breaks split them. */
function linesOf(points: readonly Point[]): Point[][] {
  const lines: Point[][] = [[]];
  for (const point of points) {
    if (Number.isNaN(point.y)) lines.push([]);
    else lines.at(-1)?.push(point);
  }
  return lines.filter(line => line.length > 0);
}

const seconds = (...ticks: readonly number[]): [number, number][] => ticks.map(tick => [tick * 1000, tick]);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('gapsBefore', () => {
  const gapTimes = (ticks: readonly number[]): number[] => {
    const ring = ringOf(seconds(...ticks));
    return [...gapsBefore(ring.times)].flatMap((gap, row) => (gap === 1 ? ring.time(row) / 1000 : []));
  };

  test('one missed sample is no gap, two are', () => {
    assert.deepEqual(gapTimes([1, 2, 3, 5, 6, 7, 8]), []);
    assert.deepEqual(gapTimes([1, 2, 3, 6, 7, 8, 9]), [6]);
  });

  test('finds a gap at either end and on both sides of a lone sample', () => {
    assert.deepEqual(gapTimes([1, 20, 21, 22, 23, 24]), [20]);
    assert.deepEqual(gapTimes([1, 2, 3, 4, 5, 30]), [30]);
    assert.deepEqual(gapTimes([1, 2, 3, 60, 120, 121, 122]), [60, 120]);
    assert.deepEqual(gapTimes([1, 2, 3, 4, 60, 120]), [60, 120]);
  });

  test('a longer interval is no row of gaps', () => {
    assert.deepEqual(gapTimes([1, 2, 3, 4, 5, 15, 25, 35, 45]), []);
    assert.deepEqual(gapTimes(range(0, 20).map(tick => tick * 30)), []);
  });

  test('samples thinned to half a second show no gaps, whatever the interval', () => {
    for (const interval of [100, 130, 200, 250, 300, 400, 450, 700]) {
      const ring = ringOf(range(0, 3000).map(tick => [tick * interval, 1]));
      assert.ok(!gapsBefore(ring.times).includes(1), `interval ${String(interval)} ms`);
    }
  });
});

describe('trace', () => {
  test('draws what is in the window, and the rows before and after it', () => {
    const points = traceOf(ringOf(seconds(...range(0, 630))), 10_000, 625_000);
    assert.deepEqual(points[0], { x: 25_000, y: 25 });
    assert.deepEqual(points.at(-1), { x: 626_000, y: 626 });
    const between = traceOf(ringOf(seconds(...range(0, 630))), 10_000, 625_500);
    assert.deepEqual(between[0], { x: 25_000, y: 25 });
  });

  test('breaks the line at a missing value and at missing samples', () => {
    const ring = ringOf([...seconds(1, 2, 3), [4000, Number.NaN], ...seconds(5, 6, 20, 21, 22, 23)]);
    assert.deepEqual(
      linesOf(traceOf(ring)).map(line => line.map(point => point.y)),
      [
        [1, 2, 3],
        [5, 6],
        [20, 21, 22, 23],
      ],
    );
  });

  test('a lone sample is drawn as a dot', () => {
    const ring = ringOf([
      ...seconds(1, 2, 3),
      [4000, Number.NaN],
      [5000, 50],
      [6000, Number.NaN],
      ...seconds(7, 8),
    ]);
    const dot = linesOf(traceOf(ring))[1];
    assert.equal(dot?.length, 2);
    assert.deepEqual(
      dot.map(point => point.y),
      [50, 50],
    );
    assert.equal(linesOf(traceOf(ringOf([[1000, 3]])))[0]?.length, 2);
  });

  test('uses the points of the last call again', () => {
    const into = traceOf(ringOf(seconds(...range(0, 100))));
    const [first] = into;
    traceOf(ringOf(seconds(1, 2, 3)), 10_000, 3000, into);
    assert.equal(into.length, 3);
    assert.equal(into[0], first);
  });

  const history = fc.array(
    fc.tuple(
      fc.oneof(
        { weight: 20, arbitrary: fc.integer({ min: 500, max: 1500 }) },
        { weight: 1, arbitrary: fc.integer({ min: 500, max: 30_000 }) },
      ),
      fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0, max: 100 }) },
        { weight: 1, arbitrary: fc.constant(Number.NaN) },
      ),
    ),
    { minLength: 1, maxLength: 700, size: 'max' },
  );

  test('property: ordered, made of samples only, with every peak and every break, and no more than the width needs', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 10, max: 300 }), (steps, width) => {
        let time = 1_700_000_000_000;
        const ring = ringOf(steps.map(([step, value]) => [(time += step), value]));
        const now = ring.time(ring.size - 1);
        const gaps = gapsBefore(ring.times);
        const points = traceOf(ring, width);
        const rows = range(0, ring.size - 1).map(row => ({
          x: ring.time(row),
          y: ring.value(0, row),
          gap: gaps[row] === 1,
        }));
        const shown = rows.filter(row => row.x >= now - SPAN);

        points.forEach((point, index) => assert.ok(index === 0 || (points[index - 1]?.x ?? 0) <= point.x));

        const values = new Set(rows.map(row => row.y));
        for (const point of points) assert.ok(Number.isNaN(point.y) || values.has(point.y));

        const real = shown.map(row => row.y).filter(y => !Number.isNaN(y));
        if (real.length > 0) {
          const drawn = points.map(point => point.y).filter(y => !Number.isNaN(y));
          assert.ok(Math.max(...drawn) >= Math.max(...real));
          assert.ok(Math.min(...drawn) <= Math.min(...real));
        }

        for (const [index, row] of shown.entries()) {
          const before = shown[index - 1];
          if (!row.gap || !before) continue;
          for (const line of linesOf(points)) {
            const first = line[0]?.x ?? 0;
            const last = line.at(-1)?.x ?? 0;
            assert.ok(!(first < before.x && last > row.x), 'a line crosses a gap');
          }
        }

        const breaks = rows.filter(row => row.gap || Number.isNaN(row.y)).length;
        assert.ok(points.length <= Math.max(2 * width, 2 * (width + 2)) + 4 * breaks + 4);
      }),
      { numRuns: 200 },
    );
  });

  test('does not flicker: the same samples give the same points while the window moves', () => {
    const ring = ringOf(range(0, 650).map(tick => [tick * 1000, (tick * 7919) % 101]));
    const at = (now: number): Map<number, number> =>
      new Map(traceOf(ring, 120, now).map(point => [Math.round(point.x), point.y]));
    const before = at(640_000);
    const after = at(643_000);
    for (const [time, y] of after) {
      if (time > 60_000 && time < 630_000) assert.equal(before.get(time), y);
    }
  });
});

describe('trace of values that stand for a time', () => {
  const window = { from: DATA_START, to: DATA_START + 100_000, width: 1_000 };
  const seconds10 = range(0, 9).map(tick => tick * 10);
  const traced = (data: ReturnType<typeof dataOf>, width = 1_000): Point[] => {
    const points: Point[] = [];
    trace(data, data.mean('a'), 'mean', { ...window, width }, points);
    return points;
  };

  test('each is drawn in the middle of its time; a missing one is a break', () => {
    const values = seconds10.map((_, at) => (at === 4 ? Number.NaN : at));
    const lines = linesOf(traced(dataOf(seconds10, { a: values }, 10_000)));
    assert.deepEqual(
      lines.map(line => line.map(({ x, y }) => [(x - DATA_START) / 1000, y])),
      [[0, 1, 2, 3].map(at => [at * 10 + 5, at]), [5, 6, 7, 8, 9].map(at => [at * 10 + 5, at])],
    );
  });

  test('those of a pixel become their mean, their least or their greatest', () => {
    const data = dataOf(seconds10, { a: [0, 2, 4, 6, 8, 10, 12, 14, 16, 18] }, 10_000);
    for (const [merge, least, greatest] of [
      ['mean', 0, 18],
      ['least', -1, 17],
      ['greatest', 1, 19],
    ] as const) {
      const points: Point[] = [];
      const values =
        merge === 'least' ? data.min('a') : merge === 'greatest' ? data.max('a') : data.mean('a');
      trace(data, values ?? assert.fail(), merge, { ...window, width: 2 }, points);
      assert.ok(points.length <= 3, merge);
      for (const { y } of points) assert.ok(y >= least && y <= greatest, `${merge} ${String(y)}`);
      if (merge === 'least') assert.equal(points[0]?.y, least);
      if (merge === 'greatest') assert.equal(points.at(-1)?.y, greatest);
    }
  });
});
