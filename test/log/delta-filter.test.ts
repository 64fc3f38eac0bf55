import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ABSENCES, Frame } from '../../src/common/frame.ts';
import { buildLayout, type Layout } from '../../src/common/layout.ts';
import { DeltaFilter } from '../../src/log/delta-filter.ts';
import { loadTrace, TRACES } from '../../scripts/bench/traces.ts';

const THRESHOLD = 2;
const LAYOUT = buildLayout({ core: 1, gpu: 1, disk: 0 });
const START = Date.UTC(2024, 1, 29, 12);

const slotOf = (name: string, layout = LAYOUT): number => layout.slots.get(name) ?? assert.fail(name);

/** A frame a given time after the start, with every value there. */
function frameOf(values: Readonly<Record<string, number>>, seconds: number): Frame {
  const frame = new Frame(LAYOUT);
  frame.utcMs = START + 1000 * seconds;
  frame.monotonicMs = 1000 * seconds;
  for (const slot of LAYOUT.columns.keys()) frame.set(slot, 0);
  for (const [name, value] of Object.entries(values)) frame.set(slotOf(name), value);
  return frame;
}

/** Which of the frames become rows. */
function rowsOf(frames: readonly Frame[], thresholdPercent = THRESHOLD): boolean[] {
  const filter = new DeltaFilter(thresholdPercent);
  return frames.map(frame => filter.admits(frame));
}

/**
 * Fails unless every frame that is no row is inside the bands around the last row, by the rule of the documentation,
 * written here a second time: a gauge differs by less than its floor or 2 %, a counter's rate since the last row differs
 * from that between the last two rows by less than its floor or half of it.
 */
function assertHeld(frames: readonly Frame[], rows: readonly boolean[]): void {
  let last: Frame | undefined;
  let before: Frame | undefined;
  frames.forEach((frame, index) => {
    if (rows[index] === true) {
      before = last;
      last = frame;
      return;
    }
    assert.ok(last, 'the first frame is a row');
    assert.equal(frame.category, last.category);
    assert.deepEqual(frame.states, last.states, 'the same values are there, the others for the same reasons');
    const since = frame.utcMs - last.utcMs;
    for (const [slot, { metric, name }] of frame.layout.columns.entries()) {
      if (frame.states[slot] !== 0) continue;
      const held = last.values[slot] ?? Number.NaN;
      const value = frame.values[slot] ?? Number.NaN;
      if (metric.kind === 'gauge') {
        const share = metric.unit === 'bit mask' ? 0 : THRESHOLD / 100;
        const within = Math.max(metric.floor, share * held);
        assert.ok(value === held || Math.abs(value - held) <= within, `${name} ${value} held ${held}`);
      } else {
        assert.ok(before, `${name} has a rate`);
        const rate = (held - (before.values[slot] ?? Number.NaN)) / (last.utcMs - before.utcMs);
        const now = (value - held) / since;
        const within = Math.max(metric.floor / 1000, rate / 2);
        assert.ok(
          now >= 0 && (now === rate || Math.abs(now - rate) <= within),
          `${name} ${now} held ${rate}`,
        );
      }
    }
  });
}

/** The longest time between two rows, with the time from the last one to the end. */
function longestHold(frames: readonly Frame[], rows: readonly boolean[]): number {
  const moments = frames.filter((_, index) => rows[index]).map(frame => frame.monotonicMs);
  moments.push(frames.at(-1)?.monotonicMs ?? 0);
  return Math.max(...moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0)));
}

/** What may happen to a column from one tick to the next. */
const change = fc.oneof(
  { weight: 8, arbitrary: fc.record({ by: fc.double({ min: -0.03, max: 0.03, noNaN: true }) }) },
  { weight: 4, arbitrary: fc.record({ floors: fc.constantFrom(-1, -0.999, -0.5, 0, 0.5, 0.999, 1, 1.001) }) },
  { weight: 2, arbitrary: fc.record({ to: fc.double({ min: 0, max: 1e6, noNaN: true }) }) },
  { weight: 1, arbitrary: fc.record({ absent: fc.integer({ min: 1, max: 4 }) }) },
);
interface Change {
  by?: number;
  floors?: number;
  to?: number;
  absent?: number;
}

const tick = fc.record({
  /** Milliseconds since the last one. */
  ms: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 990, max: 1010 }) },
    { weight: 1, arbitrary: fc.nat(9_000) },
  ),
  category: fc.oneof(
    { weight: 30, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.constant('idle') },
  ),
  changes: fc.array(fc.tuple(fc.nat(LAYOUT.columns.length - 1), change), { maxLength: 3 }),
});

/** Frames in which the changes add up; a counter grows by about its floor a second besides. */
function play(
  ticks: readonly { ms: number; category: string; changes: readonly (readonly [number, Change])[] }[],
): Frame[] {
  const now = new Frame(LAYOUT);
  now.utcMs = START;
  for (const slot of LAYOUT.columns.keys()) now.set(slot, 50);
  return ticks.map(({ ms, category, changes }) => {
    now.utcMs += ms;
    now.monotonicMs += ms;
    now.category = category;
    LAYOUT.columns.forEach(({ metric }, slot) => {
      if (metric.kind === 'counter') now.set(slot, (now.values[slot] ?? 0) + (metric.floor * ms) / 1000);
    });
    for (const [slot, { by = 0, floors = 0, to, absent }] of changes) {
      const value = Number.isNaN(now.values[slot]) ? 1 : (now.values[slot] ?? 0);
      const reason = absent === undefined ? undefined : ABSENCES[absent];
      if (reason) now.absent(slot, reason);
      else
        now.set(
          slot,
          Math.max(0, to ?? value * (1 + by) + floors * (LAYOUT.columns[slot]?.metric.floor ?? 0)),
        );
    }
    return now.clone();
  });
}

describe('DeltaFilter', () => {
  test('leaves out only what the last row stands for, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(tick, { minLength: 1, maxLength: 150 }), ticks => {
        const frames = play(ticks);
        assertHeld(frames, rowsOf(frames));
      }),
      { numRuns: 400 },
    );
  });

  test('leaves out only what the last row stands for, in recordings of a real machine', () => {
    for (const name of TRACES) {
      const frames = loadTrace(name);
      const rows = rowsOf(frames);
      assert.ok(frames.length >= 30, name);
      assertHeld(frames, rows);
      // A row a minute, at one sample a second.
      const leftOut = rows
        .map(isRow => (isRow ? ' ' : '-'))
        .join('')
        .split(' ');
      assert.ok(Math.max(...leftOut.map(run => run.length)) <= 60, name);
      assert.ok(rows.includes(false), `${name}: it leaves out something`);
    }
  });

  test('a row a minute where nothing changes, and never more than a minute apart', () => {
    const frames = Array.from({ length: 601 }, (_, second) => frameOf({ total_utilization: 3 }, second));
    const rows = rowsOf(frames);
    // The second row is there because a counter has no rate before.
    assert.deepEqual(
      rows.flatMap((isRow, second) => (isRow ? [second] : [])),
      [0, 1, 61, 121, 181, 241, 301, 361, 421, 481, 541, 601].slice(0, -1),
    );
    const slow = Array.from({ length: 100 }, (_, n) => frameOf({}, 7 * n));
    assert.ok(longestHold(slow, rowsOf(slow)) <= 60_000);
    const slower = Array.from({ length: 5 }, (_, n) => frameOf({}, 300 * n));
    assert.deepEqual(rowsOf(slower), [true, true, true, true, true]);
  });

  test('a true change is a row in the second in which it comes', () => {
    for (const [column, from, to] of [
      ['total_utilization', 3, 40],
      ['gpu0_utilization', 0, 5],
      ['gpu0_performance_state', 8, 7],
      ['gpu0_throttle_reasons', 1000, 1001],
      ['gpu0_compute_processes', 0, 1],
      ['ram_used_mb', 4000, 4200],
      ['net_send_rate_mbps', 0, 1],
    ] as const) {
      const frames = [0, 1, 2, 3, 4, 5].map(second => frameOf({ [column]: second < 5 ? from : to }, second));
      assert.deepEqual(rowsOf(frames), [true, true, false, false, false, true], column);
    }
  });

  test('another class, a value that goes or comes, and another reason are rows', () => {
    const frames = Array.from({ length: 8 }, (_, second) => frameOf({}, second));
    const [, , , gone, other, , back, named] = frames as [
      Frame,
      Frame,
      Frame,
      Frame,
      Frame,
      Frame,
      Frame,
      Frame,
    ];
    const temperature = slotOf('gpu0_temperature');
    gone.absent(temperature, 'asleep');
    other.absent(temperature, 'failed');
    frames[5]?.absent(temperature, 'failed');
    back.set(temperature, 0);
    named.category = 'gaming';
    assert.deepEqual(rowsOf(frames), [true, true, false, true, true, false, true, true]);
  });

  test('noise about the edge of a band is one row and not one a second', () => {
    const noisy = Array.from({ length: 50 }, (_, second) =>
      frameOf({ total_utilization: second < 2 ? 10 : second % 2 === 0 ? 12.9 : 13.1 }, second),
    );
    const rows = rowsOf(noisy).flatMap((isRow, second) => (isRow ? [second] : []));
    assert.deepEqual(rows, [0, 1, 3], 'the band is then about 13.1');
  });

  test('a counter is held at the rate between its last two rows', () => {
    const frames = (rates: readonly number[]): Frame[] => {
      let count = 1e9;
      return rates.map((rate, second) => frameOf({ context_switches: (count += rate) }, second));
    };
    // A rate of 10,000 may be 5,000 more or less; one of 100 may be 1,000 more.
    assert.deepEqual(rowsOf(frames([0, 10_000, 14_000, 9_000, 6_000])), [true, true, false, false, false]);
    assert.deepEqual(rowsOf(frames([0, 10_000, 16_000])), [true, true, true]);
    assert.deepEqual(rowsOf(frames([0, 10_000, 4_000])), [true, true, true]);
    assert.deepEqual(rowsOf(frames([0, 100, 1_000, 0, 2_000])), [true, true, false, false, false]);
    // The mean since the row counts: 1,900 a second for two seconds is too much, once is not.
    assert.deepEqual(rowsOf(frames([0, 100, 1_050, 1_200])), [true, true, false, true]);
    // A reset is a row, and the rate after it is another.
    assert.deepEqual(rowsOf(frames([0, 100, 100, -1e9, 100, 100])), [true, true, false, true, true, false]);
  });

  test('a threshold of 0 leaves the floors, and one of 100 leaves no more out than half and twice the value', () => {
    const steps = [1000, 1000, 1063, 1065].map((ram, second) => frameOf({ ram_used_mb: ram }, second));
    assert.deepEqual(rowsOf(steps, 0), [true, true, false, true]);
    const wide = [1000, 1000, 1999, 10, 2001].map((ram, second) => frameOf({ ram_used_mb: ram }, second));
    assert.deepEqual(rowsOf(wide, 100), [true, true, false, false, true]);
  });

  test('after a reset the next frame is a row', () => {
    const filter = new DeltaFilter(THRESHOLD);
    const frames = [0, 1, 2, 3, 4, 5].map(second => frameOf({}, second));
    const rows = frames.map((frame, index) => {
      if (index === 3) filter.reset();
      return filter.admits(frame);
    });
    assert.deepEqual(rows, [true, true, false, true, true, false]);
  });

  test('every column of the table has a band that its own noise floor can be read from', () => {
    const layout: Layout = buildLayout({ core: 1, gpu: 1, disk: 1 });
    for (const { metric } of layout.columns) {
      assert.ok(Number.isFinite(metric.floor) && metric.floor >= 0, metric.name);
      // A floor below what the column can show would be none.
      if (metric.unit !== 'bit mask') assert.ok(metric.floor >= 10 ** -metric.decimals, metric.name);
    }
  });
});
