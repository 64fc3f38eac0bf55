import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { SilenceWatch } from '../../src/client/silence-watch.ts';

/** A watch with a clock of its own. */
class Bench {
  readonly watch: SilenceWatch;
  alarms = 0;
  /** How often the process was woken up. */
  checks = 0;
  #nowMs = 1_000;
  #timer: { readonly check: () => void; readonly dueMs: number } | undefined;

  constructor(t: TestContext) {
    t.mock.method(performance, 'now', () => this.#nowMs);
    t.mock.method(globalThis, 'setTimeout', (check: () => void, ms: number) => {
      assert.equal(this.#timer, undefined);
      this.#timer = { check, dueMs: this.#nowMs + ms };
      return { unref: () => undefined };
    });
    t.mock.method(globalThis, 'clearTimeout', () => {
      this.#timer = undefined;
    });
    this.watch = new SilenceWatch(() => this.alarms++);
  }

  /** Time passes, and this process runs on time. */
  pass(ms: number): void {
    const end = this.#nowMs + ms;
    while (this.#timer && this.#timer.dueMs <= end) {
      const { check, dueMs } = this.#timer;
      this.#nowMs = Math.max(this.#nowMs, dueMs);
      this.#timer = undefined;
      this.checks++;
      check();
    }
    this.#nowMs = end;
  }

  /** Time passes without this process running; then its timer fires, once. */
  stall(ms: number): void {
    this.#nowMs += ms;
  }
}

describe('SilenceWatch', () => {
  test('notices a silence that is longer than allowed, once', t => {
    const bench = new Bench(t);
    bench.watch.start(2_000);
    bench.pass(1_950);
    assert.equal(bench.alarms, 0);
    bench.pass(300);
    assert.equal(bench.alarms, 1);
    bench.pass(60_000);
    assert.equal(bench.alarms, 1);
  });

  test('is content while something is said in time', t => {
    const bench = new Bench(t);
    bench.watch.start(2_000);
    for (let i = 0; i < 20; i++) {
      bench.pass(1_700);
      bench.watch.heard();
    }
    assert.equal(bench.alarms, 0);
    bench.pass(2_300);
    assert.equal(bench.alarms, 1);
  });

  test('wakes the process no more often than something is said', t => {
    const bench = new Bench(t);
    bench.watch.start(3_000);
    bench.pass(500);
    for (let second = 0; second < 600; second++) {
      bench.watch.heard(2_000);
      bench.pass(1_000 + (second % 7) - 3);
    }
    assert.equal(bench.alarms, 0);
    assert.ok(bench.checks <= 601, `${String(bench.checks)} checks`);
  });

  test('a silence counts from when something was said last, however the checks fall', t => {
    for (let said = 0; said <= 2_000; said += 50) {
      const bench = new Bench(t);
      bench.watch.start(2_000);
      bench.pass(said);
      bench.watch.heard();
      bench.pass(1_999);
      assert.equal(bench.alarms, 0, `too early after ${String(said)} ms`);
      bench.pass(301);
      assert.equal(bench.alarms, 1, `too late after ${String(said)} ms`);
      t.mock.restoreAll();
    }
  });

  test('allows what was allowed last', t => {
    const bench = new Bench(t);
    bench.watch.start(2_000);
    bench.watch.heard(60_000);
    bench.pass(59_500);
    assert.equal(bench.alarms, 0);
    bench.watch.heard(500);
    bench.pass(800);
    assert.equal(bench.alarms, 1);
  });

  test('does not count time in which this process itself stood still', t => {
    const bench = new Bench(t);
    bench.watch.start(2_000);
    for (let i = 0; i < 2; i++) {
      bench.stall(3_600_000);
      bench.pass(250);
      assert.equal(bench.alarms, 0, 'what was said meanwhile waits to be read');
    }
    bench.watch.heard();
    bench.stall(86_400_000);
    bench.pass(1_000);
    assert.equal(bench.alarms, 0);
    bench.pass(750);
    assert.equal(bench.alarms, 1, 'but a silence after it counts');
  });

  test('stops, and starts over', t => {
    const bench = new Bench(t);
    bench.watch.start(2_000);
    bench.pass(1_900);
    bench.watch.stop();
    bench.pass(60_000);
    assert.equal(bench.alarms, 0);
    bench.watch.start(2_000);
    bench.pass(1_900);
    bench.watch.start(2_000);
    bench.pass(1_900);
    assert.equal(bench.alarms, 0);
    bench.pass(400);
    assert.equal(bench.alarms, 1);
  });
});

test('SilenceWatch does not keep a process alive', t => {
  const watch = new SilenceWatch(() => undefined);
  t.after(() => {
    watch.stop();
  });
  const timers = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
  const before = timers();
  watch.start(1_000);
  assert.equal(timers(), before);
});
