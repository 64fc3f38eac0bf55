import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type GpuMemory,
  recordStatistics,
} from '../../../../../src/sampler/adapters/gpu/apple/performance-statistics.ts';
import { GpuColumn, GpuRecord } from '../../../../../src/sampler/adapters/gpu/gpu-record.ts';

type Column = keyof typeof GpuColumn;
const GIB = 2 ** 30;
const UNIFIED: GpuMemory = { isUnified: true, total: 16 * GIB };
const OWN: GpuMemory = { isUnified: false, total: 4 * GIB };
const COLUMNS = [
  'utilization',
  'vram_used_mb',
  'vram_total_mb',
  'vram_percent',
  'temperature',
  'power_watts',
  'core_clock_mhz',
  'memory_clock_mhz',
  'fan_speed',
] as const satisfies readonly Column[];

function read(statistics: Readonly<Record<string, number>>, memory: GpuMemory): Record<string, unknown> {
  const record = new GpuRecord();
  recordStatistics(key => statistics[key] ?? Number.NaN, memory, record);
  return Object.fromEntries(
    COLUMNS.map(name => [name, record.get(GpuColumn[name]) ?? record.absence(GpuColumn[name])]),
  );
}

describe('performance statistics', () => {
  test('of an Apple GPU, as a MacBook Pro with an M1 Pro shows them', () => {
    assert.deepEqual(
      read(
        {
          'TiledSceneBytes': 1_572_864,
          'Alloc system memory': 1_214_005_248,
          'Tiler Utilization %': 3,
          'recoveryCount': 0,
          'Renderer Utilization %': 5,
          'SplitSceneCount': 0,
          'Allocated PB Size': 17_956_864,
          'Device Utilization %': 7,
          'In use system memory': 340_787_200,
        },
        UNIFIED,
      ),
      {
        utilization: 7,
        vram_used_mb: 325,
        vram_total_mb: 16_384,
        // 325 of 16 384
        vram_percent: (100 * 325) / 16_384,
        temperature: 'unsupported',
        power_watts: 'unsupported',
        core_clock_mhz: 'unsupported',
        memory_clock_mhz: 'unsupported',
        fan_speed: 'unsupported',
      },
    );
  });

  test('of an AMD GPU with memory of its own', () => {
    assert.deepEqual(
      read(
        {
          'GPU Activity(%)': 42,
          'vramUsedBytes': GIB,
          'vramFreeBytes': 3 * GIB,
          'Temperature(C)': 71,
          'Fan Speed(%)': 0,
          'Fan Speed(RPM)': 0,
          'Total Power(W)': 35,
          'Core Clock(MHz)': 1100,
          'Memory Clock(MHz)': 1500,
        },
        OWN,
      ),
      {
        utilization: 42,
        vram_used_mb: 1024,
        vram_total_mb: 4096,
        vram_percent: 25,
        temperature: 71,
        power_watts: 35,
        core_clock_mhz: 1100,
        memory_clock_mhz: 1500,
        fan_speed: 0,
      },
    );
  });

  test('the size of its memory is what is used and free where nobody tells it', () => {
    const readings = read({ vramUsedBytes: GIB, vramFreeBytes: GIB }, { isUnified: false, total: NaN });
    assert.equal(readings['vram_total_mb'], 2048);
    assert.equal(readings['vram_percent'], 50);
    assert.equal(
      read({ vramUsedBytes: GIB }, { isUnified: false, total: NaN })['vram_total_mb'],
      'unsupported',
    );
  });

  test('what is not there is unsupported, and the size of shared memory alone is not told', () => {
    const nothing = Object.fromEntries(COLUMNS.map(name => [name, 'unsupported']));
    assert.deepEqual(read({}, UNIFIED), nothing);
    assert.deepEqual(read({ renderer: 5 }, { isUnified: false, total: NaN }), nothing);
  });

  test('what cannot be is failed', () => {
    const readings = read(
      {
        'Device Utilization %': 101,
        'vramUsedBytes': 5 * GIB,
        'Temperature(C)': 128,
        'Fan Speed(%)': 255,
        'Total Power(W)': 0,
        'Core Clock(MHz)': -1,
        'Memory Clock(MHz)': -1,
      },
      OWN,
    );
    const { vram_total_mb: total, ...rest } = readings;
    assert.equal(total, 4096);
    assert.deepEqual(
      Object.values(rest),
      Array.from({ length: 8 }, () => 'failed'),
    );
    assert.equal(read({ 'Temperature(C)': 0 }, OWN)['temperature'], 'failed');
  });

  test('utilization is that of the device, where both are told', () => {
    const both = { 'Device Utilization %': 10, 'GPU Activity(%)': 90 };
    assert.equal(read(both, OWN)['utilization'], 10);
  });

  test('leave a value or a reason in every column, whatever the numbers', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(-1, 0, 100, 128, 2 ** 53, Infinity));
    const keys = [
      'Device Utilization %',
      'GPU Activity(%)',
      'Temperature(C)',
      'Total Power(W)',
      'vramUsedBytes',
    ];
    const more = ['vramFreeBytes', 'Fan Speed(%)', 'Core Clock(MHz)', 'In use system memory'];
    const statistics = fc.dictionary(fc.constantFrom(...keys, ...more), number);
    fc.assert(
      fc.property(statistics, fc.boolean(), number, (values, isUnified, total) => {
        for (const value of Object.values(read(values, { isUnified, total }))) {
          assert.ok(typeof value === 'string' || (typeof value === 'number' && value >= 0), String(value));
        }
      }),
    );
  });
});
