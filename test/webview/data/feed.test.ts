import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WebviewMessage } from '../../../src/common/dashboard.ts';
import { Feed } from '../../../webview/data/feed.ts';
import { Model } from '../../../webview/data/model.ts';
import { DAY_MS, HOUR_MS } from '../../../webview/time/span.ts';
import { TimeView } from '../../../webview/time/time-view.ts';
import { START_MS, SyntheticMachine } from '../support/synthetic.ts';

const LAST = 5_000;
const COLUMNS = ['total_utilization', 'ram_percent'];
type RangeMessage = Extract<WebviewMessage, { type: 'range' }>;

interface Bench {
  readonly machine: SyntheticMachine;
  readonly view: TimeView;
  readonly feed: Feed;
  readonly ranges: () => RangeMessage[];
  readonly cancelled: () => number[];
  /** Answers the latest request. */
  readonly answer: (missing?: (tick: number) => boolean) => RangeMessage;
}

/** A feed that is connected and has got its last minutes. */
function bench(): Bench {
  const machine = new SyntheticMachine({ cores: 1, gpus: 0 });
  const view = new TimeView(START_MS + LAST * 1000);
  const model = new Model();
  const posted: WebviewMessage[] = [];
  const feed = new Feed(model, view, message => posted.push(message), {
    onData: () => undefined,
    onLoading: () => undefined,
  });
  model.setLayout(machine.layout);
  feed.setSeries(COLUMNS, []);
  feed.setConnected(true);
  const ranges = (): RangeMessage[] => posted.filter(message => message.type === 'range');
  const answer = (missing?: (tick: number) => boolean): RangeMessage => {
    const asked = ranges().at(-1) ?? assert.fail('nothing was asked for');
    const { chunk, result } = machine.range(asked, LAST, missing);
    feed.receive({ type: 'rangeChunk', request: asked.request, chunk });
    feed.receive({ type: 'rangeDone', request: asked.request, result });
    return asked;
  };
  answer();
  return {
    machine,
    view,
    feed,
    ranges,
    cancelled: () => posted.flatMap(message => (message.type === 'cancelRange' ? message.request : [])),
    answer,
  };
}

/** Waits until the feed has asked for `count` ranges. */
async function asked({ ranges }: Bench, count: number): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (ranges().length < count) {
    assert.ok(Date.now() < deadline, `${String(ranges().length)} ranges were asked for`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

describe('Feed', () => {
  test('the last minutes are samples, asked for once for all live spans', () => {
    const { feed, view, ranges, machine } = bench();
    const data = feed.shown();
    assert.equal(data.stepMs, 0);
    assert.equal(data.mean('ram_percent').at(-1), machine.value('ram_percent', LAST - 1));
    view.choose('15m');
    assert.equal(feed.shown().stepMs, 0);
    assert.equal(ranges().length, 1);
  });

  test('a longer span is asked for, is shown as it comes, and goes on with the frames', async () => {
    const run = bench();
    const { feed, view, machine } = run;
    view.choose('24h');
    assert.equal(feed.shown().times.length, 0);
    assert.equal(feed.shown().isComplete, false, 'it is about to be asked for');
    await asked(run, 2);
    assert.ok(feed.loading);
    const request = run.answer();
    assert.equal(request.to - request.from, DAY_MS);
    assert.equal(feed.loading, undefined);
    assert.equal(feed.shown().isComplete, true);
    const { length } = feed.shown().times;
    assert.ok(length > 500 && length <= 1_001);
    for (let tick = LAST + 1; tick <= LAST + 100; tick++) feed.addFrame(machine.frame(tick));
    const data = feed.shown();
    // 100 seconds are more than one step of 87, and less than two.
    assert.ok(data.times.length > length && data.times.length <= length + 2, 'a step further');
    assert.ok(data.max('ram_percent') && data.min('ram_percent'));
    assert.equal(run.ranges().length, 2, 'and nothing was asked for again');
  });

  test('what is chosen is asked for at once, also when something is drawn before that', async () => {
    const { feed, view, ranges } = bench();
    view.choose('24h');
    feed.shown();
    // Timers of the same length end in their order: this one after the feed's.
    await new Promise(resolve => setTimeout(resolve, 0));
    assert.equal(ranges().length, 2);
  });

  test('what was read once is not asked for again; what has changed meanwhile is cancelled', async () => {
    const run = bench();
    const { feed, view } = run;
    view.choose('24h');
    await asked(run, 2);
    view.choose('7d');
    assert.deepEqual(run.cancelled(), [run.ranges()[1]?.request]);
    await asked(run, 3);
    run.answer();
    const span = { from: view.now - 3 * HOUR_MS, to: view.now - 2 * HOUR_MS };
    view.show(span);
    assert.ok(feed.shown().times.length > 0, 'the coarser points, until the finer ones have come');
    await asked(run, 4);
    run.answer();
    view.back();
    view.show(span);
    assert.ok(feed.shown().stepMs < 10_000);
    await new Promise(resolve => setTimeout(resolve, 400));
    assert.equal(run.ranges().length, 4);
  });

  test('after an interruption all that reaches to now is asked for anew', async () => {
    const run = bench();
    const { feed, view, machine } = run;
    view.choose('1h');
    await asked(run, 2);
    run.answer();
    feed.setConnected(false);
    for (let tick = LAST + 60; tick <= LAST + 70; tick++) feed.addFrame(machine.frame(tick));
    feed.setConnected(true);
    await asked(run, 4);
    const [minutes, hour] = run.ranges().slice(-2);
    assert.equal(minutes?.to, START_MS + (LAST + 70) * 1000);
    assert.equal((hour?.to ?? 0) - (hour?.from ?? 0), HOUR_MS);
  });

  test('what the user does not wait for is not asked for again, until something else is chosen', async () => {
    const run = bench();
    const { feed, view } = run;
    view.choose('30d');
    await asked(run, 2);
    feed.cancel();
    assert.deepEqual(run.cancelled(), [run.ranges()[1]?.request]);
    feed.shown();
    await new Promise(resolve => setTimeout(resolve, 400));
    assert.equal(run.ranges().length, 2);
    view.choose('7d');
    await asked(run, 3);
  });

  test('a range that cannot be read is told, and asked for again on request', async () => {
    const run = bench();
    const { feed, view } = run;
    view.choose('24h');
    await asked(run, 2);
    const request = run.ranges()[1]?.request ?? assert.fail();
    feed.receive({ type: 'rangeFailed', request, why: 'no permission' });
    assert.equal(feed.fault, 'no permission');
    assert.equal(feed.loading, undefined);
    feed.refresh();
    assert.equal(feed.fault, undefined);
    await asked(run, 4);
  });

  test('clocks that differ: the last minutes are those of the machine that is watched', () => {
    const run = bench();
    const { feed, machine } = run;
    feed.refresh();
    const before = run.ranges().length;
    feed.addFrame(machine.frame(LAST + 600));
    assert.equal(run.ranges().length, before + 1);
    assert.equal(run.ranges().at(-1)?.to, START_MS + (LAST + 600) * 1000);
  });
});
