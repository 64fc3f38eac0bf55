import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Engine, EngineTimes } from '../../../../../src/sampler/adapters/gpu/intel/fdinfo.ts';
import { ascii, ByteReader } from '../../../../../src/sampler/proc/byte-reader.ts';
import { hostileText } from '../../../proc/hostile-text.ts';
import { load } from '../../../proc/load.ts';
import { i915Client, xeClient } from './intel-tree.ts';

const PDEV = ascii('0000:03:00.0');
const reader = new ByteReader();

function decode(text: string | Uint8Array): EngineTimes {
  const times = new EngineTimes();
  load(reader, text);
  times.decode(reader, PDEV);
  return times;
}

function fixture(file: string): Uint8Array {
  return fs.readFileSync(new URL(`../../../../fixtures/sysroot/${file}`, import.meta.url));
}

describe('what a driver tells of a client', () => {
  test('i915: nanoseconds', () => {
    const times = decode(fixture('intel-i915/first/proc/2041/fdinfo/12'));
    assert.equal(times.clientId, 7);
    assert.equal(times.isOfOther, false);
    assert.deepEqual([...times.nanoseconds], [10_000_000_000, 0, 2_000_000_000, 0, 0]);
    assert.deepEqual([...times.capacity], [1, 1, 2, 2, 1]);
    assert.ok([...times.cycles, ...times.totalCycles].every(Number.isNaN));
    assert.equal(times.hasWork, true);
  });

  test('xe: cycles', () => {
    const times = decode(fixture('intel-xe/first/proc/3120/fdinfo/8'));
    assert.equal(times.clientId, 21);
    assert.deepEqual([...times.cycles], [28_257_900, 0, 1_000_000, 0, 5_000_000]);
    assert.deepEqual([...new Set(times.totalCycles)], [7_655_183_225]);
    assert.deepEqual([...times.capacity], [1, 1, 2, 2, 1]);
    assert.ok(times.nanoseconds.every(Number.isNaN));
  });

  for (const [what, text, isOfOther] of [
    ['the same', 'drm-pdev:\t0000:03:00.0\n', false],
    ['another', 'drm-pdev:\t0000:03:00.1\n', true],
    ['one that begins like it', 'drm-pdev:\t0000:03:00.01\n', true],
    ['none', 'drm-client-id:\t4\n', false],
  ] as const) {
    test(`place on the bus: ${what}`, () => {
      assert.equal(decode(text).isOfOther, isOfOther);
    });
  }

  for (const [what, text] of [
    ['another unit', 'drm-engine-render:\t5 us\n'],
    ['no unit', 'drm-engine-render:\t5\n'],
    ['a negative number', 'drm-engine-render:\t-5 ns\n'],
    ['an unknown engine', 'drm-engine-other:\t5 ns\n'],
    ['a name that begins like an engine', 'drm-engine-renderer:\t5 ns\n'],
    ['a number that is cut off', 'drm-engine-render:\t5'],
    ['another key', 'drm-total-render:\t5 ns\n'],
    ['another start', 'xdrm-engine-render:\t5 ns\n'],
  ] as const) {
    test(`no work is told by ${what}`, () => {
      assert.equal(decode(text).hasWork, false);
    });
  }

  test('no engines of a kind is no capacity', () => {
    assert.ok(Number.isNaN(decode('drm-engine-capacity-video:\t0\n').capacity[Engine.video]));
  });

  test('whatever stands there, numbers are whole and not negative or NaN', () => {
    const content = fc.oneof(
      hostileText(i915Client(7, { render: 10_000, video: 40 })),
      hostileText(xeClient(7, 19_200_000, { rcs: 500, ccs: 7 })),
    );
    fc.assert(
      fc.property(content, bytes => {
        const times = decode(bytes);
        const { clientId, nanoseconds, cycles, totalCycles, capacity } = times;
        for (const value of [clientId, ...nanoseconds, ...cycles, ...totalCycles, ...capacity]) {
          assert.ok(Number.isNaN(value) || value >= 0);
        }
      }),
      { numRuns: 500 },
    );
  });
});
