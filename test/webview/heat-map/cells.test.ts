import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { OFFLINE, ShownCores } from '../../../webview/heat-map/core-source.ts';
import { coreStatistics, sortCores } from '../../../webview/heat-map/core-statistics.ts';
import { busiest, columnTime, momentsOf, rowsFor } from '../../../webview/heat-map/grid.ts';
import { cellOf, MISSING, OFFLINE_CELL } from '../../../webview/heat-map/palette.ts';
import { Raster, type RasterPlan } from '../../../webview/heat-map/raster.ts';
import { shown } from '../support/shown.ts';

const NONE = Number.NaN;
const T0 = 1_000_000;

/** Cores at one sample a second; `table[core][at]`. */
function cores(
  table: readonly (readonly number[])[],
  times?: readonly number[],
  gaps?: readonly number[],
): ShownCores {
  const source = new ShownCores(table.map((_, core) => `core_${String(core)}_utilization`));
  source.show(data(table, times, gaps));
  return source;
}

function data(
  table: readonly (readonly number[])[],
  times?: readonly number[],
  gaps: readonly number[] = [],
) {
  return shown({
    times: times ?? (table[0] ?? []).map((_, at) => T0 + 1000 * at),
    mean: Object.fromEntries(table.map((values, core) => [`core_${String(core)}_utilization`, values])),
    gaps,
  });
}

/** A place of a palette a colour, so that a test reads what was drawn. */
const PLACES = Uint32Array.from({ length: 103 }, (_, place) => place);

function draw(source: ShownCores, from: number, to: number, cells = new Map<number, Uint32Array>()) {
  const rows = rowsFor(source.cores, source.cores);
  const plan: RasterPlan = { source, rows, columnMs: 1000, columns: 8, pixels: PLACES };
  const puts: number[] = [];
  const raster = new Raster(plan, {
    put: (x, width, pixels) => {
      puts.push(width);
      for (let column = 0; column < width; column++)
        cells.set(
          x + column,
          Uint32Array.from({ length: rows.count }, (_, row) => pixels[row * width + column] ?? 0),
        );
    },
  });
  raster.draw(from, to);
  const at = (time: number): number[] => [...(cells.get(Math.floor(time / 1000) % Raster.width(plan)) ?? [])];
  return { raster, at, puts };
}

describe('rows of a heat map', () => {
  test('as many as cores where there is room, and then of a whole number of pixels', () => {
    assert.deepEqual(rowsFor(8, 170), { count: 8, coresPerRow: 1, height: 21 });
    assert.deepEqual(rowsFor(64, 64), { count: 64, coresPerRow: 1, height: 1 });
    assert.deepEqual(rowsFor(512, 300), { count: 256, coresPerRow: 2, height: 1 });
    assert.deepEqual(rowsFor(513, 100), { count: 86, coresPerRow: 6, height: 1 });
  });

  test('every core has one row, no row is without a core, and they fit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1100 }), fc.integer({ min: 1, max: 1200 }), (count, pixels) => {
        const rows = rowsFor(count, pixels);
        assert.ok(rows.count * rows.coresPerRow >= count);
        assert.ok((rows.count - 1) * rows.coresPerRow < count);
        assert.ok(rows.count * rows.height <= pixels);
        assert.equal(rows.coresPerRow === 1, count <= pixels);
      }),
    );
  });

  test('a column is a sample, or as many as share a pixel', () => {
    assert.equal(columnTime(300_000, 1000, 1000), 1000);
    assert.equal(columnTime(900_000, 450, 1000), 2000);
    assert.equal(columnTime(900_000, 500, 1000), 2000);
    assert.equal(columnTime(3_600_000, 1000, 4000), 4000);
  });
});

describe('merging', () => {
  test('the busiest counts; offline counts where nothing has a reading', () => {
    const source = cores([
      [10, NONE, NONE],
      [90, 0, NONE],
      [NONE, NONE, NONE],
    ]);
    assert.equal(busiest(source, 0, 1, 0, 2), 90);
    assert.equal(busiest(source, 1, 2, 0, 2), 0, 'a reading of 0 is above none');
    assert.equal(busiest(source, 1, 2, 2, 3), OFFLINE, 'no reading while others have one');
    assert.ok(Number.isNaN(busiest(source, 2, 3, 0, 3)), 'no reading of any core');
    assert.ok(Number.isNaN(busiest(source, 0, 0, 0, 3)), 'no moment');
  });

  test('is the highest reading of all that is merged', () => {
    const value = fc.oneof(fc.constant(NONE), fc.double({ min: 0, max: 100, noNaN: true }));
    const table = fc.array(fc.array(value, { minLength: 6, maxLength: 6 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(table, values => {
        const all = values.flat().filter(one => !Number.isNaN(one));
        const merged = busiest(cores(values), 0, 6, 0, values.length);
        if (all.length > 0) assert.equal(merged, Math.max(...all));
        else assert.ok(Number.isNaN(merged));
      }),
    );
  });

  test('a column without a sample belongs to the one before, but not over a gap or after the last', () => {
    const times = [T0, T0 + 1000, T0 + 3000, T0 + 9000];
    const source = cores([[1, 2, 3, 4]], times, [3]);
    const moments = (second: number): [number, number] => {
      const from = T0 + 1000 * second;
      const { first, until } = momentsOf(source, from, from + 1000, 0);
      return [first, until];
    };
    assert.deepEqual(moments(1), [1, 2]);
    assert.deepEqual(moments(2), [1, 2], 'held');
    assert.deepEqual(moments(5), [3, 3], 'a gap');
    assert.deepEqual(moments(9), [3, 4]);
    assert.deepEqual(moments(10), [4, 4], 'nothing has come yet');
  });
});

describe('cells', () => {
  const table = [
    [5, 6, 7, 8, 9, 10],
    [NONE, NONE, 0, 100, NONE, NONE],
  ];

  test('are where their moment and core are', () => {
    const { at } = draw(cores(table), T0, T0 + 5000);
    assert.deepEqual(at(T0 + 2000), [cellOf(7), cellOf(0)]);
    assert.deepEqual(at(T0 + 3000), [cellOf(8), cellOf(100)]);
  });

  test('an offline core is a dashed line', () => {
    const line = Array.from({ length: 12 }, () => NONE);
    const { at } = draw(cores([line.map(() => 50), line]), T0, T0 + 7000);
    const row = Array.from({ length: 8 }, (_, second) => at(T0 + 1000 * second)[1]);
    assert.equal(row.filter(cell => cell === OFFLINE_CELL).length, 4);
    assert.equal(row.filter(cell => cell === MISSING).length, 4);
  });

  test('what has come is drawn, and nothing else', () => {
    const source = cores(table);
    const cells = new Map<number, Uint32Array>();
    const { raster, at, puts } = draw(source, T0 - 2000, T0 + 5000, cells);
    assert.deepEqual(puts, [10]);
    const longer = table.map(values => [...values, 42]);
    source.show(data(longer));
    assert.equal(source.isOther, false);
    raster.draw(T0 - 1000, T0 + 6000);
    assert.deepEqual(puts.slice(1), [1, 1, 1, 1], 'single columns');
    assert.deepEqual(at(T0 + 6000), [cellOf(42), cellOf(42)]);
    assert.deepEqual(at(T0 + 2000), [cellOf(7), cellOf(0)]);
  });

  test('drawn bit by bit they are the same as drawn at once', () => {
    const reading = fc.oneof(
      { weight: 1, arbitrary: fc.constant(NONE) },
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 100 }) },
    );
    const moments = fc.array(fc.array(reading, { minLength: 3, maxLength: 3 }), {
      minLength: 8,
      maxLength: 30,
    });
    fc.assert(
      fc.property(moments, rows => {
        const until = (count: number): number[][] =>
          [0, 1, 2].map(core => rows.slice(0, count).map(row => row[core] ?? NONE));
        const source = cores(until(7));
        const bit = draw(source, T0 - 1000, T0 + 6000);
        for (let count = 8; count <= rows.length; count++) {
          source.show(data(until(count)));
          bit.raster.draw(T0 + 1000 * (count - 8), T0 + 1000 * (count - 1));
        }
        const once = draw(
          cores(until(rows.length)),
          T0 + 1000 * (rows.length - 8),
          T0 + 1000 * (rows.length - 1),
        );
        for (let second = rows.length - 8; second < rows.length; second++)
          assert.deepEqual(bit.at(T0 + 1000 * second), once.at(T0 + 1000 * second));
      }),
    );
  });
});

describe('what is shown', () => {
  const table = [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ];

  test('goes on when the oldest go and new ones come; the newest of before may have changed', () => {
    const source = cores(table);
    const moved = table.map(values => [...values.slice(1), 9]);
    source.show(data(moved, [T0 + 1000, T0 + 2000, T0 + 3000, T0 + 4000]));
    assert.equal(source.isOther, false);
    source.show(
      data(
        moved.map(values => [...values.slice(0, 3), 1]),
        [T0 + 1000, T0 + 2000, T0 + 3000, T0 + 4000],
      ),
    );
    assert.equal(source.isOther, false);
  });

  test('is another when the past has come or has changed', () => {
    for (const [values, times] of [
      [table.map(row => [0, ...row]), [T0 - 1000, T0, T0 + 1000, T0 + 2000, T0 + 3000]],
      [
        [
          [1, 2, 3, 4],
          [5, NONE, 7, 8],
        ],
        undefined,
      ],
      [table.map(row => row.slice(2)), [T0 + 2500, T0 + 3500]],
    ] as const) {
      const source = cores(table);
      source.show(data(values, times));
      assert.equal(source.isOther, true);
    }
  });

  test('a step is that between samples, rounded, or the time that a point stands for', () => {
    assert.equal(cores([[1, 2, 3]], [T0, T0 + 1003, T0 + 1998]).stepMs, 1000);
    assert.equal(cores([[1, 2, 3]], [T0, T0 + 99, T0 + 201]).stepMs, 100);
    const source = new ShownCores(['core_0_utilization']);
    source.show(shown({ times: [T0, T0 + 20_000], mean: { core_0_utilization: [1, 2] }, stepMs: 20_000 }));
    assert.equal(source.stepMs, 20_000);
  });
});

describe('the table of cores', () => {
  const source = cores([
    [10, 30, 20],
    [90, 80, NONE],
    [NONE, NONE, NONE],
  ]);

  test('last, mean and greatest of each', () => {
    assert.deepEqual(coreStatistics(source, T0, T0 + 2000), [
      { core: 0, now: 20, mean: 20, greatest: 30 },
      { core: 1, now: OFFLINE, mean: 85, greatest: 90 },
      { core: 2, now: OFFLINE, mean: NONE, greatest: NONE },
    ]);
    assert.equal(coreStatistics(source, T0 + 1000, T0 + 2000)[0]?.mean, 25, 'of the shown span only');
  });

  test('sorted by any of them, the busiest first and those without a reading last', () => {
    const order = (by: Parameters<typeof sortCores>[1]): number[] =>
      sortCores(coreStatistics(source, T0, T0 + 2000), by).map(({ core }) => core);
    assert.deepEqual(order('core'), [0, 1, 2]);
    assert.deepEqual(order('mean'), [1, 0, 2]);
    assert.deepEqual(order('now'), [0, 1, 2]);
    assert.deepEqual(order('greatest'), [1, 0, 2]);
  });
});
