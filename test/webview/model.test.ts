import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chartsFor, columnsDrawn } from '../../webview/charts/all.ts';
import type { ChartDefinition } from '../../webview/charts/definition.ts';
import { Model } from '../../webview/model.ts';
import { quantile } from '../../webview/quantile.ts';
import { START_MS, SyntheticMachine, type SyntheticOptions } from './support/synthetic.ts';

function modelOf(
  options: SyntheticOptions,
  showCores = false,
): { machine: SyntheticMachine; model: Model; charts: ChartDefinition[] } {
  const machine = new SyntheticMachine(options);
  const model = new Model();
  const charts = apply(model, machine, showCores);
  return { machine, model, charts };
}

function apply(model: Model, machine: SyntheticMachine, showCores = false): ChartDefinition[] {
  model.setLayout(machine.layout);
  assert.ok(model.layout);
  const charts = chartsFor(model.layout, model.gpus, { showCores });
  model.setCharts(charts);
  return charts;
}

function past(model: Model, id: string): [number, number][] {
  const { ring } = model;
  return Array.from({ length: ring.size }, (_, row) => [
    (ring.time(row) - START_MS) / 1000,
    ring.value(ring.indexOf(id), row),
  ]);
}

describe('Model', () => {
  test('reads values and the reasons for missing ones', () => {
    const { machine, model } = modelOf({
      absent: {
        temperature: 'unsupported',
        gpu0_utilization: 'asleep',
        power_watts: 'denied',
        ram_percent: 'failed',
      },
    });
    model.addFrame(machine.frame(5));
    assert.equal(model.reading('total_utilization'), undefined);
    model.showLatest();
    assert.equal(model.reading('total_utilization'), machine.value('total_utilization', 5));
    assert.equal(model.reading('temperature'), 'unsupported');
    assert.equal(model.reading('gpu0_utilization'), 'asleep');
    assert.equal(model.reading('power_watts'), 'denied');
    assert.equal(model.reading('ram_percent'), 'failed');
    assert.equal(model.reading('no_such_column'), undefined);
  });

  test('shows the readings of before until told otherwise, and keeps the new ones', () => {
    const { machine, model } = modelOf({});
    model.addFrame(machine.frame(1));
    model.showLatest();
    model.addFrame(machine.frame(2));
    assert.equal(model.reading('total_utilization'), machine.value('total_utilization', 1));
    assert.equal(past(model, 'total_utilization').length, 2);
  });

  test('frames and history make one past, whichever comes first', () => {
    const { machine, model, charts } = modelOf({});
    for (let tick = 28; tick <= 33; tick++) model.addFrame(machine.frame(tick));
    model.addHistory(machine.history(0, 30, columnsDrawn(charts)));
    model.addFrame(machine.frame(34));
    const expected = Array.from({ length: 35 }, (_, tick) => [
      tick,
      machine.value('total_utilization', tick),
    ]);
    assert.deepEqual(past(model, 'total_utilization'), expected);
  });

  test('missing values of history are gaps', () => {
    const { machine, model, charts } = modelOf({ absent: { ram_percent: 'failed' } });
    model.addHistory(machine.history(0, 3, columnsDrawn(charts)));
    assert.ok(past(model, 'ram_percent').every(([, value]) => Number.isNaN(value)));
    assert.ok(!model.hasPast('ram_percent'));
    assert.ok(model.hasPast('total_utilization'));
  });

  test('a new layout keeps the past of the series that stay', () => {
    const { machine, model } = modelOf({ gpus: 1, cores: 4 });
    for (let tick = 0; tick < 5; tick++) model.addFrame(machine.frame(tick));
    const plugged = new SyntheticMachine({ gpus: 2, cores: 4 });
    // A frame of the old layout that comes late does not fit and is dropped.
    apply(model, plugged);
    model.addFrame(machine.frame(5));
    for (let tick = 6; tick < 8; tick++) model.addFrame(plugged.frame(tick));
    assert.deepEqual(
      past(model, 'gpu0_utilization').map(([tick]) => tick),
      [0, 1, 2, 3, 4, 6, 7],
    );
    assert.deepEqual(
      past(model, 'gpu0_utilization').map(([, value]) => value),
      [0, 1, 2, 3, 4, 6, 7].map(tick => machine.value('gpu0_utilization', tick)),
    );
    assert.deepEqual(
      past(model, 'gpu1_utilization').map(([, value]) => Number.isNaN(value)),
      [true, true, true, true, true, false, false],
    );
  });

  test('columns that this version does not know shift nothing', () => {
    const machine = new SyntheticMachine({});
    const model = new Model();
    const frame = machine.frame(3);
    model.setLayout({ ...machine.layout, columns: ['from_the_future', ...machine.layout.columns] });
    model.addFrame({ ...frame, values: [null, ...frame.values], absent: `u${frame.absent}` });
    model.showLatest();
    assert.equal(model.reading('total_utilization'), machine.value('total_utilization', 3));
  });

  test('many cores: quantiles of what there is, from frames and from history', () => {
    const { machine, model, charts } = modelOf({ cores: 40, absent: { core_7_utilization: 'failed' } }, true);
    const sortedAt = (tick: number): number[] =>
      Array.from({ length: 40 }, (_, core) => machine.value(`core_${String(core)}_utilization`, tick))
        .filter(value => value !== null)
        .sort((a, b) => a - b);
    model.addHistory(machine.history(0, 9, columnsDrawn(charts)));
    model.addFrame(machine.frame(10));
    model.showLatest();
    for (const { id, quantile: share } of charts[0]?.quantiles ?? assert.fail()) {
      assert.deepEqual(
        past(model, id).map(([tick, value]) => [tick, value]),
        Array.from({ length: 11 }, (_, tick) => [tick, quantile(sortedAt(tick), share)]),
      );
      assert.equal(model.reading(id), quantile(sortedAt(10), share));
    }
  });

  test('many cores without a value: the reason of the first', () => {
    const absent = Object.fromEntries(
      Array.from({ length: 20 }, (_, core) => [`core_${String(core)}_utilization`, 'denied' as const]),
    );
    const { machine, model } = modelOf({ cores: 20, absent }, true);
    model.addFrame(machine.frame(0));
    model.showLatest();
    assert.equal(model.reading('cores.busiest'), 'denied');
  });
});

test('quantile interpolates between neighbours', () => {
  assert.equal(quantile([1, 2, 3, 4], 0), 1);
  assert.equal(quantile([1, 2, 3, 4], 1), 4);
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
  assert.equal(quantile([10], 0.25), 10);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});
