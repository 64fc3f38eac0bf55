import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { WebviewMessage } from '../../../src/common/dashboard.ts';
import { Comparison } from '../../../webview/compare/comparison.ts';
import type { Span } from '../../../webview/time/span.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Noon of whoever runs the tests, on a day with no change of the clock near it. */
const NOON = new Date(2026, 0, 20, 12).getTime();
const SPAN: Span = { from: NOON - HOUR, to: NOON };

class Bench {
  readonly posted: WebviewMessage[] = [];
  draws = 0;
  states = 0;
  readonly comparison = new Comparison(message => this.posted.push(message), {
    onData: () => this.draws++,
    onState: () => this.states++,
  });

  constructor(t: TestContext) {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    this.comparison.setColumns(['total_utilization']);
    this.comparison.setConnected(true);
  }

  /** The last request. */
  get asked(): Extract<WebviewMessage, { type: 'range' }> {
    const message = this.posted.findLast(one => one.type === 'range');
    assert.ok(message);
    return message;
  }

  /** Answers it with the hour of the day, in points of a minute. */
  answer(): void {
    const { request, from, to, columns } = this.asked;
    const result = { columns, stepMs: 60_000, source: '1m' } as const;
    const times: number[] = [];
    for (let time = Math.floor(from / 60_000) * 60_000; time < to; time += 60_000) times.push(time);
    const mean = [times.map(time => new Date(time).getHours())];
    const categories = times.map(() => 'idle');
    const chunk = { head: result, times, categories, mean };
    this.comparison.receive({ type: 'rangeChunk', request, chunk });
    this.comparison.receive({ type: 'rangeDone', request, result });
  }
}

describe('the comparison with another day', () => {
  test('is of the same hours, at the times of what is shown, and of nothing until a day is chosen', t => {
    const bench = new Bench(t);
    assert.equal(bench.comparison.shown(SPAN), undefined);
    t.mock.timers.tick(1_000);
    assert.equal(bench.posted.length, 0);
    bench.comparison.choose(1);
    assert.equal(bench.comparison.shown(SPAN), undefined);
    t.mock.timers.tick(1_000);
    assert.equal(bench.asked.from, SPAN.from - DAY);
    // A view that moves on with now finds what follows there already.
    assert.ok(bench.asked.to > SPAN.to - DAY && bench.asked.to < SPAN.from);
    bench.answer();
    const under = bench.comparison.shown(SPAN);
    assert.ok(under);
    assert.equal(under.title, 'day before');
    assert.equal(under.times[0], SPAN.from);
    assert.deepEqual([...under.mean('total_utilization').slice(0, 60)], Array(60).fill(11));
    assert.equal(under.workload[0]?.from, SPAN.from);
    const later = { from: SPAN.from + 600_000, to: SPAN.to + 600_000 };
    assert.equal(bench.comparison.shown(later)?.revision, under.revision);
    t.mock.timers.tick(1_000);
    assert.equal(bench.posted.length, 1);
    bench.comparison.choose(7);
    bench.comparison.shown(SPAN);
    t.mock.timers.tick(1_000);
    assert.equal(bench.asked.from, SPAN.from - 7 * DAY);
    bench.answer();
    const week = bench.comparison.shown(SPAN);
    assert.equal(week?.title, 'week before');
    assert.notEqual(week.revision, under.revision);
  });

  test('asks once a view stands still, and cancels what is not wanted any more', t => {
    const bench = new Bench(t);
    bench.comparison.choose(1);
    for (let k = 0; k < 5; k++) {
      const length = HOUR + k * 60_000;
      bench.comparison.shown({ from: NOON - length, to: NOON });
      t.mock.timers.tick(100);
    }
    assert.equal(bench.posted.length, 0);
    t.mock.timers.tick(1_000);
    assert.equal(bench.posted.length, 1);
    assert.ok(bench.comparison.isLoading);
    bench.comparison.shown({ from: NOON - 9 * HOUR, to: NOON });
    assert.equal(bench.posted.at(-1)?.type, 'cancelRange');
    t.mock.timers.tick(1_000);
    bench.comparison.choose(undefined);
    assert.deepEqual(
      bench.posted.map(({ type }) => type),
      ['range', 'cancelRange', 'range', 'cancelRange'],
    );
    assert.equal(bench.comparison.shown(SPAN), undefined);
  });

  test('tells why the other day could not be read, and asks again when the sampler has come back', t => {
    const bench = new Bench(t);
    bench.comparison.choose(1);
    bench.comparison.shown(SPAN);
    t.mock.timers.tick(1_000);
    bench.comparison.receive({ type: 'rangeFailed', request: bench.asked.request, why: 'no log' });
    assert.equal(bench.comparison.fault, 'no log');
    bench.comparison.shown(SPAN);
    t.mock.timers.tick(1_000);
    assert.equal(bench.posted.length, 1);
    bench.comparison.setConnected(false);
    bench.comparison.shown(SPAN);
    t.mock.timers.tick(1_000);
    assert.equal(bench.posted.length, 1);
    bench.comparison.setConnected(true);
    bench.comparison.shown(SPAN);
    t.mock.timers.tick(1_000);
    assert.equal(bench.posted.length, 2);
    assert.equal(bench.comparison.fault, undefined);
  });
});
