import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Absence } from '../../../src/common/frame.ts';
import { Latch } from '../../../src/extension/status/latch.ts';
import { TooltipPace } from '../../../src/extension/status/pace.ts';
import { type Trouble, TroubleWatch } from '../../../src/extension/status/trouble.ts';
import { troubleWords } from '../../../src/extension/status/trouble-words.ts';
import { gpusNamed, readingsOf } from '../../common/readings-of.ts';

type Columns = Readonly<Record<string, number | Absence>>;

/** What is wrong after each second with these columns, by kind. */
function watch(seconds: readonly Columns[], gpus = 0): string[] {
  const troubles = new TroubleWatch();
  const options = { gpus: gpusNamed(...Array.from({ length: gpus }, (_, index) => `G${String(index)}`)) };
  return seconds.map((columns, second) =>
    troubles
      .update(readingsOf(columns, options), second * 1000)
      .map(trouble => trouble.kind)
      .join(),
  );
}

const times = (count: number, columns: Columns): Columns[] => Array.from({ length: count }, () => columns);
/** The seconds at which something is wrong, as ranges: `3-20`. */
function spans(kinds: readonly string[]): string {
  const marks = kinds.map(kind => (kind === '' ? '-' : 'x')).join('');
  return [...marks.matchAll(/x+/g)]
    .map(({ 0: run, index }) => `${index}-${index + run.length - 1}`)
    .join(' ');
}

describe('trouble', () => {
  test('with GPU memory begins at 95 % for 3 s and ends below 92 % for 10 s', () => {
    const vram = (percent: number | Absence): Columns => ({ gpu0_vram_percent: percent });
    const at = (...parts: readonly Columns[][]): string => spans(watch(parts.flat(), 1));
    assert.equal(at(times(60, vram(94.9))), '');
    assert.equal(at(times(3, vram(97)), times(9, vram(50))), '', 'a moment is no trouble');
    assert.equal(at(times(10, vram(97)), times(30, vram(93)), times(20, vram(50))), '3-49');
    assert.equal(at(times(10, vram(97)), times(60, vram(93))), '3-69', 'in between it stays as it is');
    assert.equal(
      at(times(10, vram(97)), times(20, vram('failed'))),
      '3-9',
      'nothing is said of what is not known',
    );
    assert.equal(at(...Array.from({ length: 20 }, () => [vram(97), vram(97), vram(50)])), '', 'no flicker');
  });

  test('of each GPU is its own', () => {
    const columns = { gpu0_vram_percent: 10, gpu1_vram_percent: 99, gpu2_throttle_reasons: 0x40 };
    const troubles = new TroubleWatch();
    let last: readonly Trouble[] = [];
    for (let second = 0; second < 5; second++)
      last = troubles.update(readingsOf(columns, { gpus: gpusNamed('A', 'B', 'C') }), second * 1000);
    assert.deepEqual(last, [
      { kind: 'vram', gpu: 1, percent: 99 },
      { kind: 'gpuHot', gpu: 2 },
    ]);
  });

  test('with heat of a GPU is its thermal reasons, not those of power or idling', () => {
    for (const [mask, expected] of [
      [0x20, 'gpuHot'],
      [0x40, 'gpuHot'],
      [0x44, 'gpuHot'],
      [0x1, ''],
      [0x4, ''],
      [0x80, ''],
      [0, ''],
    ] as const)
      assert.equal(watch(times(5, { gpu0_throttle_reasons: mask }), 1).at(-1), expected);
  });

  test('with heat of the CPU is being throttled again and again', () => {
    const counts = (...values: (number | Absence)[]): Columns[] =>
      values.map(package_throttles => ({ package_throttles }));
    assert.equal(spans(watch(counts(7, 8, 8, 8, 8, 8, 8))), '', 'a burst is no trouble');
    assert.equal(spans(watch(counts(7, 9, 12, 13, ...new Array<number>(50).fill(13)))), '3-32');
    assert.equal(spans(watch(counts(9000, 3, 3, 3, 3))), '', 'a restart is none');
    assert.equal(spans(watch(counts('failed', 5, 'failed', 6, 7))), '', 'from nothing no growth is known');
  });

  test('with memory is time that programs wait, or next to none left of a machine of any size', () => {
    assert.equal(watch(times(5, { memory_pressure: 25 })).at(-1), 'memoryPressure');
    assert.equal(watch(times(5, { memory_pressure: 15 })).at(-1), '');
    const left = (ram_available_mb: number, ram_total_mb: number): string =>
      watch(times(5, { ram_available_mb, ram_total_mb })).at(-1) ?? '';
    assert.equal(left(400, 16_384), 'memory');
    assert.equal(left(700, 16_384), '');
    assert.equal(left(10_000, 515_072), '', '2 % of 503 GiB are plenty');
    assert.equal(left(0, 0), '');
    assert.equal(
      watch(times(5, { memory_pressure: 25, ram_available_mb: 1, ram_total_mb: 9999 })).at(-1),
      'memoryPressure',
      'once is enough',
    );
  });

  test('with a disk is little left, and little at all', () => {
    const disk = (disk_0_used_gb: number, disk_0_percent: number): string =>
      watch(times(5, { disk_0_used_gb, disk_0_percent })).at(-1) ?? '';
    assert.equal(disk(99, 99), 'disk');
    assert.equal(disk(99, 100), 'disk');
    assert.equal(disk(3960, 99), '', '40 GiB of 4 TB');
    assert.equal(disk(0.1, 20), '', 'a small one that is nearly empty');
    assert.equal(disk(0, 0), '');
  });

  test('is told with what to do', () => {
    const troubles: Trouble[] = [
      { kind: 'cpuHot' },
      { kind: 'gpuHot', gpu: 2 },
      { kind: 'vram', gpu: 1, percent: 96.6 },
      { kind: 'memoryPressure', percent: 31 },
      { kind: 'memory', availableMb: 300 },
      { kind: 'disk', disk: 0, leftGb: 0.5 },
    ];
    assert.deepEqual(
      troubles.map(trouble => troubleWords(trouble).what),
      [
        'The CPU is slowed down because it is too hot',
        'GPU 2 is slowed down because it is too hot',
        '97 % of the memory of GPU 1 is in use',
        'Programs wait for memory 31 % of the time',
        'Only 300 MiB of memory are left',
        'Disk 0 is full: 512 MiB are left',
      ],
    );
    for (const trouble of troubles) assert.match(troubleWords(trouble).remedy, /^[A-Z].*\.$/);
  });
});

describe('a latch', () => {
  test('never changes twice within the time that a change takes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('bad', 'between', 'good'), { maxLength: 200 }), levels => {
        const latch = new Latch({ enterMs: 3_000, leaveMs: 10_000 });
        let last = false;
        let changed = -Infinity;
        levels.forEach((level, second) => {
          const isOn = latch.update(level, second * 1000);
          if (isOn === last) return;
          assert.ok(second - changed > (isOn ? 3 : 10) - 1);
          assert.equal(level, isOn ? 'bad' : 'good');
          last = isOn;
          changed = second;
        });
      }),
    );
  });
});

describe('the tooltip', () => {
  test('is made at once after an event, else every 10 s, and not while nobody looks', () => {
    const pace = new TooltipPace();
    const due = (second: number, isFocused: boolean): boolean => pace.isDue(second * 1000, isFocused);
    assert.equal(due(0, false), true, 'the first');
    assert.deepEqual(
      [1, 5, 9.9].map(second => due(second, true)),
      [false, false, false],
    );
    assert.equal(due(10, true), true);
    assert.deepEqual(
      [30, 300].map(second => due(second, false)),
      [false, false],
    );
    pace.event();
    assert.equal(due(301, false), true);
    assert.equal(due(302, true), false);
    assert.equal(due(311, true), true);
  });
});
