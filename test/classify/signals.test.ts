import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AT, type Signal, SignalReader, SIGNALS } from '../../src/classify/signals.ts';
import type { Frame } from '../../src/common/frame.ts';
import { frameOf, layoutOf } from './frames.ts';

function read(reader: SignalReader, frame: Frame, seconds = 1): Partial<Record<Signal, number>> {
  const out = new Float64Array(SIGNALS.length);
  reader.read(frame, seconds, out);
  return Object.fromEntries(
    SIGNALS.filter(name => !Number.isNaN(out[AT[name]])).map(name => [name, out[AT[name]]]),
  );
}

describe('signals', () => {
  test('are shares of what the machine has, and only those whose columns are there', () => {
    const layout = layoutOf(
      ...['total_utilization', 'core_0_utilization', 'core_1_utilization', 'ram_used_mb', 'ram_total_mb'],
      ...['gpu0_utilization', 'gpu0_vram_used_mb', 'gpu0_vram_total_mb', 'gpu0_power_watts'],
      'gpu0_power_limit_watts',
    );
    const reader = new SignalReader();
    reader.setLayout(layout);
    const frame = frameOf(layout, 0, {
      total_utilization: 50,
      core_0_utilization: 90,
      core_1_utilization: 10,
      ram_used_mb: 2000,
      ram_total_mb: 8000,
      gpu0_utilization: 25,
      gpu0_vram_used_mb: 2048,
      gpu0_vram_total_mb: 8192,
      gpu0_power_watts: 60,
      gpu0_power_limit_watts: 240,
    });
    assert.deepEqual(read(reader, frame), {
      cpu: 0.5,
      busiestCore: 0.9,
      busyCores: 0.5,
      gpu: 0.25,
      vram: 0.25,
      vramGb: 2,
      gpuPower: 60,
      gpuPowerShare: 0.25,
      ram: 0.25,
    });
  });

  test('a column without a value is missing, not zero', () => {
    const layout = layoutOf('total_utilization', 'gpu0_utilization', 'net_recv_rate_mbps');
    const reader = new SignalReader();
    reader.setLayout(layout);
    const frame = frameOf(layout, 0, { net_recv_rate_mbps: 0 });
    frame.absent(1, 'asleep');
    assert.deepEqual(read(reader, frame), { netReceive: 0 });
  });

  test('counters are rates over the time since they last had a value', () => {
    const layout = layoutOf(
      'core_0_utilization',
      'core_1_utilization',
      'context_switches',
      'disk_read_count',
    );
    const reader = new SignalReader();
    reader.setLayout(layout);
    const at = (seconds: number, context_switches?: number, disk_read_count?: number) =>
      read(
        reader,
        frameOf(layout, seconds, {
          core_0_utilization: 0,
          core_1_utilization: 0,
          ...(context_switches === undefined ? {} : { context_switches }),
          ...(disk_read_count === undefined ? {} : { disk_read_count }),
        }),
      );
    assert.equal(at(0, 1000, 50).contextSwitches, undefined);
    const second = at(1, 3000, 60);
    assert.deepEqual([second.contextSwitches, second.diskReads], [1000, 10]);
    assert.equal(at(2).contextSwitches, undefined);
    assert.equal(at(4, 9000).contextSwitches, 1000, 'over 3 seconds and 2 cores');
    assert.equal(at(5, 10).contextSwitches, undefined, 'a counter that began anew');
  });

  test('of several GPUs are those of the busiest, and it does not change for a moment', () => {
    const layout = layoutOf('gpu0_utilization', 'gpu1_utilization', 'gpu0_vram_percent', 'gpu1_vram_percent');
    const reader = new SignalReader();
    reader.setLayout(layout);
    const at = (seconds: number, zero: number, one: number) =>
      read(
        reader,
        frameOf(layout, seconds, {
          gpu0_utilization: zero,
          gpu1_utilization: one,
          gpu0_vram_percent: 10,
          gpu1_vram_percent: 80,
        }),
      ).vram;
    for (let second = 0; second < 30; second++) at(second, 2, 95);
    assert.equal(at(30, 2, 95), 0.8);
    assert.equal(at(31, 100, 0), 0.8, 'a second is no change');
    for (let second = 32; second < 90; second++) at(second, 100, 0);
    assert.equal(at(90, 100, 0), 0.1);
  });

  test('a GPU without a reading gives way to one that has it', () => {
    const layout = layoutOf('gpu0_temperature', 'gpu1_utilization');
    const reader = new SignalReader();
    reader.setLayout(layout);
    let last: Partial<Record<Signal, number>> = {};
    for (let second = 0; second < 30; second++)
      last = read(reader, frameOf(layout, second, { gpu0_temperature: 40, gpu1_utilization: 3 }));
    assert.equal(last.gpu, 0.03);
  });
});
