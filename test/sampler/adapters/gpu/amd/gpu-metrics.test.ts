import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { GpuMetrics } from '../../../../../src/sampler/adapters/gpu/amd/gpu-metrics.ts';
import { ByteReader } from '../../../../../src/sampler/proc/byte-reader.ts';
import { load } from '../../../proc/load.ts';
import { metricsTable } from './amd-tree.ts';

const REVISIONS = [
  'v1_0',
  'v1_1',
  'v1_2',
  'v1_3',
  'v1_4',
  'v1_5',
  'v2_0',
  'v2_1',
  'v2_2',
  'v2_3',
  'v2_4',
  'v3_0',
] as const;

/** The values of a table; those that it does not have are left out. */
function valuesOf(metrics: GpuMetrics): Record<string, number> {
  const {
    utilization,
    memoryUtilization,
    videoUtilization,
    temperature,
    gfxPowerWatts,
    coreClockMhz,
    memoryClockMhz,
    throttleReasons,
  } = metrics;
  const all = {
    utilization,
    memoryUtilization,
    videoUtilization,
    temperature,
    gfxPowerWatts,
    coreClockMhz,
    memoryClockMhz,
    throttleReasons,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => !Number.isNaN(value)));
}

function decode(bytes: Uint8Array, metrics = new GpuMetrics()): GpuMetrics {
  const reader = new ByteReader(16);
  load(reader, bytes);
  metrics.decode(reader);
  return metrics;
}

/** A table with fields of 16 bits changed. */
function changed(revision: string, fields: Readonly<Record<number, number>>): Buffer {
  const table = metricsTable(revision);
  for (const [at, value] of Object.entries(fields)) table.writeUInt16LE(value, Number(at));
  return table;
}

/** edge 51, hot spot 63; gfx 87, umc 42, mm 13; current and average clocks 2304 and 2210, 1249 and 1240 */
const CARD = {
  utilization: 87,
  memoryUtilization: 42,
  videoUtilization: 13,
  temperature: 51,
  coreClockMhz: 2304,
  memoryClockMhz: 1249,
};

/** hot spot 44; gfx 99, umc 35; vcn 7, 65, 0, none; gfx clocks none, 2100, 2098, none …; uclk 1300 */
const ACCELERATOR = {
  utilization: 99,
  memoryUtilization: 35,
  videoUtilization: 65,
  temperature: 44,
  coreClockMhz: 2100,
  memoryClockMhz: 1300,
};

describe('gpu_metrics tables', () => {
  for (const [revision, expected] of [
    ['v1_0', CARD],
    ['v1_1', CARD],
    ['v1_2', CARD],
    // Bits 0 (PPT0) and 36 (TEMP_HOTSPOT): power cap 4 and thermal 32.
    ['v1_3', { ...CARD, throttleReasons: 36 }],
    // `throttle_status` is 0, which says nothing.
    ['v1_4', ACCELERATOR],
    ['v1_5', ACCELERATOR],
    // Gfx 3725 and mm 1250 hundredths of a per cent, temperature 4850 hundredths of a degree.
    [
      'v2_0',
      {
        utilization: 37.25,
        videoUtilization: 12.5,
        temperature: 48.5,
        coreClockMhz: 1100,
        memoryClockMhz: 1600,
      },
    ],
    // No current clocks: the averages 1300 and 1200. The 5100 mW of its "gfx power" are not those of the GPU alone.
    [
      'v2_1',
      {
        utilization: 37.25,
        videoUtilization: 12.5,
        temperature: 48.5,
        coreClockMhz: 1300,
        memoryClockMhz: 1200,
      },
    ],
    // Bit 47 (PROCHOT_GFX).
    [
      'v2_2',
      {
        utilization: 37.25,
        videoUtilization: 12.5,
        temperature: 48.5,
        coreClockMhz: 1100,
        memoryClockMhz: 1600,
        throttleReasons: 64,
      },
    ],
    // Van Gogh: 4200 mW, and activities of unknown scale. Bits 33 and 46 are about the processor's cores.
    [
      'v2_3',
      { temperature: 48.5, gfxPowerWatts: 4.2, coreClockMhz: 1100, memoryClockMhz: 800, throttleReasons: 0 },
    ],
    // Bit 5 (FPPT).
    [
      'v2_4',
      { temperature: 48.5, gfxPowerWatts: 4.2, coreClockMhz: 1100, memoryClockMhz: 800, throttleReasons: 4 },
    ],
    ['v3_0', { temperature: 55.25, gfxPowerWatts: 8.125, coreClockMhz: 1650, memoryClockMhz: 1000 }],
  ] as const) {
    test(`${revision}: exactly the fields that its structure has`, () => {
      const metrics = decode(metricsTable(revision));
      assert.deepEqual(valuesOf(metrics), expected);
      assert.equal(metrics.isApu, !revision.startsWith('v1'));
    });
  }

  for (const revision of REVISIONS) {
    test(`${revision}: a chip that has none of it has no values, and no zeros`, () => {
      const table = metricsTable(revision).fill(0xff, 4);
      const metrics = decode(table);
      assert.deepEqual(valuesOf(metrics), {});
      assert.equal(metrics.hasThrottling, false);
    });

    test(`${revision}: what is cut short or of another size is no table`, () => {
      const whole = metricsTable(revision);
      const metrics = new GpuMetrics();
      for (const part of [
        whole.subarray(0, -1),
        whole.subarray(0, 4),
        whole.subarray(0, 3),
        Buffer.alloc(0),
      ]) {
        const reader = new ByteReader(16);
        load(reader, part);
        assert.equal(metrics.decode(reader), 'failed');
        assert.deepEqual(valuesOf(metrics), {});
      }
      const larger = changed(revision, { 0: whole.length + 8 });
      const reader = new ByteReader(16);
      load(reader, Buffer.concat([larger, Buffer.alloc(8)]));
      assert.equal(metrics.decode(reader), 'failed');
      assert.deepEqual(valuesOf(metrics), {});
    });
  }

  test('a revision that is not known is not supported', () => {
    for (const [format, content] of [
      [1, 6],
      [1, 9],
      [2, 5],
      [3, 1],
      [4, 0],
      [0, 0],
    ] as const) {
      const table = metricsTable('v1_3');
      table[2] = format;
      table[3] = content;
      const reader = new ByteReader(16);
      load(reader, table);
      const metrics = decode(metricsTable('v1_3'));
      assert.equal(metrics.decode(reader), 'unsupported');
      assert.deepEqual(valuesOf(metrics), {}, 'nothing of the table before is left');
    }
  });

  test('without the current clock and the edge there are the average and the hot spot', () => {
    // current_gfxclk at 54, current_uclk at 58, temperature_edge at 4
    const table = changed('v1_3', { 54: 0xffff, 58: 0xffff, 4: 0xffff });
    const values = valuesOf(decode(table));
    assert.equal(values['coreClockMhz'], 2210);
    assert.equal(values['memoryClockMhz'], 1240);
    assert.equal(values['temperature'], 63);
  });

  test('a true zero is a value, a share beyond 100 % is none', () => {
    // average_gfx_activity at 16, average_umc_activity at 18, average_mm_activity at 20
    const values = valuesOf(decode(changed('v1_3', { 16: 0, 18: 101, 20: 100 })));
    assert.equal(values['utilization'], 0);
    assert.equal(values['memoryUtilization'], undefined);
    assert.equal(values['videoUtilization'], 100);
    // 10001 hundredths
    assert.equal(valuesOf(decode(changed('v2_1', { 28: 10_001 })))['utilization'], undefined);
  });

  test('v3.0: a reason holds while its counter grows', () => {
    const metrics = decode(metricsTable('v3_0'));
    assert.ok(Number.isNaN(metrics.throttleReasons), 'there is nothing to compare with yet');
    assert.equal(metrics.hasThrottling, true);
    const step = (counters: Readonly<Record<number, number>>): number => {
      const table = metricsTable('v3_0');
      for (const [at, value] of Object.entries(counters)) table.writeUInt32LE(value, Number(at));
      return decode(table, metrics).throttleReasons;
    };
    assert.equal(step({}), 0);
    // In the order of the structure from 228 on: prochot 10, spl 20, fppt 30, sppt 40, thm_core 50, thm_gfx 60, thm_soc 70.
    assert.equal(step({ 228: 11 }), 64);
    assert.equal(step({ 228: 11 }), 0);
    assert.equal(step({ 228: 11, 232: 21, 248: 61 }), 4 + 32);
    assert.equal(step({ 228: 11, 232: 21, 248: 61, 244: 51 }), 0, 'the processor’s cores do not count');
    assert.equal(step({ 228: 11, 232: 21, 248: 61, 236: 31 }), 4);
    assert.equal(step({ 228: 11, 232: 21, 248: 61, 236: 31, 240: 41 }), 4);
    assert.equal(step({ 228: 11, 232: 21, 248: 61, 236: 31, 240: 41, 252: 0 }), 32, 'it wrapped around');
    metrics.forget();
    assert.ok(Number.isNaN(step({ 228: 500 })));
  });

  test('whatever stands in a table, values are inside their range or missing', () => {
    const revision = fc.constantFrom(...REVISIONS);
    const bytes = fc
      .tuple(revision, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 60 }), fc.nat(400))
      .map(([name, changes, length]) => {
        const table = metricsTable(name);
        for (const [at, byte] of changes) if (at < table.length) table[at] = byte;
        return length < table.length ? table.subarray(0, length) : table;
      });
    const metrics = new GpuMetrics();
    fc.assert(
      fc.property(fc.oneof(bytes, fc.uint8Array({ maxLength: 400 })), content => {
        for (const [name, value] of Object.entries(valuesOf(decode(content, metrics)))) {
          assert.ok(value >= 0 && Number.isFinite(value), name);
          if (name.endsWith('tilization')) assert.ok(value <= 100, name);
        }
      }),
      { numRuns: 500 },
    );
  });
});
