import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeSwapUsage } from '../../../../src/sampler/adapters/memory/swap-usage.ts';
import { swapUsageOf } from '../../../fixtures/darwin/structures.ts';

describe('swap usage', () => {
  test('is told in bytes', () => {
    // 3 GiB and 1.25 GiB, written as the bytes of `sysctl -b vm.swapusage`.
    const bytes = Buffer.from(
      '000000c000000000' + '0000007000000000' + '0000005000000000' + '00400000' + '01000000',
      'hex',
    );
    assert.deepEqual(decodeSwapUsage(bytes, 32), { total: 3_221_225_472, used: 1_342_177_280 });
    assert.deepEqual(decodeSwapUsage(swapUsageOf(2n ** 40n, 2n ** 33n), 32), {
      total: 2 ** 40,
      used: 2 ** 33,
    });
  });

  test('is unknown when it is cut off, or more is used than there is', () => {
    const bytes = swapUsageOf(100n, 50n);
    for (const length of [0, 8, 16, 31]) assert.equal(decodeSwapUsage(bytes, length), undefined);
    assert.equal(decodeSwapUsage(bytes.subarray(0, 20), 32), undefined);
    bytes.writeBigUInt64LE(101n, 16);
    assert.equal(decodeSwapUsage(bytes, 32), undefined);
  });

  test('is used no more than there is, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(64), (bytes, length) => {
        const swap = decodeSwapUsage(Buffer.from(bytes), length);
        assert.ok(!swap || (swap.used >= 0 && swap.used <= swap.total));
      }),
    );
  });
});
