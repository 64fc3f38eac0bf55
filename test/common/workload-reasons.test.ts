import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { english, type Translate } from '../../src/common/translate.ts';
import type { Classification } from '../../src/common/workload.ts';
import { reasonText, reasonTexts } from '../../src/common/workload-reasons.ts';

const BUNDLE = JSON.parse(
  fs.readFileSync(new URL('../../l10n/bundle.l10n.de.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, string>>;
const german: Translate = (text, ...values) => english(BUNDLE[text] ?? text, ...values);

const ANSWER: Classification = {
  category: 'ai_training',
  confidence: 0.9,
  sinceMs: 0,
  reasons: ['GPU 96 % with steady VRAM 71 GiB', 'fans that sing', 'no encoder'],
  probabilities: { ai_training: 0.9, idle: 0.1 },
};

describe('the reasons of an answer', () => {
  test('are said in the language of the user, with their numbers', () => {
    const reason = { key: 'gpuSteadyVram', values: ['96 %', '71 GiB'] };
    assert.equal(reasonText(reason, english), 'GPU 96 % with steady VRAM 71 GiB');
    assert.equal(reasonText(reason, german), 'GPU 96 % bei gleichbleibendem VRAM von 71 GiB');
  });

  test('are in English where another version has others, and where it tells no more', () => {
    const reasonData = [
      { key: 'gpuSteadyVram', values: ['96 %', '71 GiB'] },
      { key: 'singingFans', values: ['3'] },
    ];
    assert.deepEqual(reasonTexts({ ...ANSWER, reasonData }, german), [
      'GPU 96 % bei gleichbleibendem VRAM von 71 GiB',
      'fans that sing',
      'no encoder',
    ]);
    assert.deepEqual(reasonTexts(ANSWER, german), ANSWER.reasons);
    for (const key of ['toString', '__proto__', ''])
      assert.equal(reasonText({ key, values: [] }, german), undefined, key);
  });

  test('with numbers missing are still words', () => {
    assert.equal(
      reasonText({ key: 'diskBoth', values: ['7'] }, english),
      'disk reads 7 MB/s, writes {1} MB/s',
    );
    assert.equal(reasonText({ key: 'noDisk', values: ['7'] }, english), 'hardly any disk traffic');
  });
});
