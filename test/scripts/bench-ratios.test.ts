import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  OURS_ALONE,
  OURS_WITH_CLIENT,
  type ProcessUse,
  ratiosOf,
} from '../../scripts/bench/whole-process.ts';

function use(name: string, cpuPercent: number, privateMib: number): ProcessUse {
  return { name, cpuPercent, privateMib, medianSecondUs: 0, rssMib: 0, pssMib: 0 };
}

test('each of our samplers is divided by each peer', () => {
  const processes = [
    use(OURS_ALONE, 0.1, 10),
    use(OURS_WITH_CLIENT, 0.2, 12),
    use('a', 0.8, 5),
    use('b', 8, 20),
  ];
  assert.deepEqual(ratiosOf(processes), [
    { ours: OURS_ALONE, theirs: 'a', cpu: 0.125, privateMemory: 2 },
    { ours: OURS_WITH_CLIENT, theirs: 'a', cpu: 0.25, privateMemory: 2.4 },
    { ours: OURS_ALONE, theirs: 'b', cpu: 0.0125, privateMemory: 0.5 },
    { ours: OURS_WITH_CLIENT, theirs: 'b', cpu: 0.025, privateMemory: 0.6 },
  ]);
});

test('without peers there is nothing to compare', () => {
  assert.deepEqual(ratiosOf([use(OURS_ALONE, 0.1, 10)]), []);
});
