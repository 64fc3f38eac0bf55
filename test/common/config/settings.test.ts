import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { buildValues } from '../../../src/common/config/key.ts';
import { formatProblem } from '../../../src/common/config/problem.ts';
import { DEFAULT_WINDOW_SETTINGS, SETTING_KEYS, WINDOW_KEYS } from '../../../src/common/config/schema.ts';
import { parseSettings, parseWindowSettings } from '../../../src/common/config/settings.ts';
import { allowedValues } from './values.ts';

describe('settings', () => {
  test('that are set count; a wrong one is reported under its own name', () => {
    const { config, problems, notices } = parseSettings({
      'general.loggingInterval': 'fast',
      'general.collectCpu': false,
      'general.collectGpu': undefined,
      'hardwareId.hashAlgorithm': null,
      'logging.logDirectory': '',
    });
    assert.deepEqual(config, { general: { collectCpu: false } });
    assert.deepEqual(problems.map(formatProblem), [
      'optimetrics.general.loggingInterval: must be a number from 0.1 to 3600, not "fast"; using 1',
      'optimetrics.logging.logDirectory: must be text of 1 to 4096 characters without control characters, not this text; using logs',
      'optimetrics.hardwareId.hashAlgorithm: must be one of sha256, sha384, sha512, not empty; using sha256',
    ]);
    assert.deepEqual(notices, []);
  });

  test('that the manifest does not offer are not looked at', () => {
    assert.deepEqual(
      parseSettings({
        'general.autoStart': true,
        'privacy.collectFilePaths': true,
        'general.logging_interval': 5,
        '__proto__': 1,
      }),
      { config: {}, problems: [], notices: [] },
    );
    assert.deepEqual(
      parseSettings(Object.create({ 'general.loggingInterval': 5 }) as Record<string, unknown>).config,
      {},
    );
  });

  test('with allowed values come back as they were set', () => {
    const all = fc.tuple(...SETTING_KEYS.map(key => fc.option(allowedValues(key), { nil: undefined })));
    fc.assert(
      fc.property(all, values => {
        const parsed = parseSettings(
          Object.fromEntries(SETTING_KEYS.map((key, index) => [key.setting, values[index]])),
        );
        assert.deepEqual(parsed.problems, []);
        const chosen = new Map(SETTING_KEYS.map((key, index) => [key, values[index]]));
        assert.deepEqual(
          parsed.config,
          buildValues(SETTING_KEYS, key => chosen.get(key)),
        );
      }),
    );
  });

  test('of any kind are taken or reported', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          // Of profiles, the good ones are taken and each bad one is reported.
          fc.constantFrom(...SETTING_KEYS.filter(key => !key.kind.salvage).map(key => key.setting)),
          fc.anything(),
        ),
        values => {
          const { config, problems } = parseSettings(values);
          const set = Object.values(values).filter(value => value !== undefined).length;
          const taken = Object.values(config).reduce((sum, section) => sum + Object.keys(section).length, 0);
          assert.equal(taken + problems.length, set);
        },
      ),
    );
  });
});

describe('window settings', () => {
  test('have their defaults where they are not set or wrong', () => {
    assert.deepEqual(parseWindowSettings({}), { settings: DEFAULT_WINDOW_SETTINGS, problems: [] });
    const { settings, problems } = parseWindowSettings({
      'configFile': 'relative.yaml',
      'statusBar.enabled': false,
      'dashboard.showCores': 1,
    });
    assert.deepEqual(settings, {
      configFile: '',
      temperatureUnit: 'celsius',
      statusBar: { ...DEFAULT_WINDOW_SETTINGS.statusBar, enabled: false },
      dashboard: { showCores: true },
    });
    assert.deepEqual(problems.map(formatProblem), [
      'optimetrics.configFile: must be empty, an absolute path, or one that starts with ~/ (at most 4096 characters), not this text; ignored',
      'optimetrics.dashboard.showCores: must be true or false, not 1; using true',
    ]);
  });

  test('of any kind are answered', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...WINDOW_KEYS.map(key => key.setting)), fc.anything()),
        values => {
          assert.equal(typeof parseWindowSettings(values).settings.statusBar.enabled, 'boolean');
        },
      ),
    );
  });
});
