import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WorkloadMessage } from '../../../src/common/protocol.ts';
import { workloadLines } from '../../../src/extension/status/workload.ts';
import { workloadChoices } from '../../../src/extension/workload-choices.ts';

const NOW = 1_700_000_000_000;
const MESSAGE: WorkloadMessage = {
  current: {
    category: 'coding_development',
    confidence: 0.824,
    sinceMs: NOW - 24 * 60_000,
    runnerUp: { category: 'idle', confidence: 0.11 },
    reasons: ['CPU 40 %', 'no encoder', 'disk writes in bursts', 'a fourth'],
    probabilities: { gaming: 0.004, coding_development: 0.824, idle: 0.11, my_own: 0.05 },
  },
  categories: ['gaming', 'coding_development', 'idle', 'my_own'],
  times: { atMs: NOW - 20_000, today: { coding_development: 4_790, idle: 3 }, week: {} },
};

describe('what the tooltip says of the workload', () => {
  test('is the class, for how long, three reasons and the runner-up', () => {
    assert.deepEqual(workloadLines(MESSAGE, NOW), {
      icon: '$(code)',
      answer: 'Coding, 82 % sure',
      times: 'for 24 min, 1 h 20 min today',
      reasons: ['CPU 40 %', 'no encoder', 'disk writes in bursts'],
      alternatives: 'Next likely: Idle 11 %',
    });
  });

  test('is nothing while there is no answer', () => {
    assert.equal(workloadLines({ ...MESSAGE, current: null }, NOW), undefined);
  });

  test('leaves out a time of today that is none, as after a clock that was set back', () => {
    const lines = workloadLines({ ...MESSAGE, times: { atMs: NOW, today: {}, week: {} } }, NOW - 3_600_000);
    assert.equal(lines?.times, 'for < 1 min');
  });
});

describe('the classes to correct to', () => {
  test('begin with the one that is detected, then the likeliest', () => {
    assert.deepEqual(
      workloadChoices(MESSAGE, 0).map(({ label, description }) => [label, description]),
      [
        ['$(code) Coding', 'detected now, 82 %'],
        ['$(coffee) Idle', '11 %'],
        ['$(tag) my own', '5 %'],
        ['$(game) Gaming', ''],
      ],
    );
  });

  test('are all there before the first answer, too, and what was corrected can be forgotten', () => {
    const choices = workloadChoices({ ...MESSAGE, current: null }, 3);
    assert.deepEqual(
      choices.map(choice => (choice.action === 'correct' ? choice.category : choice.action)),
      ['gaming', 'coding_development', 'idle', 'my_own', 'forget'],
    );
    assert.equal(choices.at(-1)?.description, '3 kept on this machine');
  });
});
