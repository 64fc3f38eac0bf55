import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuLimitText, memoryLimitText } from '../../src/common/limits.ts';

test('limits of CPU time in cores', () => {
  for (const [cores, expected] of [
    [1, '1 core'],
    [2, '2 cores'],
    [0.5, '0.5 cores'],
    [1 / 3, '0.33 cores'],
    [0.001, '0.001 cores'],
    [0.015, '0.01 cores'],
    [1.999, '2 cores'],
  ] as const) {
    assert.deepEqual(cpuLimitText({ cores, hostCores: 64 }), { limit: expected, machine: '64' });
  }
});

test('limits of memory in the unit of their size', () => {
  for (const [mb, hostMb, limit, machine] of [
    [4096, 515_072, '4.0 GiB', '503 GiB'],
    [512, 15_360, '512 MiB', '15.0 GiB'],
    [1023, 1024, '1023 MiB', '1.0 GiB'],
    [102_400, 204_800, '100 GiB', '200 GiB'],
  ] as const) {
    assert.deepEqual(memoryLimitText({ mb, hostMb }), { limit, machine });
  }
});
