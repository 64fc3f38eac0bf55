import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { formatProblem } from '../../../src/common/config/problem.ts';
import { resolveConfig, type ConfigLayers, type ResolvedConfig } from '../../../src/common/config/resolve.ts';
import { DEFAULT_CONFIG } from '../../../src/common/config/schema.ts';
import { parseSettings } from '../../../src/common/config/settings.ts';
import { parseYamlConfig } from '../../../src/common/config/yaml.ts';

function resolve(
  text: string | undefined,
  settings: Record<string, unknown> | undefined,
  system: path.PlatformPath = path.posix,
): ResolvedConfig {
  const isPosix = system === path.posix;
  const layers: ConfigLayers = {
    dataDirectory: isPosix ? '/data/optimetrics' : 'C:\\data\\optimetrics',
    homeDirectory: isPosix ? '/home/me' : 'C:\\Users\\me',
    path: system,
    ...(text === undefined
      ? {}
      : {
          file: {
            path: isPosix ? '/etc/om/config.yaml' : 'D:\\om\\config.yaml',
            ...parseYamlConfig(text, 'config.yaml'),
          },
        }),
    ...(settings === undefined ? {} : { settings: parseSettings(settings) }),
  };
  return resolveConfig(layers);
}

describe('layers', () => {
  test('defaults hold where nobody says anything', () => {
    const expected = {
      ...DEFAULT_CONFIG,
      logging: { ...DEFAULT_CONFIG.logging, logDirectory: '/data/optimetrics/logs' },
      cloud: { ...DEFAULT_CONFIG.cloud, folder: { path: '/data/optimetrics/uploads' } },
    };
    for (const resolved of [resolve(undefined, undefined), resolve('', {})]) {
      assert.deepEqual(resolved, { config: expected, problems: [], notices: [] });
    }
  });

  test('the file goes before defaults, settings before the file, key by key', () => {
    const { config } = resolve(
      'general: {logging_interval: 2, collect_cpu: false}\nperformance: {low_priority_mode: false}',
      { 'general.loggingInterval': 3, 'general.collectGpu': false, 'performance.lowPriorityMode': true },
    );
    assert.equal(config.general.loggingInterval, 3);
    assert.equal(config.general.collectCpu, false);
    assert.equal(config.general.collectGpu, false);
    assert.equal(config.general.collectRam, true);
    assert.equal(config.performance.lowPriorityMode, true);
  });

  test('a problem names the value that really holds', () => {
    const { problems, notices } = resolve(
      'general: {logging_interval: 2, collect_cpu: maybe}\nlogging: {log_directory: mine, max_file_size_mb: 0, compress_after_days: 9}\nperformance: {cpu_affinity: [1]}',
      { 'general.loggingInterval': -1, 'general.collectCpu': false, 'logging.logDirectory': 7 },
    );
    assert.deepEqual(problems.map(formatProblem), [
      'config.yaml:1:45: general.collect_cpu: must be true or false, not "maybe"; using false',
      'config.yaml:2:50: logging.max_file_size_mb: must be a number above 0 and up to 10000, not 0; using 50',
      'optimetrics.general.loggingInterval: must be a number from 0.1 to 3600, not -1; using 2',
      'optimetrics.logging.logDirectory: must be text of 1 to 4096 characters without control characters, not 7; ignored',
    ]);
    assert.deepEqual(notices.map(formatProblem), [
      'config.yaml:3:29: performance.cpu_affinity: accepted, but this version does not act on it yet',
    ]);
  });

  test('a key given again keeps its own outcome', () => {
    assert.deepEqual(resolve('debug: {verbose: true, verbose: false}', {}).problems.map(formatProblem), [
      'config.yaml:1:24: debug.verbose: is given again (first on line 1); the first one is used',
    ]);
  });
});

describe('the log directory', () => {
  function directory(file: string | undefined, setting: string | undefined, system = path.posix): string {
    const text = file === undefined ? undefined : `logging: {log_directory: ${JSON.stringify(file)}}`;
    return resolve(text, { 'logging.logDirectory': setting }, system).config.logging.logDirectory;
  }

  test('is relative to the file that names it, even when it is the default’s name', () => {
    assert.equal(directory('logs', undefined), '/etc/om/logs');
    assert.equal(directory('../mine', undefined), '/etc/mine');
    assert.equal(directory('.', undefined), '/etc/om');
  });

  test('is relative to the data directory in settings', () => {
    assert.equal(directory(undefined, 'logs'), '/data/optimetrics/logs');
    assert.equal(directory('elsewhere', 'mine'), '/data/optimetrics/mine');
  });

  test('may be absolute or below the home directory', () => {
    assert.equal(directory('/var/log/om', undefined), '/var/log/om');
    assert.equal(directory('/var/log/om', '/srv/om'), '/srv/om');
    assert.equal(directory('~/om', undefined), '/home/me/om');
    assert.equal(directory('~', undefined), '/home/me');
    assert.equal(directory(undefined, '~/om'), '/home/me/om');
    assert.equal(directory('~other/om', undefined), '/etc/om/~other/om');
  });

  test('follows the rules of Windows there', () => {
    assert.equal(directory(undefined, undefined, path.win32), 'C:\\data\\optimetrics\\logs');
    assert.equal(directory('mine', undefined, path.win32), 'D:\\om\\mine');
    assert.equal(directory('E:/mine', undefined, path.win32), 'E:/mine');
    assert.equal(directory('~\\mine', undefined, path.win32), 'C:\\Users\\me\\mine');
  });
});

describe('the folder of uploads', () => {
  function folder(file: string | undefined, setting: string | undefined): string {
    const text = file === undefined ? undefined : `cloud: {folder: {path: ${JSON.stringify(file)}}}`;
    return resolve(text, { 'cloud.folder.path': setting }).config.cloud.folder.path;
  }

  test('starts where the log directory does', () => {
    assert.equal(folder(undefined, undefined), '/data/optimetrics/uploads');
    assert.equal(folder('mine', undefined), '/etc/om/mine');
    assert.equal(folder('mine', 'yours'), '/data/optimetrics/yours');
    assert.equal(folder('~/mine', undefined), '/home/me/mine');
    assert.equal(folder('mine', '/srv/x'), '/srv/x');
  });
});

describe('settings of uploads that do not go together', () => {
  const KEY = 'age1hkuazx9p2h6ngu8r5chht3rxykdss8tv5majcdsdx2unetrf53yqe8dd55';
  const faults: [yaml: string, problem: string | undefined][] = [
    ['enabled: true', undefined],
    ['enabled: true, encrypt_before_upload: false', undefined],
    ['enabled: false, mode: contribute, provider: s3', undefined],
    [`enabled: true, mode: contribute, recipients: [${KEY}]`, undefined],
    ['enabled: true, provider: s3, s3: {bucket: abc}', undefined],
    ['enabled: true, provider: webdav, webdav: {url: "https://dav.example/x/"}', undefined],
    ['enabled: true, provider: gdrive, gdrive: {client_id: 1-a.apps.googleusercontent.com}', undefined],
    [
      'enabled: true, mode: contribute',
      'config.yaml: cloud.recipients: must hold the public key of the study (age1…) for the mode contribute; the study tells it; nothing is uploaded',
    ],
    [
      `enabled: true, mode: contribute, recipients: [${KEY}], encrypt_before_upload: false`,
      'config.yaml: cloud.encrypt_before_upload: must be true for the mode contribute; nothing is uploaded',
    ],
    [
      'enabled: true, provider: webdav, webdav: {url: "https://dav.example"}, encrypt_before_upload: false',
      'config.yaml: cloud.encrypt_before_upload: must be true for the provider webdav, which is not on this machine; nothing is uploaded',
    ],
    [
      'enabled: true, folder: {path: "//host/share"}, encrypt_before_upload: false',
      'config.yaml: cloud.encrypt_before_upload: must be true for a folder that is not on this machine; nothing is uploaded',
    ],
    [
      `enabled: true, mode: contribute, recipients: [${KEY}], study: backup`,
      'config.yaml: cloud.study: must not be “backup”; give the study another name; nothing is uploaded',
    ],
    [
      'enabled: true, provider: s3',
      'config.yaml: cloud.s3.bucket: must be set for the provider s3: the name of the bucket; nothing is uploaded',
    ],
    [
      'enabled: true, provider: webdav',
      'config.yaml: cloud.webdav.url: must be set for the provider webdav: the address of the folder (https://…); nothing is uploaded',
    ],
    [
      'enabled: true, provider: gdrive',
      'config.yaml: cloud.gdrive.client_id: must be set for the provider gdrive: the OAuth client id of your own project, see docs/upload-google-drive.md; nothing is uploaded',
    ],
  ];
  for (const [yaml, problem] of faults) {
    test(`${problem === undefined ? 'go together' : 'are a problem'}: ${yaml}`, () => {
      const { problems } = resolve(`cloud: {${yaml}}`, {});
      assert.deepEqual(problems.map(formatProblem), problem === undefined ? [] : [problem]);
    });
  }

  test('are told under the name of the settings where these turn uploads on', () => {
    const { problems } = resolve('cloud: {provider: s3}', { 'cloud.enabled': true });
    assert.deepEqual(problems.map(formatProblem), [
      'optimetrics.cloud.s3.bucket: must be set for the provider s3: the name of the bucket; nothing is uploaded',
    ]);
  });
});

describe('settings of uploads that are not taken', () => {
  const OFF = 'cloud: is not as it was meant; correct what is said above; nothing is uploaded';
  const refused: [what: string, yaml: string, settings: Record<string, unknown>, last: string][] = [
    [
      'a plain address',
      'cloud: {enabled: true, provider: s3, s3: {bucket: abc, endpoint: "http://nas"}}',
      {},
      `config.yaml: ${OFF}`,
    ],
    [
      'a misspelt key',
      'cloud: {enabled: true, provider: s3, s3: {bucket: abc, endpont: "https://nas"}}',
      {},
      `config.yaml: ${OFF}`,
    ],
    ['a misspelt mode', 'cloud: {enabled: true, mode: Contribute}', {}, `config.yaml: ${OFF}`],
    ['a group that is none', 'cloud: {enabled: true, folder: /srv/x}', {}, `config.yaml: ${OFF}`],
    ['a text that is not YAML', 'cloud: {enabled: true', { 'cloud.enabled': true }, `config.yaml: ${OFF}`],
    ['all of it', 'cloud: yes', { 'cloud.enabled': true }, `config.yaml: ${OFF}`],
    ['a setting', '', { 'cloud.enabled': true, 'cloud.maxKbps': 'slow' }, `optimetrics.${OFF}`],
  ];
  for (const [what, yaml, settings, last] of refused) {
    test(`turn them off: ${what}`, () => {
      const { config, problems } = resolve(yaml, settings);
      assert.equal(config.cloud.enabled, false);
      assert.equal(problems.map(formatProblem).at(-1), last);
      assert.ok(problems.length > 1, 'says what');
    });
  }

  test('do not when they say nothing of what goes where, or uploads are off', () => {
    for (const yaml of [
      'cloud: {enabled: true, s3: {secret_access_key: x}}',
      'cloud: {enabled: true, encryption: {algorithm: AES}}',
      'cloud: {enabled: true}\ngeneral: {logging_interval: fast}',
    ])
      assert.equal(resolve(yaml, {}).config.cloud.enabled, true, yaml);
    const { problems } = resolve('cloud: {provider: ftp}', {});
    assert.deepEqual(problems.map(formatProblem), [
      'config.yaml:1:19: cloud.provider: must be one of folder, gdrive, s3, webdav, not "ftp"; using folder',
    ]);
  });
});
