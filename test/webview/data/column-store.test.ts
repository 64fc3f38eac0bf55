import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ColumnStore } from '../../../webview/data/column-store.ts';

test('property: a column store is a list that rows are appended to, cut off at the end and dropped from at the beginning', () => {
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 300 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('drop' as const), count: fc.integer({ min: 0, max: 400 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('truncate' as const), count: fc.integer({ min: 0, max: 900 }) }),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), steps => {
      const store = new ColumnStore(2);
      let model: { time: number; value: number }[] = [];
      let time = 0;
      for (const { do: what, count } of steps) {
        const before = store.snapshot();
        const copy = [...before.lane(1)];
        if (what === 'append') {
          for (let at = 0; at < count; at++) {
            const row = store.append(++time);
            store.set(1, row, time * 2);
            model.push({ time, value: time * 2 });
          }
          assert.deepEqual([...before.lane(1)], copy, 'a snapshot stays as it is while rows come');
        } else if (what === 'drop') {
          const from = (model[0]?.time ?? 0) + count;
          store.dropBefore(from);
          model = model.filter(row => row.time >= from);
          assert.deepEqual([...before.lane(1)], copy, 'a snapshot stays as it is while rows go');
        } else {
          store.truncate(count);
          model = model.slice(0, count);
          time = model.at(-1)?.time ?? time;
        }
        assert.equal(store.size, model.length);
        assert.deepEqual(
          [...store.times],
          model.map(row => row.time),
        );
        assert.deepEqual(
          [...store.lane(1)],
          model.map(row => row.value),
        );
        assert.ok([...store.lane(0)].every(value => Number.isNaN(value)));
      }
      assert.ok(Number.isNaN(store.time(-1)) && Number.isNaN(store.get(1, store.size)));
      assert.equal(store.lane(2).length, 0);
    }),
  );
});
