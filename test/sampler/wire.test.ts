import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Absence, Frame } from '../../src/common/frame.ts';
import { buildLayout } from '../../src/common/layout.ts';
import type { FrameMessage, LayoutMessage } from '../../src/common/protocol.ts';
import { Readings } from '../../src/common/readings.ts';
import { toFrameMessage, toLayoutMessage } from '../../src/sampler/wire.ts';

const reading: fc.Arbitrary<number | Absence> = fc.oneof(
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.constantFrom<Absence>('unsupported', 'asleep', 'denied', 'failed'),
);

/** What JSON makes of a message. */
const sent = <T>(message: T): T => JSON.parse(JSON.stringify(message)) as T;

describe('a frame on the wire', () => {
  test('arrives with every value and every reason for an absence', () => {
    const counts = fc.record({ core: fc.nat(6), gpu: fc.nat(3), disk: fc.nat(3) });
    fc.assert(
      fc.property(counts, fc.infiniteStream(reading), (of, given) => {
        const layout = buildLayout(of);
        const frame = new Frame(layout);
        Object.assign(frame, { seq: 9, utcMs: 1_700_000_000_123, category: 'ai_training' });
        layout.columns.forEach((_, slot) => {
          const next = given.next().value as number | Absence;
          if (typeof next === 'number') frame.set(slot, next);
          else frame.absent(slot, next);
        });
        const message: FrameMessage = sent(toFrameMessage(frame));
        const arrived = new Readings(sent(toLayoutMessage(layout, [])), message);
        for (const { name } of layout.columns) {
          assert.equal(arrived.value(name), frame.value(name), name);
          assert.equal(arrived.absence(name), frame.absence(name), name);
        }
        assert.deepEqual(
          [...arrived.entries()],
          layout.columns.map(({ name }) => [name, frame.value(name) ?? frame.absence(name)]),
        );
        const { seq, utcMs, category } = message;
        assert.deepEqual(
          { seq, utcMs, category },
          { seq: 9, utcMs: 1_700_000_000_123, category: 'ai_training' },
        );
      }),
      { numRuns: 60 },
    );
  });

  test('is a letter for each value that is missing, in their order', () => {
    const frame = new Frame(buildLayout({ core: 0, gpu: 0, disk: 0 }, group => group === 'session'));
    assert.deepEqual(toFrameMessage(frame).values, [null]);
    for (const [reason, letter] of [
      ['unsupported', 'u'],
      ['asleep', 's'],
      ['denied', 'd'],
      ['failed', 'f'],
    ] as const) {
      frame.absent(0, reason);
      assert.equal(toFrameMessage(frame).absent, letter);
    }
    frame.set(0, 0);
    assert.deepEqual(toFrameMessage(frame), { seq: 0, utcMs: 0, category: '', values: [0], absent: '' });
  });
});

test('a layout on the wire has the columns, and of each GPU its name and vendor only', () => {
  const gpu = { name: 'Radeon', vendor: 'amd', uuid: 'GPU-secret', busId: '0000:01:00.0' } as const;
  const message: LayoutMessage = toLayoutMessage(buildLayout({ core: 1, gpu: 0, disk: 0 }), [gpu]);
  assert.deepEqual(message.gpus, [{ name: 'Radeon', vendor: 'amd' }]);
  assert.deepEqual(message.columns.slice(0, 3), [
    'session_confidence',
    'total_utilization',
    'core_0_utilization',
  ]);
});
