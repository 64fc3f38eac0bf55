import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Meminfo } from '../../../src/sampler/proc/meminfo.ts';
import { ByteReader } from '../../../src/sampler/proc/byte-reader.ts';
import { hostileText } from './hostile-text.ts';
import { load } from './load.ts';

const reader = new ByteReader();

function parse(text: string | Uint8Array): Meminfo {
  load(reader, text);
  const meminfo = new Meminfo();
  meminfo.parse(reader);
  return meminfo;
}

const SAMPLE = `MemTotal:       24684084 kB
MemFree:        24302824 kB
MemAvailable:   24319936 kB
Buffers:            8908 kB
Cached:           114284 kB
SwapCached:            7 kB
SwapTotal:       2097148 kB
SwapFree:        1048576 kB
Dirty:                16 kB
`;

describe('Meminfo', () => {
  test('reads total, available and swap', () => {
    const meminfo = parse(SAMPLE);
    assert.equal(meminfo.total, 24_684_084);
    assert.equal(meminfo.available, 24_319_936);
    assert.equal(meminfo.swapTotal, 2_097_148);
    assert.equal(meminfo.swapFree, 1_048_576);
  });

  test('reckons what is available where the kernel does not say', () => {
    assert.equal(parse(SAMPLE.replace(/MemAvailable.*\n/, '')).available, 24_302_824 + 8_908 + 114_284);
  });

  test('lines may come in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(SAMPLE.trim().split('\n'), { minLength: 9 }), lines => {
        assert.deepEqual(parse(`${lines.join('\n')}\n`), parse(SAMPLE));
      }),
    );
  });

  test('content that is cut off gives the true value or none', () => {
    const whole = parse(SAMPLE);
    for (let length = 0; length < SAMPLE.length; length++) {
      const cut = parse(SAMPLE.slice(0, length));
      for (const name of ['total', 'available', 'swapTotal', 'swapFree'] as const) {
        assert.ok(Number.isNaN(cut[name]) || cut[name] === whole[name], `${name} of ${length} bytes`);
      }
    }
  });

  test('whatever the bytes, it does not throw and finds no negative size', () => {
    fc.assert(
      fc.property(hostileText(SAMPLE), text => {
        const { total, available, swapTotal, swapFree } = parse(text);
        for (const value of [total, available, swapTotal, swapFree])
          assert.ok(Number.isNaN(value) || value >= 0);
      }),
      { numRuns: 500 },
    );
  });
});
