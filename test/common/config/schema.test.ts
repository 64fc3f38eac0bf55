import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import * as v from 'valibot';
import { checkValue } from '../../../src/common/config/check.ts';
import { valueAt } from '../../../src/common/config/key.ts';
import {
  DEFAULT_CONFIG,
  DEFAULT_WINDOW_SETTINGS,
  KEYS,
  SETTING_KEYS,
  WINDOW_KEYS,
  withOverlay,
  type Config,
} from '../../../src/common/config/schema.ts';
import { allowedValues, forbiddenNeighbours } from './values.ts';

/** The original's keys and defaults, written out once more, and our own: the table must not drift from them. */
const ORIGINAL = {
  general: {
    loggingInterval: 1,
    collectCpu: true,
    collectGpu: true,
    collectRam: true,
    collectDisk: true,
    collectNetwork: true,
    collectPower: true,
    perCoreColumns: 'auto',
    enableSessionClassification: true,
    autoStart: false,
  },
  logging: {
    logDirectory: 'logs',
    rollingLogs: true,
    maxFileSizeMb: 50,
    maxFilesPerDay: 10,
    enableDeltaFiltering: true,
    deltaThresholdPercent: 2,
    compressOldLogs: true,
    compressAfterDays: 1,
    retentionDays: 0,
    maxTotalMb: 1024,
  },
  hardwareId: {
    useCryptographicId: true,
    hashAlgorithm: 'sha256',
    scheme: 'sha256',
    includeCpu: true,
    includeGpu: true,
    includeMotherboard: true,
    includeRam: false,
  },
  cloud: {
    enabled: false,
    mode: 'backup',
    // The original's is gdrive, which it never sent anything to.
    provider: 'folder',
    encryptBeforeUpload: true,
    uploadIntervalMinutes: 60,
    maxSpoolMb: 256,
    maxKbps: 0,
    study: '',
    recipients: [],
    folder: { path: 'uploads' },
    gdrive: { folderName: 'OptiMetrics_Logs', clientId: '' },
    s3: { endpoint: '', bucket: '', region: 'us-east-1', prefix: '' },
    webdav: { url: '' },
  },
  sessionClassification: {
    updateInterval: 30,
    confidenceThreshold: 0.6,
    categories: [
      'gaming',
      'ai_training',
      'cad_3d_modeling',
      'graphics_design',
      'video_editing',
      'coding_development',
      'document_editing',
      'web_browsing',
      'idle',
      'system_maintenance',
    ],
    profiles: {},
  },
  performance: { lowPriorityMode: true, maxBufferMemoryMb: 50, batchWriteSize: 60, cpuAffinity: [] },
  privacy: {
    collectProcessNames: false,
    collectWindowTitles: false,
    collectUserNames: false,
    collectFilePaths: false,
    collectNetworkAddresses: false,
    anonymizeHardware: true,
  },
  debug: { verbose: false, logLevel: 'INFO', saveDebugLogs: false, debugLogFile: 'logs/debug.log' },
} satisfies Config;

describe('defaults', () => {
  test('are those of the original', () => {
    assert.deepEqual(DEFAULT_CONFIG, ORIGINAL);
    assert.deepEqual(DEFAULT_WINDOW_SETTINGS, {
      configFile: '',
      temperatureUnit: 'celsius',
      statusBar: {
        enabled: true,
        form: 'full',
        template: '$(pulse) CPU {cpu}[ {gpuLabel} {gpu}] RAM {ram}[ {class}]',
        compactTemplate: '$(pulse) {cpu}[ {gpu}] {ram}[ {class:icon}]',
        showWorkload: true,
        showWarnings: true,
        alignment: 'right',
        priority: 100,
      },
      dashboard: { showCores: true },
    });
  });

  test('cannot be changed', () => {
    assert.ok(Object.isFrozen(DEFAULT_CONFIG));
    assert.ok(Object.isFrozen(DEFAULT_CONFIG.cloud.gdrive));
    assert.ok(Object.isFrozen(DEFAULT_CONFIG.performance.cpuAffinity));
  });

  test('pass their own check without a notice', () => {
    for (const key of [...KEYS, ...WINDOW_KEYS]) {
      assert.deepEqual(checkValue(key, key.initial), { ok: true, value: key.initial, notice: '' }, key.yaml);
    }
  });
});

describe('keys', () => {
  test('have a snake_case name in files and a camelCase name in settings', () => {
    const names = new Map(KEYS.map(key => [key.yaml, key.setting]));
    assert.equal(names.get('general.logging_interval'), 'general.loggingInterval');
    assert.equal(names.get('logging.max_file_size_mb'), 'logging.maxFileSizeMb');
    assert.equal(names.get('cloud.gdrive.folder_name'), 'cloud.gdrive.folderName');
    assert.equal(new Set(names.keys()).size, KEYS.length);
    for (const name of names.keys()) assert.match(name, /^[a-z_]+(?:\.[a-z0-9_]+){1,2}$/);
  });

  test('that this version does not act on say so, the others have nothing to say', () => {
    for (const key of KEYS) {
      const isActedOn = key.effect === 'sampler' || key.effect === 'client';
      // The privacy keys have one value only: there is no other to be told about.
      const hasChoice = !(Array.isArray(key.kind.json['enum']) && key.kind.json['enum'].length === 1);
      assert.equal(key.notice === '', isActedOn || !hasChoice, key.yaml);
      assert.equal(SETTING_KEYS.includes(key), isActedOn, key.yaml);
      assert.ok(!/[\r\n]/.test(key.notice));
    }
  });

  test('that say where data goes, what is read or how it is marked cannot be set by a workspace', () => {
    for (const key of KEYS) assert.equal(key.scope, 'machine', key.yaml);
    assert.equal(WINDOW_KEYS.find(key => key.setting === 'configFile')?.scope, 'machine');
  });
});

describe('values', () => {
  for (const key of [...KEYS, ...WINDOW_KEYS]) {
    test(`${key.yaml}: what the manifest allows is accepted, what it forbids is not`, () => {
      if (key.setting !== 'configFile') {
        fc.assert(
          fc.property(allowedValues(key), value => {
            const checked = checkValue(key, value);
            assert.ok(checked.ok, checked.ok ? '' : checked.message);
            assert.deepEqual(checked.value, value);
          }),
          { numRuns: 50 },
        );
      }
      for (const value of forbiddenNeighbours(key)) {
        if (value === '' && key.initial === '') continue;
        const checked = checkValue(key, value);
        assert.ok(!checked.ok, `${String(value)} passed`);
        assert.ok(checked.message.startsWith(`must be ${key.kind.expected}, not `));
      }
    });
  }

  test('of every key from anywhere are answered, never thrown on', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KEYS), fc.anything(), (key, value) => {
        const checked = checkValue(key, value);
        assert.equal(checked.ok, v.is(key.kind.schema, value));
        if (!checked.ok) assert.doesNotMatch(checked.message, /[\p{Cc}\p{Cf}]/u);
      }),
    );
  });

  test('that may be paths or names are never repeated in a message', () => {
    const secret = '/home/somebody\0';
    for (const key of KEYS.filter(each => each.kind.isPrivate)) {
      const checked = checkValue(key, secret);
      assert.ok(!checked.ok && !checked.message.includes('somebody'), key.yaml);
    }
    assert.equal(KEYS.filter(each => each.kind.isPrivate).length, 12);
  });

  test('the configuration file is named by an absolute path, one below the home directory, or not at all', () => {
    const key = WINDOW_KEYS.find(each => each.setting === 'configFile');
    assert.ok(key);
    for (const path of [
      '',
      '/a.yaml',
      '~/a.yaml',
      'C:\\a.yaml',
      'c:/a.yaml',
      '\\\\host\\share\\a.yaml',
      '~\\a.yaml',
    ]) {
      assert.ok(checkValue(key, path).ok, path);
    }
    for (const path of [
      'a.yaml',
      './a.yaml',
      '../a.yaml',
      '~other/a.yaml',
      '${env:X}/a',
      'C:a.yaml',
      '/a\0b',
    ]) {
      assert.ok(!checkValue(key, path).ok, path);
    }
  });
});

test('an overlay replaces what it holds and nothing else', () => {
  const config = withOverlay(DEFAULT_CONFIG, {
    general: { collectGpu: false },
    cloud: { gdrive: { folderName: 'x' } },
  });
  assert.equal(config.general.collectGpu, false);
  assert.equal(config.cloud.gdrive.folderName, 'x');
  const changed = KEYS.filter(
    key => JSON.stringify(valueAt(config, key.path)) !== JSON.stringify(valueAt(DEFAULT_CONFIG, key.path)),
  );
  assert.deepEqual(
    changed.map(key => key.yaml),
    ['general.collect_gpu', 'cloud.gdrive.folder_name'],
  );
});
