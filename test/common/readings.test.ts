import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Absence } from '../../src/common/frame.ts';
import { Readings, slotsOf } from '../../src/common/readings.ts';
import { readingsOf } from './readings-of.ts';

const COLUMNS = { a: 0, b: 'unsupported', c: 2.5, d: 'asleep', e: 'denied', f: 'failed', g: 7 } as const;

describe('Readings', () => {
  test('tells each value and each reason, by name and in order', () => {
    const readings = readingsOf(COLUMNS);
    for (const [column, expected] of Object.entries(COLUMNS) as [string, number | Absence][]) {
      assert.equal(readings.value(column), typeof expected === 'number' ? expected : undefined, column);
      assert.equal(readings.absence(column), typeof expected === 'number' ? undefined : expected, column);
    }
    assert.deepEqual([...readings.entries()], Object.entries(COLUMNS));
  });

  test('has neither for a column that is not there', () => {
    const readings = readingsOf(COLUMNS);
    for (const column of ['h', '', 'constructor']) {
      assert.equal(readings.value(column), undefined);
      assert.equal(readings.absence(column), undefined);
    }
  });

  test('takes a reason that is missing or not known for failed', () => {
    const { layout, frame } = readingsOf({ a: 'denied', b: 'denied', c: 'denied' });
    const readings = new Readings(layout, { ...frame, absent: 'x' });
    assert.deepEqual(
      [...readings.entries()],
      [
        ['a', 'failed'],
        ['b', 'failed'],
        ['c', 'failed'],
      ],
    );
    assert.equal(readings.absence('c'), 'failed');
  });

  test('shares the slots of a layout', () => {
    const { layout, frame } = readingsOf(COLUMNS);
    assert.equal(new Readings(layout, frame, slotsOf(layout)).value('g'), 7);
  });
});
