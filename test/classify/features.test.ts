import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { computeFeatures, FEATURES } from '../../src/classify/features.ts';
import { History } from '../../src/classify/history.ts';
import { AT, type Signal, SIGNALS } from '../../src/classify/signals.ts';
import { Windows } from '../../src/classify/windows.ts';

/** A history of these values, a sample each `seconds`. */
function historyOf(series: Partial<Record<Signal, readonly number[]>>, seconds = 1): History {
  const history = new History();
  const length = Math.max(...Object.values(series).map(values => values.length));
  for (let at = 0; at < length; at++) {
    const signals = new Float64Array(SIGNALS.length).fill(Number.NaN);
    for (const [name, values] of Object.entries(series))
      signals[AT[name as Signal]] = values[at] ?? Number.NaN;
    history.add(signals, seconds);
  }
  return history;
}

function featuresOf(history: History): Record<string, number> {
  const windows = new Windows(history);
  windows.update();
  const out = new Float64Array(FEATURES.length);
  computeFeatures(windows, out);
  return Object.fromEntries(FEATURES.map(({ id }, at) => [id, out[at] ?? 0]));
}

function close(actual: number | undefined, expected: number): void {
  assert.ok(
    Math.abs((actual ?? Number.NaN) - expected) < 1e-9,
    `${String(actual)} is not ${String(expected)}`,
  );
}

describe('features', () => {
  test('have values worked out by hand', () => {
    // A minute at 0.2, then ten seconds at 0.8: the window of 60 s has 50 s of 0.2.
    const cpu = [...new Array<number>(60).fill(0.2), ...new Array<number>(10).fill(0.8)];
    const found = featuresOf(historyOf({ cpu }));
    close(found['cpu.level10'], 0.8);
    close(found['cpu.level60'], (50 * 0.2 + 10 * 0.8) / 60);
    // √(mean of squares − square of the mean) of 5/6 at 0.2 and 1/6 at 0.8 is 0.6·√(5/36).
    close(found['cpu.spread60'], 0.6 * Math.sqrt(5 / 36));
    close(found['cpu.low60'], 0.2);
    close(found['cpu.high60'], 0.8);
    close(found['cpu.relativeSpread60'], (0.6 * Math.sqrt(5 / 36)) / (0.3 + 0.01));
  });

  test('see a period, and white noise without one', () => {
    const square = Array.from({ length: 60 }, (_, at) => (at % 10 < 5 ? 0.9 : 0.1));
    assert.ok((featuresOf(historyOf({ gpu: square }))['gpu.repetition60'] ?? 0) > 0.9);
    let state = 1;
    const noise = Array.from({ length: 60 }, () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    });
    const found = featuresOf(historyOf({ gpu: noise }));
    assert.ok((found['gpu.repetition60'] ?? 1) < 0.5);
    assert.ok((found['gpu.persistence60'] ?? 1) < 0.4);
  });

  test('of memory, network and disk', () => {
    const found = featuresOf(
      historyOf({
        vramGb: [...new Array<number>(30).fill(4), ...new Array<number>(30).fill(5)],
        gpu: new Array<number>(60).fill(0.5),
        gpuMemory: new Array<number>(60).fill(0.2),
        netSend: new Array<number>(60).fill(0.09),
        netReceive: new Array<number>(60).fill(0.99),
        diskRead: new Array<number>(60).fill(30),
        diskWrite: new Array<number>(60).fill(10),
        diskReads: new Array<number>(60).fill(300),
      }),
    );
    close(found['vram.change60'], 1 / 4.6);
    close(found['vram.growth60'], 1 / 4.6);
    close(found['gpuMemory.ratio60'], 0.4);
    close(found['netSend.level60'], -1);
    close(found['netReceive.level60'], 0);
    close(found['net.receiveShare60'], 0.99 / 1.08);
    close(found['netReceive.busy60'], 1);
    close(found['disk.writeShare60'], 0.25);
    close(found['disk.readSize'], Math.log10(100.1));
  });

  test('are missing where one of their signals is', () => {
    const found = featuresOf(historyOf({ cpu: new Array<number>(60).fill(0.3) }));
    for (const { id, signals } of FEATURES) {
      if (signals.some(signal => signal !== 'cpu')) assert.ok(Number.isNaN(found[id]), id);
    }
    assert.ok(!Number.isNaN(found['cpu.level60']));
  });

  test('of levels are the same whatever the interval', () => {
    for (const seconds of [0.1, 1, 5, 30, 60]) {
      const found = featuresOf(
        historyOf({ cpu: new Array<number>(Math.ceil(120 / seconds)).fill(0.4) }, seconds),
      );
      close(found['cpu.level10'], 0.4);
      close(found['cpu.level60'], 0.4);
      close(found['cpu.low60'], 0.4);
    }
  });

  test('of bursts are the same at ten samples a second as at one', () => {
    const slow = Array.from({ length: 60 }, (_, at) => (at % 10 < 3 ? 1 : 0));
    const fast = slow.flatMap(value => new Array<number>(10).fill(value));
    const one = featuresOf(historyOf({ cpu: slow }));
    const ten = featuresOf(historyOf({ cpu: fast }, 0.1));
    for (const id of ['cpu.spread60', 'cpu.level60', 'cpu.level10'])
      assert.ok(Math.abs((one[id] ?? 0) - (ten[id] ?? 0)) < 0.06, id);
  });

  test('have ascending knots and names of their own', () => {
    assert.equal(new Set(FEATURES.map(({ id }) => id)).size, FEATURES.length);
    for (const { id, knots } of FEATURES)
      knots.forEach((knot, at) => assert.ok(at === 0 || knot > (knots[at - 1] ?? 0), id));
  });
});

describe('the history', () => {
  test('keeps five minutes, and what is left after a change', () => {
    const history = historyOf({ cpu: Array.from({ length: 2000 }, (_, at) => at / 2000) });
    assert.equal(history.stepsIn(60), 60);
    assert.equal(history.stepsIn(300), 300);
    assert.equal(history.series[AT.cpu]?.[history.end - 1], 1999 / 2000);
    assert.equal(history.series[AT.cpu]?.[history.end - 300], 1700 / 2000);
    history.startAt(12);
    assert.equal(history.stepsIn(300), 12);
    history.clear();
    assert.equal(history.stepsIn(300), 0);
  });

  test('of rare samples has at least the latest', () => {
    const history = historyOf({ cpu: [0.1, 0.9] }, 60);
    assert.equal(history.stepsIn(10), 1);
    assert.equal(history.stepsIn(300), 2);
  });
});
