import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { allWords, wordsOf } from '../scripts/lib/l10n-words.mjs';
import { ROOT } from '../scripts/lib/paths.mjs';
import { METRICS } from '../src/common/metrics.ts';

type Texts = Readonly<Record<string, string>>;

const read = (name: string): Texts => JSON.parse(fs.readFileSync(path.join(ROOT, name), 'utf8')) as Texts;

/** What a translation must have as often as the original: values and numbers of devices, links to commands, code, bold type. */
function marks(text: string): string[] {
  return (text.match(/\{(?:\d+|n)\}|\]\([^)]*\)|`[^`]*`|\*\*|\$\([\w-]+\)/g) ?? []).sort();
}

function sameMarks(original: string, translation: string): void {
  assert.deepEqual(marks(translation), marks(original), `“${original}” as “${translation}”`);
}

const languages = fs
  .readdirSync(path.join(ROOT, 'l10n'))
  .map(name => /^bundle\.l10n\.([a-z-]+)\.json$/i.exec(name)?.[1])
  .filter(name => name !== undefined);

describe('the translations', () => {
  test('are there for German, of the program and of its manifest', () => {
    assert.ok(languages.includes('de'));
    for (const language of languages)
      assert.ok(fs.existsSync(path.join(ROOT, `package.nls.${language}.json`)));
  });

  for (const language of languages) {
    test(`have every text of the manifest in ${language}, and no other`, () => {
      const english = read('package.nls.json');
      const translated = read(`package.nls.${language}.json`);
      assert.deepEqual(Object.keys(translated).sort(), Object.keys(english).sort());
      for (const [key, text] of Object.entries(english)) sameMarks(text, translated[key] ?? '');
    });

    test(`have every text of the program in ${language}, and no other`, () => {
      const translated = read(`l10n/bundle.l10n.${language}.json`);
      // What is told of metrics that have a place in the dashboard stands in their table.
      const shown = METRICS.filter(({ kind }) => kind === 'gauge');
      const used = [...new Set([...allWords(), ...shown.flatMap(({ title, meaning }) => [title, meaning])])];
      assert.deepEqual(
        used.filter(text => translated[text] === undefined),
        [],
        'without a translation',
      );
      assert.deepEqual(
        Object.keys(translated).filter(text => !used.includes(text)),
        [],
        'no longer used',
      );
      for (const [text, translation] of Object.entries(translated)) sameMarks(text, translation);
    });
  }
});

describe('finding the texts', () => {
  test('knows both calls, and both texts of a condition', () => {
    const source =
      "t('a'); vscode.l10n.t('b', 1); x.t('no'); t(many ? '{0} cores' : 'one core', n); `${t('c')}`";
    assert.deepEqual(wordsOf(source, 'x.ts'), ['a', 'b', '{0} cores', 'one core', 'c']);
  });

  test('refuses a text that is put together, and says where', () => {
    assert.throws(() => wordsOf("\n t('a' + b)", 'x.ts'), /x\.ts:2: .*written out/);
    assert.throws(() => wordsOf('t(`a ${b}`)', 'x.ts'), /x\.ts:1/);
  });
});
