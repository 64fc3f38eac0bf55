import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { SETTING_KEYS, WINDOW_KEYS } from '../../../src/common/config/schema.ts';
import { settingsTable } from '../../../src/common/config/settings-table.ts';
import { withSection } from '../../../src/common/markdown-section.ts';

const README = path.resolve(import.meta.dirname, '..', '..', '..', 'README.md');

describe('the table of settings', () => {
  test('README.md has it as it is; if not, run npm run generate', () => {
    const readme = fs.readFileSync(README, 'utf8');
    assert.equal(withSection(readme, 'settings', settingsTable()), readme);
  });

  test('has a row for every setting', () => {
    const lines = settingsTable().split('\n').slice(2);
    assert.equal(lines.length, SETTING_KEYS.length + WINDOW_KEYS.length);
    assert.ok(
      lines.includes(
        '| `optimetrics.general.loggingInterval` | `general.logging_interval` | `1` | Seconds between two samples. |',
      ),
    );
  });

  test('a section that is not there is an error', () => {
    assert.throws(() => withSection('no marks', 'settings', ''), /no section “settings”/);
  });
});
