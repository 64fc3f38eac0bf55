import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  buildLayout,
  columnName,
  columnTitle,
  type InstanceCounts,
  layoutFromNames,
  parseColumnName,
} from '../../src/common/layout.ts';
import { type Metric, METRICS } from '../../src/common/metrics.ts';

const GPU = [
  'utilization',
  'memory_utilization',
  'vram_used_mb',
  'vram_total_mb',
  'vram_percent',
  'temperature',
  'power_watts',
  'power_limit_watts',
  'core_clock_mhz',
  'memory_clock_mhz',
  'sm_clock_mhz',
  'fan_speed',
  'encoder_utilization',
  'decoder_utilization',
  'compute_processes',
  'graphics_processes',
  'performance_state',
  'pcie_tx_kbps',
  'pcie_rx_kbps',
  'throttle_reasons',
];

/** The columns of a machine with two cores, two GPUs and two file systems, written out. */
const TWO_OF_EACH = [
  'session_confidence',
  'total_utilization',
  'core_0_utilization',
  'core_0_freq_mhz',
  'core_1_utilization',
  'core_1_freq_mhz',
  'avg_freq_mhz',
  'temperature',
  'power_watts',
  'package_throttles',
  'context_switches',
  'interrupts',
  'soft_interrupts',
  'load_avg_1m',
  'load_avg_5m',
  'load_avg_15m',
  ...GPU.map(metric => `gpu0_${metric}`),
  ...GPU.map(metric => `gpu1_${metric}`),
  'ram_total_mb',
  'ram_used_mb',
  'ram_available_mb',
  'ram_percent',
  'swap_total_mb',
  'swap_used_mb',
  'swap_percent',
  'cpu_pressure',
  'memory_pressure',
  'io_pressure',
  'disk_0_used_gb',
  'disk_0_total_gb',
  'disk_0_percent',
  'disk_1_used_gb',
  'disk_1_total_gb',
  'disk_1_percent',
  'disk_read_rate_mbps',
  'disk_write_rate_mbps',
  'disk_read_count',
  'disk_write_count',
  'disk_read_bytes',
  'disk_write_bytes',
  'net_bytes_sent',
  'net_bytes_recv',
  'net_packets_sent',
  'net_packets_recv',
  'net_errors_in',
  'net_errors_out',
  'net_drops_in',
  'net_drops_out',
  'net_send_rate_mbps',
  'net_recv_rate_mbps',
  'net_connections_total',
  'net_connections_established',
];

const counts: fc.Arbitrary<InstanceCounts> = fc.record({
  core: fc.nat(40),
  gpu: fc.nat(12),
  disk: fc.nat(12),
});

const names = (of: InstanceCounts, isCollected?: Parameters<typeof buildLayout>[1]): string[] =>
  buildLayout(of, isCollected).columns.map(column => column.name);

describe('buildLayout', () => {
  test('expands the table in order, all columns of an instance together', () => {
    assert.deepEqual(names({ core: 2, gpu: 2, disk: 2 }), TWO_OF_EACH);
  });

  test('has only the machine-wide columns where nothing is repeated', () => {
    assert.deepEqual(
      names({ core: 0, gpu: 0, disk: 0 }),
      TWO_OF_EACH.filter(name => !/^(core_|gpu\d|disk_\d)/.test(name)),
    );
  });

  test('leaves a group out without moving the others; the session stays', () => {
    const all = names({ core: 2, gpu: 2, disk: 2 });
    for (const group of ['session', 'cpu', 'gpu', 'memory', 'disk', 'network'] as const) {
      assert.deepEqual(
        names({ core: 2, gpu: 2, disk: 2 }, other => other !== group),
        all.filter(name => group === 'session' || parseColumnName(name)?.metric.group !== group),
        group,
      );
    }
  });

  test('leaves single metrics out', () => {
    const kept = names({ core: 1, gpu: 1, disk: 0 }, (_, metric) => metric.unit !== 'W');
    assert.ok(!kept.some(name => name.includes('watts')));
    assert.ok(kept.includes('gpu0_temperature'));
    assert.ok(kept.includes('temperature'));
  });

  test('numbers the slots in the order of the columns, each name once', () => {
    fc.assert(
      fc.property(counts, of => {
        const { columns, slots } = buildLayout(of);
        assert.equal(slots.size, columns.length);
        columns.forEach((column, slot) => {
          assert.equal(slots.get(column.name), slot);
          assert.notEqual(column.metric.kind, 'text');
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe('parseColumnName', () => {
  test('finds every metric and instance again', () => {
    const instances = fc.oneof(fc.nat(20), fc.nat(99_999));
    fc.assert(
      fc.property(fc.constantFrom(...METRICS), instances, (metric, number) => {
        const instance = metric.per === 'machine' ? 0 : number;
        const name = columnName(metric, instance);
        assert.deepEqual(parseColumnName(name), { name, metric, instance });
      }),
    );
  });

  test('knows no name but those of the table', () => {
    for (const name of [
      '',
      '_',
      'utilization',
      'TOTAL_UTILIZATION',
      ' total_utilization',
      'total_utilization\n',
      'core_utilization',
      'core_{n}_utilization',
      'core_00_utilization',
      'core_01_utilization',
      'core_-1_utilization',
      'core_1.5_utilization',
      'core_100000_utilization',
      'core_0_utilization_mhz',
      'xcore_0_utilization',
      'gpu_utilization',
      'gpu_0_utilization',
      'gpu{n}_utilization',
      'gpu0',
      'agpu0_utilization',
      'disk0_percent',
      'load_avg_2m',
      'constructor',
      '__proto__',
    ]) {
      assert.equal(parseColumnName(name), undefined, JSON.stringify(name));
    }
  });

  test('says nothing but what the name says, whatever the name', () => {
    const pieces = fc.array(
      fc.constantFrom(
        'gpu',
        'core',
        'disk',
        '_',
        '0',
        '1',
        '007',
        '{n}',
        'utilization',
        'percent',
        'mhz',
        ' ',
      ),
      { maxLength: 7 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map(list => list.join('')),
        ),
        name => {
          const column = parseColumnName(name);
          if (column) assert.equal(columnName(column.metric, column.instance), name);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('layoutFromNames', () => {
  test('rebuilds the layout that the names came from', () => {
    fc.assert(
      fc.property(counts, of => {
        const built = buildLayout(of);
        const { layout, slots } = layoutFromNames(built.columns.map(column => column.name));
        assert.deepEqual(layout, built);
        assert.deepEqual(slots, [...built.columns.keys()]);
      }),
      { numRuns: 20 },
    );
  });

  test('leaves out what this version does not know and keeps the places of the rest', () => {
    const { layout, slots } = layoutFromNames([
      'novel_metric',
      'temperature',
      'npu0_utilization',
      'ram_percent',
    ]);
    assert.deepEqual(
      layout.columns.map(column => column.name),
      ['temperature', 'ram_percent'],
    );
    assert.deepEqual(slots, [1, 3]);
  });
});

test('columnTitle puts the instance into the title', () => {
  const title = (name: string): string => {
    const column = parseColumnName(name);
    assert.ok(column);
    return columnTitle(column);
  };
  assert.equal(title('core_12_utilization'), 'Core 12');
  assert.equal(title('gpu3_vram_used_mb'), 'GPU 3 VRAM');
  assert.equal(title('temperature'), 'CPU temperature');
});

describe('the metric table', () => {
  const repeated = (metric: Metric): boolean => metric.per !== 'machine';

  test('has {n} in the names and titles of repeated metrics and nowhere else', () => {
    for (const metric of METRICS) {
      assert.equal(metric.name.split('{n}').length - 1, repeated(metric) ? 1 : 0, metric.name);
      assert.equal(metric.title.includes('{n}'), repeated(metric), metric.title);
    }
  });

  test('names every metric once, in lower case without spaces', () => {
    assert.equal(new Set(METRICS.map(metric => metric.name)).size, METRICS.length);
    for (const { name } of METRICS) assert.match(name, /^[a-z][a-z0-9_{}]*$/);
  });

  test('explains each metric in a sentence, with sensible rounding and delta band', () => {
    for (const { name, meaning, decimals, floor, kind } of METRICS) {
      assert.match(meaning, /^[A-Z].*\.$/, name);
      assert.ok(Number.isInteger(decimals) && decimals >= 0 && decimals <= 3, name);
      assert.ok(floor >= 0, name);
      if (kind === 'counter') assert.equal(decimals, 0, name);
    }
  });
});
