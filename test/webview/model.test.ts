import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CoreChoice } from '../../src/common/arrangement.ts';
import { cardsFor, columnsDrawn } from '../../webview/charts/all.ts';
import type { QuantileDefinition } from '../../webview/charts/definition.ts';
import { Model } from '../../webview/data/model.ts';
import { quantile } from '../../webview/data/quantile.ts';
import { RangeSeries } from '../../webview/data/range-series.ts';
import { START_MS, SyntheticMachine, type SyntheticOptions } from './support/synthetic.ts';

interface Drawn {
  readonly columns: readonly string[];
  readonly quantiles: readonly QuantileDefinition[];
}

function modelOf(
  options: SyntheticOptions,
  cores: CoreChoice = 'none',
): { machine: SyntheticMachine; model: Model; drawn: Drawn } {
  const machine = new SyntheticMachine(options);
  const model = new Model();
  return { machine, model, drawn: apply(model, machine, cores) };
}

function apply(model: Model, machine: SyntheticMachine, cores: CoreChoice = 'none'): Drawn {
  model.setLayout(machine.layout);
  assert.ok(model.layout);
  const cards = cardsFor(model.layout, model.gpus, { cores });
  const drawn = {
    columns: [...new Set(cards.flatMap(columnsDrawn))],
    quantiles: cards.flatMap(({ quantiles }) => quantiles),
  };
  model.setSeries(drawn.columns, drawn.quantiles);
  return drawn;
}

/** The ticks up to `last`, as a sampler answers them. */
function pastOf(machine: SyntheticMachine, last: number, { columns, quantiles }: Drawn): RangeSeries {
  const wish = { from: START_MS, to: START_MS + (last + 1) * 1000, points: 1_000, columns };
  const series = new RangeSeries(wish, quantiles, false);
  const { chunk, result } = machine.range(wish, last);
  series.add(chunk);
  series.finish(result);
  return series;
}

function past(model: Model, id: string): [number, number][] {
  const { samples } = model;
  return Array.from({ length: samples.size }, (_, row) => [
    (samples.time(row) - START_MS) / 1000,
    samples.value(samples.indexOf(id), row),
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

  test('frames and the sampler’s past make one, whichever comes first', () => {
    const { machine, model, drawn } = modelOf({});
    for (let tick = 28; tick <= 33; tick++) model.addFrame(machine.frame(tick));
    model.addPast(pastOf(machine, 30, drawn));
    model.addFrame(machine.frame(34));
    const expected = Array.from({ length: 35 }, (_, tick) => [
      tick,
      machine.value('total_utilization', tick),
    ]);
    assert.deepEqual(past(model, 'total_utilization'), expected);
  });

  test('a kind of work that goes on from the past is one span', () => {
    const { machine, model, drawn } = modelOf({ category: () => 'idle' });
    model.addFrame(machine.frame(31));
    model.addPast(pastOf(machine, 30, drawn));
    for (let tick = 32; tick < 40; tick++) model.addFrame(machine.frame(tick));
    assert.deepEqual(model.workload, [{ category: 'idle', from: START_MS, to: START_MS + 39_000 }]);
  });

  test('missing values of the past are gaps', () => {
    const { machine, model, drawn } = modelOf({ absent: { ram_percent: 'failed' } });
    model.addPast(pastOf(machine, 3, drawn));
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

  test('many cores: quantiles of what there is, from frames and from the past', () => {
    const { machine, model, drawn } = modelOf({ cores: 40, absent: { core_7_utilization: 'failed' } }, 'all');
    const sortedAt = (tick: number): number[] =>
      Array.from({ length: 40 }, (_, core) => machine.value(`core_${String(core)}_utilization`, tick))
        .filter(value => value !== null)
        .sort((a, b) => a - b);
    model.addPast(pastOf(machine, 9, drawn));
    model.addFrame(machine.frame(10));
    model.showLatest();
    for (const { id, quantile: share } of drawn.quantiles) {
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
    const { machine, model } = modelOf({ cores: 20, absent }, 'all');
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
