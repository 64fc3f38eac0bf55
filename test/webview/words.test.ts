import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ABSENCES } from '../../src/common/frame.ts';
import { METRICS, type Metric } from '../../src/common/metrics.ts';
import { niceCeiling, timeLabel, timeTicks } from '../../webview/axis.ts';
import { formatAgo, formatTick, formatValue } from '../../webview/format.ts';
import { parseOptions } from '../../webview/host.ts';
import { SeriesRing } from '../../webview/series.ts';
import { summarize } from '../../webview/summary.ts';
import { tileText } from '../../webview/tiles.ts';
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

  test('writes memory from a gibibyte on in GB', () => {
    assert.equal(shown('ram_used_mb', 1023), '1,023 MB');
    assert.equal(shown('ram_used_mb', 1024), '1.0 GB');
    assert.equal(shown('ram_used_mb', 32_256), '31.5 GB');
  });

  test('property: never empty, never exponents, one unit', () => {
    fc.assert(
      fc.property(fc.constantFrom(...METRICS), fc.double({ min: 0, max: 1e9, noNaN: true }), (row, value) => {
        assert.match(normalize(formatValue(value, row)), /^[\d,]+(\.\d{1,2})?( \S+( \S+)?)?$/);
      }),
    );
  });
});

describe('tileText', () => {
  test('says in a word why there is no value, and why in a sentence', () => {
    for (const absence of ABSENCES) {
      if (absence === undefined) continue;
      const { text, why, isValue } = tileText(absence, metric('temperature'));
      assert.equal(text, absence);
      assert.ok(why !== undefined && why.length > 10);
      assert.ok(!isValue);
    }
  });

  test('a value that has not come yet is a dash, never a zero', () => {
    assert.deepEqual(tileText(undefined, metric('temperature')), {
      text: '–',
      unit: '',
      why: undefined,
      isValue: false,
    });
    assert.equal(tileText(0, metric('temperature')).isValue, true);
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

  test('time labels fit the width, from the oldest to now', () => {
    assert.deepEqual(timeTicks(600, 250), [-600, -300, 0]);
    assert.deepEqual(timeTicks(600, 450), [-600, -480, -360, -240, -120, 0]);
    assert.equal(timeTicks(600, 1200).length, 11);
    assert.deepEqual(timeTicks(600, 10), [-600, 0]);
    assert.equal(normalize(timeLabel(-300)), '−5 min');
    assert.equal(timeLabel(0), 'now');
    assert.equal(formatTick(0.5), '0.5');
    assert.equal(formatTick(2000), '2,000');
  });

  test('moments in the past in words', () => {
    assert.equal(normalize(formatAgo(-200)), '3 min 20 s ago');
    assert.equal(normalize(formatAgo(-45.4)), '45 s ago');
    assert.equal(formatAgo(-0.3), 'now');
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
    heading: 'CPU',
    subtitle: '2 cores',
    range: 'percent',
    lines: [
      { ...line, id: 'a' },
      { ...line, id: 'b', title: 'Core 0', emphasis: 'faint' },
    ],
    quantiles: [],
    numbers: [],
  } as const;

  test('tells latest, mean and highest of the lines that matter', () => {
    const ring = new SeriesRing(['a', 'b']);
    [10, Number.NaN, 30, 20].forEach((value, tick) => {
      ring.push(tick * 1000, [value, 99]);
    });
    assert.equal(
      normalize(summarize(chart, ring)),
      'CPU, 2 cores, last 10 minutes. CPU now 20.0 %, mean 20.0 %, highest 30.0 %.',
    );
  });

  test('says so when there is nothing', () => {
    assert.equal(summarize(chart, new SeriesRing(['a', 'b'])), 'CPU, 2 cores, last 10 minutes. No readings.');
  });
});

test('saved options of any shape are read, with defaults for what is not there', () => {
  assert.deepEqual(parseOptions({ showCores: 'yes' }, { showCores: true }), { showCores: false });
  assert.deepEqual(parseOptions({ showCores: true, other: 1 }, { showCores: false }), { showCores: true });
  for (const state of [undefined, null, 7, 'x', {}, []]) {
    for (const showCores of [true, false]) {
      assert.deepEqual(parseOptions(state, { showCores }), { showCores });
    }
  }
});
