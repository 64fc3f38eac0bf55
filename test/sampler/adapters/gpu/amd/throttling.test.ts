import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reasonsOf } from '../../../../../src/sampler/adapters/gpu/amd/throttling.ts';

const POWER = 4;
const THERMAL = 32;
const HARDWARE_THERMAL = 64;

/** The bits of `amdgpu_smu.h` that have a name, with NVML's reason. */
const BITS: readonly (readonly [name: string, bit: number, reason: number])[] = [
  ['PPT0', 0, POWER],
  ['PPT1', 1, POWER],
  ['PPT2', 2, POWER],
  ['PPT3', 3, POWER],
  ['SPL', 4, POWER],
  ['FPPT', 5, POWER],
  ['SPPT', 6, POWER],
  ['SPPT_APU', 7, POWER],
  ['TDC_GFX', 16, POWER],
  ['TDC_SOC', 17, POWER],
  ['TDC_MEM', 18, POWER],
  ['TDC_VDD', 19, 0],
  ['TDC_CVIP', 20, 0],
  ['EDC_CPU', 21, 0],
  ['EDC_GFX', 22, POWER],
  ['APCC', 23, POWER],
  ['TEMP_GPU', 32, THERMAL],
  ['TEMP_CORE', 33, 0],
  ['TEMP_MEM', 34, THERMAL],
  ['TEMP_EDGE', 35, THERMAL],
  ['TEMP_HOTSPOT', 36, THERMAL],
  ['TEMP_SOC', 37, THERMAL],
  ['TEMP_VR_GFX', 38, THERMAL],
  ['TEMP_VR_SOC', 39, THERMAL],
  ['TEMP_VR_MEM0', 40, THERMAL],
  ['TEMP_VR_MEM1', 41, THERMAL],
  ['TEMP_LIQUID0', 42, THERMAL],
  ['TEMP_LIQUID1', 43, THERMAL],
  ['VRHOT0', 44, HARDWARE_THERMAL],
  ['VRHOT1', 45, HARDWARE_THERMAL],
  ['PROCHOT_CPU', 46, 0],
  ['PROCHOT_GFX', 47, HARDWARE_THERMAL],
  ['PPM', 56, 0],
  ['FIT', 57, 0],
];

describe('AMD’s throttle status as NVML’s reasons', () => {
  for (const [name, bit, reason] of BITS) {
    test(`${name}, bit ${bit}, is ${reason}`, () => {
      const status = 2n ** BigInt(bit);
      assert.equal(reasonsOf(Number(status & 0xffffffffn), Number(status >> 32n)), reason);
    });
  }

  test('bits without a name are nothing', () => {
    const named = BITS.reduce((sum, [, bit]) => sum | (1n << BigInt(bit)), 0n);
    const others = ~named & 0xffffffffffffffffn;
    assert.equal(reasonsOf(Number(others & 0xffffffffn), Number(others >> 32n)), 0);
  });

  test('reasons add up', () => {
    // PPT0 and APCC; TEMP_MEM and VRHOT0
    assert.equal(reasonsOf(0x800001, 0x1004), 4 + 32 + 64);
    assert.equal(reasonsOf(0, 0), 0);
  });
});
