import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { onMoreCores } from '../../scripts/train/more-cores.ts';
import { recordingSamples } from '../../scripts/train/recording-samples.ts';
import { FEATURES } from '../../src/classify/features.ts';
import { AT, SIGNALS, type Signal } from '../../src/classify/signals.ts';
import { readTrace } from '../../src/classify/trace.ts';

function step(values: Partial<Record<Signal, number>>) {
  return { signals: Float64Array.from(SIGNALS, signal => values[signal] ?? Number.NaN), seconds: 1 };
}

/** Two minutes of a program that keeps one of two cores half busy, with some network. */
function recording(category: string, program: string) {
  const rows = Array.from({ length: 120 }, (_, at) =>
    [
      new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString(),
      25 + (at % 3),
      50 + (at % 3),
      0,
      1.5,
      2.5,
    ].join(),
  );
  const columns =
    'timestamp,total_utilization,core_0_utilization,core_1_utilization,net_send_rate_mbps,net_recv_rate_mbps';
  return {
    category,
    source: `${program} (recorded here)`,
    machine: 'two cores',
    name: `${category}/${program}`,
    trace: readTrace(`${columns}\n${rows.join('\n')}\n`),
  };
}

describe('a recording on a machine with more cores', () => {
  const [one, all, unknown] = onMoreCores(
    [
      step({ cpu: 0.5, busiestCore: 1, busyCores: 0.5, contextSwitches: 800, diskWrite: 3, netSend: 1 }),
      step({ cpu: 1, busiestCore: 1, busyCores: 1, contextSwitches: 800 }),
      step({ diskWrite: 3 }),
    ],
    4,
  );

  test('keeps one core as busy, which is a smaller share of all', () => {
    assert.equal(one?.signals[AT.cpu], 0.125);
    assert.equal(one.signals[AT.busiestCore], 1);
    assert.equal(one.signals[AT.busyCores], 0.125);
    assert.equal(one.signals[AT.contextSwitches], 200);
    assert.equal(one.signals[AT.diskWrite], 3);
    assert.equal(one.signals[AT.netSend], 1);
  });

  test('keeps all cores busy where all were', () => {
    assert.equal(all?.signals[AT.cpu], 1);
    assert.equal(all.signals[AT.busyCores], 1);
    assert.equal(all.signals[AT.contextSwitches], 800);
  });

  test('does not make up what was not recorded', () => {
    assert.ok(Number.isNaN(unknown?.signals[AT.cpu]));
    assert.equal(unknown?.signals[AT.diskWrite], 3);
  });
});

describe('samples of recordings', () => {
  const samples = recordingSamples(
    [
      recording('coding_development', 'an editor'),
      recording('coding_development', 'a compiler'),
      recording('web_browsing', 'a browser'),
      recording('graphics_design', 'a painter'),
    ],
    new Set(['coding_development', 'web_browsing']),
  );
  const of = (category: string) => samples.filter(sample => sample.category === category);

  test('count as half a source a class that others have recorded, half a source each otherwise', () => {
    const shares = (category: string) => [...new Set(of(category).map(({ share }) => share))];
    assert.deepEqual(shares('coding_development'), [0.25]);
    assert.deepEqual(shares('web_browsing'), [0.5]);
    assert.deepEqual(shares('graphics_design'), [0.5]);
  });

  test('say nothing of the network but for browsers, and something of the rest', () => {
    const at = (id: string) => FEATURES.findIndex(feature => feature.id === id);
    for (const { category, features } of samples) {
      assert.equal(Number.isNaN(features[at('netSend.level60')] ?? 0), category !== 'web_browsing');
      assert.ok(!Number.isNaN(features[at('cpu.level60')] ?? Number.NaN));
    }
  });

  test('are of machines with more cores as well', () => {
    const level = FEATURES.findIndex(({ id }) => id === 'cpu.level60');
    const levels = of('graphics_design').map(({ features }) => features[level] ?? Number.NaN);
    assert.ok(Math.max(...levels) > 0.24 && Math.min(...levels) < 0.04, levels.join(' '));
  });
});
