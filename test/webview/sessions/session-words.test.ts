import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { differencesOf } from '../../../webview/sessions/differences.ts';
import {
  energyText,
  sessionTitle,
  sourceLines,
  sourcesText,
} from '../../../webview/sessions/session-words.ts';
import { normalize } from '../support/text.ts';
import { HOUR, MINUTE, NOON, session } from './support.ts';

const power = {
  mean: 150,
  peak: 240,
  wh: 50,
  sources: [
    { wh: 20, knownMs: 20 * MINUTE },
    { gpu: 1, wh: 30, knownMs: 10 * MINUTE },
  ],
};

describe('the words of a session', () => {
  test('name its kind of work, and energies with three digits', () => {
    assert.equal(sessionTitle(session()), 'Coding');
    assert.equal(sessionTitle(session({ category: '' })), 'No answer');
    assert.equal(sessionTitle(session({ category: 'my_render_jobs' })), 'my render jobs');
    assert.deepEqual([0, 0.004, 3.456, 42.1, 412.4, 1_240].map(energyText).map(normalize), [
      '0.00 Wh',
      '0.00 Wh',
      '3.46 Wh',
      '42.1 Wh',
      '412 Wh',
      '1.24 kWh',
    ]);
  });

  test('say which meters an energy is of, and for how long they were known', () => {
    const one = session({ to: NOON + 20 * MINUTE, power });
    assert.equal(sourcesText(power), 'CPU, GPU 1');
    assert.deepEqual(sourceLines(one).map(normalize), [
      'CPU: 20.0 Wh',
      'GPU 1: 30.0 Wh, known for 50.0 % of the time',
    ]);
    assert.deepEqual(sourceLines(session()), []);
  });

  test('two side by side: all that is known of either, and what the second has more', () => {
    const first = session({ to: NOON + HOUR, confidence: 80, cpu: { mean: 10, peak: 50 }, power });
    const second = session({
      from: NOON + 2 * HOUR,
      to: NOON + 3.5 * HOUR,
      category: 'gaming',
      cpu: { mean: 7.5, peak: 50 },
      gpu: { gpu: 0, mean: 90, peak: 100 },
      power: { ...power, wh: 100 },
    });
    const rows = differencesOf(first, second).map(row => ({
      ...row,
      first: normalize(row.first),
      second: normalize(row.second),
      change: normalize(row.change),
    }));
    const row = (title: string): unknown[] => {
      const found = rows.find(one => one.title === title);
      return found ? [found.first, found.second, found.change] : [];
    };
    assert.deepEqual(row('Kind of work'), ['Coding', 'Gaming', '']);
    assert.deepEqual(row('Length'), ['1 h', '1 h 30 min', '+50 %']);
    assert.deepEqual(row('CPU, mean'), ['10.0 %', '7.5 %', '−2.5 %']);
    assert.deepEqual(row('CPU, peak'), ['50.0 %', '50.0 %', '±0.0 %']);
    assert.deepEqual(row('GPU, mean'), ['–', '90.0 %', '']);
    assert.deepEqual(row('Energy'), ['50.0 Wh', '100 Wh', '+100 %']);
    assert.deepEqual(row('VRAM, mean'), []);
    const other = { ...second, power: { ...power, sources: power.sources.slice(0, 1) } };
    assert.equal(differencesOf(first, other).find(({ title }) => title === 'Energy')?.change, 'other meters');
  });
});
