import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { buildValues } from '../../../src/common/config/key.ts';
import { parseConfigMessage } from '../../../src/common/config/message.ts';
import { DEFAULT_CONFIG, KEYS, type Config } from '../../../src/common/config/schema.ts';
import { allowedValues } from './values.ts';

const VALID: Config = {
  ...DEFAULT_CONFIG,
  logging: { ...DEFAULT_CONFIG.logging, logDirectory: '/data/logs' },
};

describe('a configuration message', () => {
  test('comes back as it was sent, through JSON', () => {
    assert.deepEqual(parseConfigMessage(JSON.parse(JSON.stringify(VALID))), VALID);
    fc.assert(
      fc.property(fc.tuple(...KEYS.map(key => allowedValues(key))), values => {
        const chosen = new Map(KEYS.map((key, index) => [key.setting, values[index]]));
        chosen.set('logging.logDirectory', 'C:\\logs');
        chosen.set('cloud.folder.path', '/uploads');
        const config = buildValues(KEYS, key => chosen.get(key.setting));
        assert.deepEqual(parseConfigMessage(JSON.parse(JSON.stringify(config))), config);
      }),
    );
  });

  test('of another version gets defaults for what it lacks and loses what is unknown', () => {
    const message = {
      general: { loggingInterval: 2, future: 1 },
      logging: { logDirectory: '/l' },
      export: {},
    };
    assert.deepEqual(parseConfigMessage(message), {
      ...DEFAULT_CONFIG,
      general: { ...DEFAULT_CONFIG.general, loggingInterval: 2 },
      logging: { ...DEFAULT_CONFIG.logging, logDirectory: '/l' },
    });
  });

  const refused: [message: unknown, answer: string][] = [
    [undefined, 'the configuration is not an object'],
    [null, 'the configuration is not an object'],
    ['general', 'the configuration is not an object'],
    [{ ...VALID, general: 5 }, 'general must be a group of keys'],
    [{ ...VALID, cloud: { gdrive: [], enabled: 1 } }, 'cloud.enabled must be true or false'],
    [{ ...VALID, cloud: { gdrive: 'x' } }, 'cloud.gdrive must be a group of keys'],
    [
      { ...VALID, general: { loggingInterval: 0 } },
      'general.logging_interval must be a number from 0.1 to 3600',
    ],
    [
      { ...VALID, general: { loggingInterval: null } },
      'general.logging_interval must be a number from 0.1 to 3600',
    ],
    [
      { ...VALID, performance: { cpuAffinity: [0, -1] } },
      'performance.cpu_affinity must be a list of at most 1024 whole numbers from 0 to 1023',
    ],
    [
      { ...VALID, privacy: { collectUserNames: true } },
      'privacy.collect_user_names must be false (OptiMetrics has no means to collect user names)',
    ],
    [
      { ...VALID, logging: { logDirectory: '/home/me\0' } },
      'logging.log_directory must be text of 1 to 4096 characters without control characters',
    ],
    [{ ...VALID, logging: { logDirectory: 'logs' } }, 'logging.log_directory must be an absolute path'],
    [{ ...VALID, logging: {} }, 'logging.log_directory must be an absolute path'],
    [DEFAULT_CONFIG, 'logging.log_directory must be an absolute path'],
    [
      { ...VALID, cloud: { enabled: true, folder: { path: 'uploads' } } },
      'cloud.folder.path must be an absolute path',
    ],
  ];
  for (const [message, answer] of refused) {
    test(`is refused: ${answer}`, () => {
      assert.equal(parseConfigMessage(message), answer);
    });
  }

  test('of any kind is answered, and pollutes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.anything(), fc.record({ general: fc.anything() })), message => {
        assert.equal(typeof parseConfigMessage(message), 'string');
      }),
    );
    const hostile = JSON.parse(
      '{"__proto__": {"polluted": 1}, "general": {"__proto__": {"polluted": 1}}, "logging": {"logDirectory": "/l"}}',
    ) as unknown;
    const config = parseConfigMessage(hostile);
    assert.ok(typeof config === 'object');
    assert.equal('polluted' in config || 'polluted' in config.general, false);
    assert.deepEqual(Object.keys(Object.prototype), []);
  });
});
