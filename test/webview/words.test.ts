import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ABSENCES } from '../../src/common/frame.ts';
import { METRICS, type Metric } from '../../src/common/metrics.ts';
import { valueText } from '../../webview/card/legend.ts';
import { summarize } from '../../webview/card/summary.ts';
import { formatTick, formatValue } from '../../webview/format.ts';
import { parseState } from '../../webview/host.ts';
import { niceCeiling } from '../../webview/plot/ceiling.ts';
import { setTemperatureUnit } from '../../webview/temperature.ts';
import { dataOf } from './support/shown-data.ts';
import { normalize } from './support/text.ts';

function metric(name: string): Metric {
  return METRICS.find(candidate => candidate.name === name) ?? assert.fail(name);
}

const shown = (name: string, value: number): string => normalize(formatValue(value, metric(name)));

describe('formatValue', () => {
  test('writes a value with its unit, as precisely as one can read at a glance', () => {
    assert.equal(shown('total_utilization', 3.14), '3.1 %');
    assert.equal(shown('total_utilization', 100), '100.0 %');
    assert.equal(shown('gpu{n}_utilization', 42), '42 %');
    assert.equal(shown('cpu_pressure', 0.25), '0.3 %');
    assert.equal(shown('disk_read_rate_mbps', 0.123), '0.12 MB/s');
    assert.equal(shown('disk_read_rate_mbps', 12.345), '12.3 MB/s');
    assert.equal(shown('disk_read_rate_mbps', 1234.567), '1,235 MB/s');
    assert.equal(shown('avg_freq_mhz', 3400), '3,400 MHz');
    assert.equal(shown('load_avg_1m', 0.5), '0.50');
    assert.equal(shown('net_connections_total', 12), '12');
  });

  test('writes temperatures with the sign of the user’s unit', t => {
    assert.equal(shown('temperature', 61.25), '61.3 °C');
    setTemperatureUnit('fahrenheit');
    t.after(() => {
      setTemperatureUnit('celsius');
    });
    assert.equal(shown('temperature', 142.25), '142.3 °F');
    assert.equal(shown('gpu{n}_temperature', 142), '142 °F');
  });

  test('writes memory in MiB, and from a gibibyte on in GiB', () => {
    assert.equal(shown('ram_used_mb', 1023), '1,023 MiB');
    assert.equal(shown('ram_used_mb', 1024), '1.0 GiB');
    assert.equal(shown('ram_used_mb', 32_256), '31.5 GiB');
    assert.equal(shown('ram_used_mb', 524_800), '513 GiB');
  });

  test('property: never empty, never exponents, one unit', () => {
    fc.assert(
      fc.property(fc.constantFrom(...METRICS), fc.double({ min: 0, max: 1e9, noNaN: true }), (row, value) => {
        assert.match(normalize(formatValue(value, row)), /^[\d,]+(\.\d{1,2})?( \S+( \S+)?)?$/);
      }),
    );
  });
});

describe('valueText', () => {
  test('says in a word why there is no value, and why in a sentence', () => {
    for (const absence of ABSENCES) {
      if (absence === undefined) continue;
      const { text, why, isValue } = valueText(absence, metric('temperature'));
      assert.equal(text, absence);
      assert.ok(why !== undefined && why.length > 10);
      assert.ok(!isValue);
    }
  });

  test('a value that has not come yet is a dash, never a zero', () => {
    assert.deepEqual(valueText(undefined, metric('temperature')), {
      text: '–',
      unit: '',
      why: undefined,
      isValue: false,
    });
    assert.equal(valueText(0, metric('temperature')).isValue, true);
  });
});

describe('axes', () => {
  test('property: the ceiling is 1, 2 or 5 times a power of ten, not below the value and not far above it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), value => {
        const ceiling = niceCeiling(value);
        assert.ok(ceiling >= value && ceiling >= 1);
        assert.ok(ceiling <= Math.max(1, value * 2.5 + 1e-9));
        assert.match(String(ceiling), /^[125]0*$/);
      }),
    );
    assert.equal(niceCeiling(Number.NaN), 1);
  });

  test('an axis with an end of its own keeps it until something is above it', () => {
    assert.deepEqual(
      [0, 240, 240.1, Number.NaN].map(value => niceCeiling(value, 240)),
      [240, 240, 500, 240],
    );
  });

  test('numbers of an axis', () => {
    assert.equal(formatTick(0.5), '0.5');
    assert.equal(formatTick(2000), '2,000');
  });
});

describe('summarize', () => {
  const cpu = metric('total_utilization');
  const line = {
    title: 'CPU',
    metric: cpu,
    color: 'blue',
    shade: 0,
    emphasis: 'main',
    optional: false,
  } as const;
  const chart = {
    id: 'cpu',
    title: '',
    range: 'percent',
    lines: [
      { ...line, id: 'a' },
      { ...line, id: 'b', title: 'Core 0', emphasis: 'faint' },
    ],
    marks: [],
  } as const;

  test('tells last, mean and highest of the lines that matter', () => {
    const data = dataOf([0, 1, 2, 3], { a: [10, Number.NaN, 30, 20], b: [99, 99, 99, 99] });
    assert.equal(
      normalize(summarize('CPU', chart, { ...data, to: data.from + 300_000 })),
      'CPU, 5 min. CPU: last 20.0 %, mean 20.0 %, highest 30.0 %.',
    );
  });

  test('says so when there is nothing', () => {
    const data = dataOf([0, 300], { a: [Number.NaN, Number.NaN] });
    assert.equal(normalize(summarize('CPU', chart, data)), 'CPU, 5 min. No readings.');
  });
});

test('what a dashboard has saved is read in any shape, with the usual for what is not there', () => {
  const usual = { places: [], cores: 'all' } as const;
  for (const state of [undefined, null, 7, 'x', {}, [], { arrangement: 1, choice: { kind: 'fixed' } }])
    assert.deepEqual(parseState(state, usual), { arrangement: usual, choice: undefined });
  const place = { id: 'cpu', isHidden: true, width: 'full', height: 'small' } as const;
  const choice = { kind: 'following', preset: '24h', lengthMs: 86_400_000 } as const;
  assert.deepEqual(
    parseState({ arrangement: { places: [place, { id: '<b>' }], cores: [1, -1] }, choice }, usual),
    {
      arrangement: { places: [place], cores: [1] },
      choice,
    },
  );
});
