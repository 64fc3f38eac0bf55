import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type RecordingEntry, recordingsTable } from '../../scripts/docs/recordings-table.ts';
import { RECORDINGS } from '../../scripts/train/recordings.ts';
import { withSection } from '../../src/common/markdown-section.ts';

const DOCUMENT = path.resolve(import.meta.dirname, '..', '..', 'docs', 'classification.md');

const GAME: RecordingEntry = {
  class: 'gaming',
  program: 'A | game',
  version: 'game 1\nlibrary 2',
  driven: 'played',
  machine: 'two cores',
  recorded: '2026-01-31',
  seconds: 130,
};

describe('the table of recordings', () => {
  const manifest = JSON.parse(
    fs.readFileSync(path.join(RECORDINGS, 'manifest.json'), 'utf8'),
  ) as readonly (RecordingEntry & { file: string })[];

  test('docs/classification.md has it as it is; if not, run npm run generate', () => {
    const text = fs.readFileSync(DOCUMENT, 'utf8');
    assert.equal(withSection(text, 'recordings', recordingsTable(manifest)), text);
  });

  test('the manifest has every file, of the class of its folder, and no other', () => {
    const files = fs
      .readdirSync(RECORDINGS, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.csv.gz'))
      .map(file => file.split(path.sep).join('/'));
    assert.deepEqual(manifest.map(({ file }) => file).sort(), files.sort());
    for (const entry of manifest) assert.equal(entry.file.split('/')[0], entry.class);
  });

  test('a program has one row, with each of its recordings', () => {
    const text = recordingsTable([GAME, { ...GAME, machine: 'eight cores', seconds: 320 }]);
    assert.deepEqual(text.split('\n'), [
      '- M1: eight cores',
      '- M2: two cores',
      '',
      '| class | program | version | how it was driven | recordings |',
      '|---|---|---|---|---|',
      '| gaming | A \\| game | game 1; library 2 | played | 130 s on M2, 2026-01-31; 320 s on M1, 2026-01-31 |',
    ]);
  });
});
