import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Frame } from '../../src/common/frame.ts';
import { buildLayout } from '../../src/common/layout.ts';
import { formatHeader, formatRow } from '../../src/log/row.ts';
import { frameAt, HARDWARE_ID, smallLayout } from './frames.ts';

describe('a row of the log', () => {
  test('has the moment of sampling, the id, the class and the values; nothing where there is none', () => {
    const frame = frameAt(smallLayout(1), Date.UTC(2024, 1, 29, 23, 59, 59, 7));
    frame.category = 'ai_training';
    frame.set(frame.layout.slots.get('context_switches') ?? -1, 9_007_199_254_740_991);
    frame.set(frame.layout.slots.get('load_avg_1m') ?? -1, 0.1);
    frame.set(frame.layout.slots.get('load_avg_5m') ?? -1, 0);
    frame.absent(frame.layout.slots.get('temperature') ?? -1, 'denied');
    assert.equal(
      formatHeader(frame.layout),
      'timestamp,hardware_id,session_category,session_confidence,total_utilization,core_0_utilization,core_0_freq_mhz,' +
        'avg_freq_mhz,temperature,power_watts,package_throttles,context_switches,interrupts,soft_interrupts,load_avg_1m,load_avg_5m,load_avg_15m\n',
    );
    assert.equal(
      formatRow(frame, HARDWARE_ID),
      `2024-02-29T23:59:59.007Z,${HARDWARE_ID},ai_training,,12.3,,,,,,,9007199254740991,,,0.1,0,\n`,
    );
  });

  test('has a field for each column of the header, which reads back as the value', () => {
    const counts = fc.record({ core: fc.nat(8), gpu: fc.nat(3), disk: fc.nat(3) });
    const numbers = fc.oneof(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.maxSafeInteger(),
      fc.constant(Number.NaN),
    );
    fc.assert(
      fc.property(counts, fc.infiniteStream(numbers), (of, given) => {
        const frame = new Frame(buildLayout(of));
        frame.layout.columns.forEach((_, slot) => {
          frame.set(slot, given.next().value as number);
        });
        const header = formatHeader(frame.layout).trimEnd().split(',');
        const row = formatRow(frame, HARDWARE_ID);
        const fields = row.trimEnd().split(',');
        assert.ok(row.endsWith('\n') && row.indexOf('\n') === row.length - 1);
        assert.ok(/^[\x20-\x7e]*\n$/.test(row), 'ASCII, for the file is written byte by character');
        assert.equal(fields.length, header.length);
        header.forEach((name, field) => {
          if (field < 3) return;
          const value = frame.value(name);
          assert.equal(fields[field], value === undefined ? '' : String(value), name);
          if (value !== undefined) assert.equal(Number(fields[field]), value);
          assert.doesNotMatch(fields[field] ?? '', /e|NaN|Infinity/, 'plain decimals');
        });
      }),
      { numRuns: 100 },
    );
  });
});
