import assert from 'node:assert/strict';
import { describe, mock, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { delayToFirstTick, delayToNextTick, TickLoop } from '../../src/sampler/tick-loop.ts';

/** Intervals that can be configured: the ends of the range, fractions, and some that divide no minute. */
const INTERVALS_MS = [0.1, 0.3, 0.7, 1, 1.1, 1.5, 2, 7, 59.9, 60, 900, 3599, 3600].map(
  seconds => seconds * 1000,
);

const interval = fc.constantFrom(...INTERVALS_MS);
const wall = fc.oneof(
  fc.integer({ min: 0, max: 4_102_444_800_000 }),
  fc.integer({ min: -100_000, max: 100_000 }),
);

/** How far a moment is from a whole multiple of the interval, in milliseconds. */
function offGrid(wallMs: number, intervalMs: number): number {
  const phase = Math.abs(wallMs) % intervalMs;
  return Math.min(phase, intervalMs - phase);
}

describe('delayToNextTick', () => {
  test('leads to the next multiple of the interval that is at least half an interval after the last tick', () => {
    fc.assert(
      fc.property(wall, fc.double({ min: 0, max: 2, noNaN: true }), interval, (wallMs, share, intervalMs) => {
        const sinceLastMs = share * intervalMs;
        const delay = delayToNextTick(wallMs, sinceLastMs, intervalMs);
        assert.ok(delay > 0 && delay <= 1.5 * intervalMs, String(delay));
        assert.ok(offGrid(wallMs + delay, intervalMs) < 0.001);
        assert.ok(sinceLastMs + delay >= intervalMs / 2);
        const earlier = delay - intervalMs;
        assert.ok(earlier <= 0 || sinceLastMs + earlier < intervalMs / 2, 'none was left out');
      }),
      { numRuns: 3_000 },
    );
  });

  test('skips the boundary that a timer fired just before', () => {
    assert.equal(delayToNextTick(999, 0, 1000), 1001);
    assert.equal(delayToNextTick(1000, 0, 1000), 1000);
    assert.equal(delayToNextTick(1001, 0, 1000), 999);
    assert.equal(delayToNextTick(1499, 0, 1000), 501);
    assert.equal(delayToNextTick(1501, 0, 1000), 1499);
    assert.equal(delayToNextTick(1501, 1, 1000), 499);
  });
});

describe('delayToFirstTick', () => {
  test('leads to a whole second, or interval when shorter, soon and with time to measure over', () => {
    fc.assert(
      fc.property(wall, interval, (wallMs, intervalMs) => {
        const grid = Math.min(1000, intervalMs);
        const delay = delayToFirstTick(wallMs, intervalMs);
        assert.ok(delay >= Math.min(200, grid / 2), String(delay));
        assert.ok(delay <= 2 * grid + Math.min(200, grid / 2), String(delay));
        if (wallMs >= 0) assert.ok(delay <= grid + 200, String(delay));
        assert.ok(offGrid(wallMs + delay, grid) < 0.001);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** The process's clocks and timers, moved by hand. Timers fire when the time is made to pass, as late as it passes. */
class Clock {
  monotonicMs = 5_000;
  wallMs: number;
  #timers: { readonly id: object; readonly at: number; readonly fire: () => void }[] = [];

  constructor(t: Pick<TestContext, 'after'>, wallMs: number) {
    this.wallMs = wallMs;
    const mocks = [
      mock.method(performance, 'now', () => this.monotonicMs),
      mock.method(Date, 'now', () => Math.floor(this.wallMs)),
      mock.method(globalThis, 'setTimeout', (fire: () => void, delay: number) => {
        const id = {};
        this.#timers.push({ id, at: this.monotonicMs + Math.max(1, Math.trunc(delay)), fire });
        return id;
      }),
      mock.method(globalThis, 'clearTimeout', (id: unknown) => {
        this.#timers = this.#timers.filter(timer => timer.id !== id);
      }),
    ];
    t.after(() => {
      for (const { mock: installed } of mocks) installed.restore();
    });
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Time passes with nothing running: a stall, or with `isSuspended` a suspend, which the monotonic clock leaves out. */
  pass(ms: number, { isSuspended = false } = {}): void {
    this.wallMs += ms;
    if (!isSuspended) this.monotonicMs += ms;
  }

  /** Runs the timers of the next `ms`, each at its time and `latenessMs` (which may be −1: Node’s can be early). */
  run(ms: number, latenessMs: () => number = () => 0): void {
    const end = this.monotonicMs + ms;
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#timers = this.#timers.filter(timer => timer !== next);
      this.pass(Math.max(0, next.at + latenessMs() - this.monotonicMs));
      next.fire();
    }
    this.pass(Math.max(0, end - this.monotonicMs));
  }
}

interface Tick {
  readonly monotonicMs: number;
  readonly wallMs: number;
  readonly elapsed: number;
}

/** A loop that notes its ticks. */
function recordingLoop(clock: Clock, intervalMs: number): { loop: TickLoop; ticks: Tick[] } {
  const ticks: Tick[] = [];
  const loop = new TickLoop(intervalMs, elapsed => {
    ticks.push({ monotonicMs: clock.monotonicMs, wallMs: clock.wallMs, elapsed });
  });
  return { loop, ticks };
}

const START = Date.UTC(2024, 1, 29, 12, 0, 0, 250);

describe('TickLoop', () => {
  test('ticks on whole multiples of the interval, each once', t => {
    for (const intervalMs of INTERVALS_MS) {
      const clock = new Clock(t, START);
      const { loop, ticks } = recordingLoop(clock, intervalMs);
      loop.start();
      clock.run(10 * intervalMs + 1_200);
      loop.stop();
      for (const tick of ticks.slice(1)) assert.ok(offGrid(tick.wallMs, intervalMs) < 2, String(intervalMs));
      const [first] = ticks;
      assert.ok(first && first.monotonicMs - 5_000 <= 1_200, 'the first comes soon');
      assert.ok(ticks.length >= 10, `${String(ticks.length)} ticks of ${String(intervalMs)} ms`);
      mock.restoreAll();
    }
  });

  test('tells the time since the tick before, on the monotonic clock', t => {
    const clock = new Clock(t, START);
    const { loop, ticks } = recordingLoop(clock, 1000);
    loop.start();
    clock.run(3_000);
    clock.pass(86_400_000, { isSuspended: true });
    clock.run(3_000);
    loop.stop();
    let last = 5_000;
    for (const tick of ticks) {
      assert.equal(tick.elapsed, (tick.monotonicMs - last) / 1000);
      last = tick.monotonicMs;
    }
    assert.equal(ticks[0]?.elapsed, 0.75);
    assert.ok(ticks.every(tick => tick.elapsed <= 1.5));
  });

  test('makes up nothing after a stall of any length', t => {
    for (const stallMs of [1, 499, 500, 501, 999, 1000, 1001, 60_000, 86_400_000]) {
      const clock = new Clock(t, START);
      const { loop, ticks } = recordingLoop(clock, 1000);
      loop.start();
      clock.run(2_000);
      clock.pass(stallMs);
      const before = ticks.length;
      clock.run(2_900);
      loop.stop();
      const after = ticks.length - before;
      assert.ok(after >= 2 && after <= 4, `${String(after)} ticks in 2.9 s after ${String(stallMs)} ms`);
      mock.restoreAll();
    }
  });

  test('never ticks twice within half an interval, nor misses two, whatever happens to the clock', t => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('run' as const), share: fc.double({ min: 0, max: 5, noNaN: true }) }),
      fc.record({ kind: fc.constant('stall' as const), share: fc.double({ min: 0, max: 9, noNaN: true }) }),
      fc.record({
        kind: fc.constant('suspend' as const),
        share: fc.double({ min: 0, max: 1e5, noNaN: true }),
      }),
      fc.record({
        kind: fc.constant('set' as const),
        share: fc.double({ min: -1e5, max: 1e5, noNaN: true }),
      }),
    );
    const lateness = fc.infiniteStream(fc.constantFrom(-1, -0.5, 0, 0, 0.4, 1, 5));
    fc.assert(
      fc.property(
        interval,
        fc.integer({ min: 0, max: 5_000_000 }),
        fc.array(event, { maxLength: 12 }),
        lateness,
        (intervalMs, offset, events, late) => {
          const clock = new Clock(t, START + offset);
          const { loop, ticks } = recordingLoop(clock, intervalMs);
          loop.start();
          // Stalls with no timer run between them are one long one.
          let stallMs = 0;
          let longestStallMs = 0;
          for (const { kind, share } of events) {
            if (kind === 'run') clock.run(share * intervalMs, () => late.next().value as number);
            else if (kind === 'set') clock.wallMs += share * intervalMs;
            else clock.pass(share * intervalMs, { isSuspended: kind === 'suspend' });
            if (kind === 'run') stallMs = 0;
            if (kind === 'stall') stallMs += share * intervalMs;
            longestStallMs = Math.max(longestStallMs, stallMs);
            assert.equal(clock.pending, 1);
          }
          loop.stop();
          mock.restoreAll();
          assert.equal(clock.pending, 0);
          for (const { elapsed } of ticks.slice(1)) {
            // A timer may be early by a millisecond, and its delay is cut to a whole one.
            assert.ok(elapsed * 1000 >= intervalMs / 2 - 2, `${String(elapsed)} s`);
            // What a client waits before it takes the sampler for hung is two intervals, at least 2 s.
            assert.ok(elapsed * 1000 <= 1.5 * intervalMs + longestStallMs + 6, `${String(elapsed)} s`);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('takes up a new interval at once', t => {
    const clock = new Clock(t, START);
    const { loop, ticks } = recordingLoop(clock, 3_600_000);
    loop.start();
    clock.run(10_000);
    assert.equal(ticks.length, 1);
    loop.intervalMs = 1_000;
    assert.equal(loop.intervalMs, 1_000);
    clock.run(5_000);
    assert.equal(ticks.length, 6);
    loop.intervalMs = 100;
    clock.run(1_000);
    assert.ok(ticks.length >= 14, String(ticks.length));
    loop.stop();
  });

  test('an interval that stays, or is set before the start, moves nothing', t => {
    const clock = new Clock(t, START);
    const { loop, ticks } = recordingLoop(clock, 500);
    loop.intervalMs = 1_000;
    assert.equal(clock.pending, 0);
    loop.start();
    for (let i = 0; i < 10; i++) {
      clock.run(100);
      loop.intervalMs = 1_000;
    }
    assert.equal(ticks.length, 1);
    loop.stop();
    loop.intervalMs = 2_000;
    assert.equal(clock.pending, 0, 'nor after its end');
  });

  test('goes on after a tick that threw', t => {
    const clock = new Clock(t, START);
    let ticks = 0;
    const loop = new TickLoop(1000, () => {
      ticks++;
      throw new Error('a bug');
    });
    loop.start();
    for (let i = 0; i < 3; i++) {
      assert.throws(() => {
        clock.run(1_000);
      }, /a bug/);
    }
    assert.equal(ticks, 3);
    loop.stop();
  });

  test('may be stopped from its own tick', t => {
    const clock = new Clock(t, START);
    const loop = new TickLoop(1000, () => {
      loop.stop();
    });
    loop.start();
    clock.run(5_000);
    assert.equal(clock.pending, 0);
  });
});
