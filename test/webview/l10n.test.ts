import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setBundle, t } from '../../webview/l10n.ts';

describe('the words of the dashboard', () => {
  test('are those of the bundle, and English where it has none', () => {
    setBundle({ '{0} of {1}': '{1}, davon {0}' });
    assert.equal(t('{0} of {1}', 3, 'four'), 'four, davon 3');
    assert.equal(t('{0} cores', 8), '8 cores');
    setBundle({});
    assert.equal(t('{0} of {1}', 3, 'four'), '3 of four');
  });

  test('keep a place that has no value, and do not look for places in the values', () => {
    assert.equal(t('{0} and {1}', '{1}'), '{1} and {1}');
    assert.equal(t('{0}', '$&'), '$&');
  });
});
