import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { english } from '../../src/common/translate.ts';
import { CATEGORIES, type Classification, UNKNOWN } from '../../src/common/workload.ts';
import { workloadName } from '../../src/common/workload-names.ts';
import {
  alternativesText,
  answerText,
  confidenceText,
  durationText,
  timesAt,
} from '../../src/common/workload-words.ts';

const CODING: Classification = {
  category: 'coding_development',
  confidence: 0.824,
  sinceMs: 0,
  runnerUp: { category: 'idle', confidence: 0.11 },
  reasons: [],
  probabilities: { coding_development: 0.824, idle: 0.11, gaming: 0.05, ai_training: 0.004 },
};

test('names are in the language of the user', () => {
  assert.deepEqual(
    workloadName('ai_training', text => text.toUpperCase()),
    { title: 'AI TRAINING', short: 'AI' },
  );
});

test('every class has a name and a short one of its own', () => {
  const all = [...CATEGORIES, UNKNOWN];
  for (const length of ['title', 'short'] as const)
    assert.equal(new Set(all.map(category => workloadName(category)[length])).size, all.length);
  for (const category of all) assert.ok(workloadName(category).short.length <= 8, category);
  assert.deepEqual(workloadName('my_own'), { title: 'my own', short: 'my own' });
  assert.deepEqual(workloadName('nightly_render_farm'), {
    title: 'nightly render farm',
    short: 'nightly ren…',
  });
});

describe('words', () => {
  test('for a probability never claim certainty', () => {
    assert.deepEqual([0, 0.004, 0.5, 0.824, 0.999, 1].map(confidenceText), [
      '0 %',
      '0 %',
      '50 %',
      '82 %',
      '99 %',
      '99 %',
    ]);
  });

  test('for a time are those of a clock', () => {
    assert.deepEqual([-5, 0, 59.9, 60, 3599, 3600, 4800, 36_000 * 11].map(durationText), [
      '< 1 min',
      '< 1 min',
      '< 1 min',
      '1 min',
      '59 min',
      '1 h',
      '1 h 20 min',
      '110 h',
    ]);
  });

  test('for an answer say how sure it is, and what else it may be', () => {
    assert.equal(answerText(CODING, english), 'Coding, 82 % sure');
    assert.equal(alternativesText(CODING, english), 'Next likely: Idle 11 %');
    assert.equal(
      alternativesText({ ...CODING, runnerUp: { category: 'idle', confidence: 0.004 } }, english),
      '',
    );
    const unknown = {
      ...CODING,
      category: UNKNOWN,
      confidence: 0.41,
      probabilities: { idle: 0.3, gaming: 0.41, ai_training: 0.2 },
    };
    assert.equal(answerText(unknown, english), 'Unknown');
    assert.equal(alternativesText(unknown, english), 'Nearest: Gaming 41 %, Idle 30 %');
  });
});

test('times go on for the class that lasts, and for no other', () => {
  const times = { atMs: 1_000_000, today: { idle: 10 }, week: { idle: 20, gaming: 5 } };
  assert.deepEqual(timesAt(times, 'idle', 1_030_000), {
    atMs: 1_030_000,
    today: { idle: 40 },
    week: { idle: 50, gaming: 5 },
  });
  assert.deepEqual(timesAt(times, 'coding_development', 1_030_000).today, {
    idle: 10,
    coding_development: 30,
  });
  assert.equal(timesAt(times, '', 1_030_000), times);
  assert.equal(timesAt(times, 'idle', 900_000), times, 'a clock that was set back');
});
