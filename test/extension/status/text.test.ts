import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Absence } from '../../../src/common/frame.ts';
import { CATEGORIES, UNKNOWN } from '../../../src/common/workload.ts';
import { runningText } from '../../../src/extension/status/text.ts';
import { gpusNamed, readingsOf } from '../../common/readings-of.ts';

/** The text with ordinary spaces. */
const plain = (text: string): string => text.replaceAll('\u2007', ' ');

describe('the status bar text', () => {
  test('has CPU and memory, and the GPU where there is one', () => {
    const columns = { total_utilization: 12.4, ram_percent: 56.5, gpu0_utilization: 87 };
    const without = runningText(readingsOf(columns));
    assert.equal(plain(without.text), '$(pulse) CPU  12% RAM  57%');
    assert.equal(without.label, 'OptiMetrics, CPU 12 percent, memory 57 percent');
    const one = runningText(readingsOf(columns, { gpus: gpusNamed('A') }));
    assert.equal(plain(one.text), '$(pulse) CPU  12% GPU  87% RAM  57%');
    assert.equal(one.label, 'OptiMetrics, CPU 12 percent, GPU 87 percent, memory 57 percent');
  });

  test('has the busiest of several GPUs', () => {
    const columns = {
      total_utilization: 1,
      ram_percent: 2,
      gpu0_utilization: 3,
      gpu1_utilization: 'asleep',
      gpu2_utilization: 99,
    } as const;
    const { text, label } = runningText(readingsOf(columns, { gpus: gpusNamed('A', 'B', 'C') }));
    assert.equal(plain(text), '$(pulse) CPU   1% GPU×3  99% RAM   2%');
    assert.match(label, /busiest of 3 GPUs 99 percent/);
  });

  test('shows that a value is missing, never 0', () => {
    const columns = {
      total_utilization: 'failed',
      ram_percent: 'unsupported',
      gpu0_utilization: 'asleep',
    } as const;
    const { text, label } = runningText(readingsOf(columns, { gpus: gpusNamed('A') }));
    assert.equal(plain(text), '$(pulse) CPU   –  GPU   –  RAM   – ');
    assert.equal(label, 'OptiMetrics, CPU not known, GPU not known, memory not known');
    assert.doesNotMatch(runningText(readingsOf({})).text, /\d/);
  });

  test('ends with the workload class when there is one', () => {
    const { text, label } = runningText(
      readingsOf({ total_utilization: 1, ram_percent: 2 }, { category: 'ai_training' }),
    );
    assert.ok(text.endsWith('% $(circuit-board) AI'));
    assert.ok(label.endsWith(', workload ai training'));
  });

  test('says so when the class is unknown, and nothing while there is no answer or it is not wanted', () => {
    const columns = { total_utilization: 1, ram_percent: 2 };
    const unknown = runningText(readingsOf(columns, { category: 'unknown' }));
    assert.ok(unknown.text.endsWith('% $(question) unknown'));
    assert.ok(unknown.label.endsWith(', workload unknown'));
    const none = runningText(readingsOf(columns));
    assert.ok(none.text.endsWith('%') && none.label.endsWith('percent'));
    assert.deepEqual(runningText(readingsOf(columns, { category: 'gaming' }), { showWorkload: false }), none);
  });

  test('has an icon for each class, and one for those of the user’s own', () => {
    const iconOf = (category: string): string =>
      /\$\(([a-z-]+)\) [^$]+$/.exec(runningText(readingsOf({}, { category })).text)?.[1] ?? '';
    const icons = [...CATEGORIES, UNKNOWN].map(iconOf);
    assert.equal(new Set(icons).size, CATEGORIES.length + 1);
    assert.ok(!icons.includes('') && !icons.includes('tag'));
    assert.equal(iconOf('my_renderer'), 'tag');
  });

  test('warns while the log is paused', () => {
    const readings = readingsOf({ total_utilization: 1, ram_percent: 2 });
    const { text, label } = runningText(readings, { isLogPaused: true });
    assert.equal(plain(text), '$(warning) CPU   1% RAM   2%');
    assert.equal(label, 'OptiMetrics, CPU 1 percent, memory 2 percent, the log is paused');
  });

  test('keeps its width, whatever the values', () => {
    const value = fc.oneof(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.constantFrom<Absence>('unsupported', 'asleep', 'denied', 'failed'),
    );
    for (const gpus of [gpusNamed(), gpusNamed('A'), gpusNamed('A', 'B')]) {
      const lengths = new Set<number>();
      fc.assert(
        fc.property(
          value,
          value,
          value,
          value,
          (total_utilization, ram_percent, gpu0_utilization, gpu1_utilization) => {
            const columns = { total_utilization, ram_percent, gpu0_utilization, gpu1_utilization };
            lengths.add(runningText(readingsOf(columns, { gpus })).text.length);
          },
        ),
        { numRuns: 200 },
      );
      assert.equal(lengths.size, 1);
    }
  });
});
