import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { loadConfig } from '../../src/client/config-file.ts';
import { DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import { parseSettings } from '../../src/common/config/settings.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

const DATA = '/data/optimetrics';

function written(t: TestContext, text: string): string {
  const file = path.join(temporaryDirectory(t), 'my config.yaml');
  fs.writeFileSync(file, text);
  return file;
}

describe('loadConfig', () => {
  test('is the defaults, with the log in the data folder, where nobody says anything', async () => {
    const { config, problems, notices } = await loadConfig({ dataDirectory: DATA });
    assert.deepEqual(config, {
      ...DEFAULT_CONFIG,
      logging: { ...DEFAULT_CONFIG.logging, logDirectory: `${DATA}/logs` },
      cloud: { ...DEFAULT_CONFIG.cloud, folder: { path: `${DATA}/uploads` } },
    });
    assert.deepEqual([problems, notices], [[], []]);
  });

  test('puts settings over the file over the defaults', async t => {
    const file = written(
      t,
      'general:\n  logging_interval: 5\n  collect_gpu: false\nlogging:\n  log_directory: mine\n',
    );
    const settings = parseSettings({ 'general.loggingInterval': 7 });
    const { config } = await loadConfig({ file, settings, dataDirectory: DATA });
    assert.deepEqual([config.general.loggingInterval, config.general.collectGpu], [7, false]);
    assert.equal(config.logging.logDirectory, path.join(path.dirname(file), 'mine'));
  });

  test('uses the defaults for a file that cannot be used, and says so by its name alone', async t => {
    const folder = path.join(temporaryDirectory(t), 'folder.yaml');
    fs.mkdirSync(folder);
    for (const [file, message] of [
      [path.join(folder, 'nowhere.yaml'), /^cannot be read: not found \(ENOENT\)$/],
      [folder, /^is not a file$/],
      [written(t, `a: ${'x'.repeat(2 ** 20)}`), /^is larger than the 1 MiB/],
      ['/dev/null/x.yaml', /^cannot be read: not a folder/],
    ] as const) {
      const { config, problems } = await loadConfig({ file, dataDirectory: DATA });
      assert.deepEqual(config.general, DEFAULT_CONFIG.general);
      assert.equal(problems.length, 1);
      assert.match(problems[0]?.message ?? '', message);
      assert.equal(problems[0]?.file, path.basename(file));
    }
  });

  test(
    'does not wait for a file that is a device or a pipe',
    { skip: process.platform === 'win32' },
    async () => {
      const { problems } = await loadConfig({ file: '/dev/zero', dataDirectory: DATA });
      assert.equal(problems[0]?.message, 'is not a file');
    },
  );

  test('keeps the good parts of a file with faults', async t => {
    const file = written(t, 'general:\n  logging_interval: often\n  collect_gpu: false\n');
    const { config, problems } = await loadConfig({ file, dataDirectory: DATA });
    assert.deepEqual([config.general.loggingInterval, config.general.collectGpu], [1, false]);
    assert.equal(problems.length, 1);
    assert.deepEqual([problems[0]?.file, problems[0]?.line], ['my config.yaml', 2]);
  });
});
