/**
 * The whole sampler beside psutil, vmstat and iostat, over the same seconds of a known load: what its log says must be what
 * they say. `npm run compare` prints the same comparison as a table.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compare, type Comparison, isWithin } from './harness/tools/compare.ts';
import { comparisonTable } from './harness/tools/comparison-table.ts';
import { measure, whyNotHere } from './harness/tools/measure.ts';

/** Columns without which a comparison would say nothing: the load sees to it that they are large. */
const LOADED = ['context_switches, growth', 'interrupts, growth'];

describe('independent tools over the same seconds', { skip: whyNotHere() }, () => {
  test('say the same of CPU, memory, disk and network', async t => {
    const attempts: string[] = [];
    // Of three attempts one must be undisturbed: a machine that stands still for a moment delays one of them and not another.
    for (let attempt = 0; attempt < 3; attempt++) {
      const measurement = await measure();
      if (!measurement) {
        attempts.push('a tool missed a second');
        continue;
      }
      const comparisons = compare(measurement);
      for (const what of LOADED)
        assert.ok((find(comparisons, what)?.theirs ?? 0) > 100, `${what} says something`);
      if (measurement.hasTraffic) {
        assert.ok(
          (find(comparisons, 'net_bytes_sent, growth')?.theirs ?? 0) > 10e6,
          'traffic went over the link',
        );
        assert.ok((find(comparisons, 'net_drops_in, growth')?.theirs ?? 0) > 100, 'frames were dropped');
        assert.ok((find(comparisons, 'net_connections_total')?.theirs ?? 0) >= 25, 'sockets are open');
      }
      const off = comparisons.filter(comparison => !isWithin(comparison));
      if (off.length === 0) {
        t.diagnostic(`${String(comparisons.length)} comparisons, ${measurement.versions}`);
        return;
      }
      attempts.push(comparisonTable(off));
    }
    assert.fail(`in every attempt something was off:\n${attempts.join('\n\n')}`);
  });
});

function find(comparisons: readonly Comparison[], what: string): Comparison | undefined {
  return comparisons.find(comparison => comparison.what === what);
}
