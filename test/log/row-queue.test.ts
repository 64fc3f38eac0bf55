import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RowQueue, type WaitingRow } from '../../src/log/row-queue.ts';

const row = (text: string, date = '2024-02-29'): WaitingRow => ({
  id8: '476aa2f1',
  date,
  header: 'h\n',
  text,
});
const texts = (rows: readonly WaitingRow[]): string[] => rows.map(({ text }) => text);

describe('RowQueue', () => {
  test('gives rows back in order, those of one file together', () => {
    const queue = new RowQueue();
    for (const [text, date] of [
      ['a', '1'],
      ['b', '1'],
      ['c', '2'],
      ['d', '1'],
    ] as const)
      queue.push(row(text, date), 1e6);
    assert.deepEqual(texts(queue.peek(10)), ['a', 'b']);
    assert.deepEqual(texts(queue.peek(1)), ['a']);
    queue.drop(2);
    assert.deepEqual(texts(queue.peek(10)), ['c']);
    queue.drop(1);
    assert.deepEqual(texts(queue.peek(10)), ['d']);
    queue.clear();
    assert.deepEqual([queue.length, texts(queue.peek(10)), queue.takeLost()], [0, [], 0]);
  });

  test('gives no more than there is room for, but one', () => {
    const queue = new RowQueue();
    for (const text of ['aaaa', 'bbbb', 'cccc']) queue.push(row(text), 1e6);
    assert.deepEqual(texts(queue.peek(10, 8)), ['aaaa', 'bbbb']);
    assert.deepEqual(texts(queue.peek(10, 7)), ['aaaa']);
    assert.deepEqual(texts(queue.peek(10, -5)), ['aaaa']);
  });

  test('gives up the oldest beyond its limit, and counts them', () => {
    const queue = new RowQueue();
    for (let n = 0; n < 5000; n++) queue.push(row(String(n).padStart(100)), 200 * 1000);
    assert.equal(queue.length, 1000);
    assert.equal(queue.takeLost(), 4000);
    assert.equal(queue.takeLost(), 0);
    assert.equal(queue.peek(1)[0]?.text.trim(), '4000');
    queue.push(row('x'.repeat(500_000)), 200 * 1000);
    assert.equal(queue.length, 1, 'the newest stays, however large');
  });

  test('gives up one day and no other', () => {
    const queue = new RowQueue();
    for (const [text, date] of [
      ['a', '1'],
      ['b', '1'],
      ['c', '2'],
    ] as const)
      queue.push(row(text, date), 1e6);
    assert.equal(queue.dropDay('1'), 2);
    assert.equal(queue.dropDay('1'), 0);
    assert.deepEqual(texts(queue.peek(10)), ['c']);
  });

  test('is a queue, whatever is done with it', () => {
    const action = fc.oneof(fc.record({ push: fc.nat(300) }), fc.record({ drop: fc.nat(1500) }));
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), actions => {
        const queue = new RowQueue();
        const model: string[] = [];
        let n = 0;
        for (const one of actions) {
          if ('push' in one) {
            for (let i = 0; i < one.push; i++) {
              queue.push(row(String(n)), Infinity);
              model.push(String(n++));
            }
          } else {
            const count = Math.min(one.drop, model.length);
            queue.drop(count);
            model.splice(0, count);
          }
          assert.equal(queue.length, model.length);
          assert.deepEqual(texts(queue.peek(3)), model.slice(0, 3));
        }
        assert.throws(() => {
          queue.drop(queue.length + 1);
        }, RangeError);
      }),
      { numRuns: 50 },
    );
  });
});
