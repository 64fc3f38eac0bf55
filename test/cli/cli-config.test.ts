import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { commandConfig } from '../../src/cli/cli-config.ts';
import { UsageError } from '../../src/cli/usage.ts';
import { DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

/** What goes to standard error in this test. */
function standardError(t: TestContext): { readonly lines: string[] } {
  const written: string[] = [];
  t.mock.method(process.stderr, 'write', (text: string) => {
    written.push(text);
    return true;
  });
  return {
    get lines() {
      return written.join('').split('\n').slice(0, -1);
    },
  };
}

describe('commandConfig', () => {
  test('is the defaults without a file', async t => {
    const errors = standardError(t);
    const config = await commandConfig({ config: undefined }, '/data');
    assert.equal(config.logging.logDirectory, '/data/logs');
    assert.deepEqual(config.general, DEFAULT_CONFIG.general);
    assert.deepEqual(errors.lines, []);
  });

  test('puts --log-dir over the file, from the current folder', async t => {
    const errors = standardError(t);
    const file = path.join(temporaryDirectory(t), 'config.yaml');
    fs.writeFileSync(file, 'general: { logging_interval: 5 }\nlogging: { log_directory: /elsewhere }\n');
    const options = { config: path.relative(process.cwd(), file), logDirectory: 'here' };
    const config = await commandConfig(options, '/data');
    assert.equal(config.general.loggingInterval, 5);
    assert.equal(config.logging.logDirectory, path.resolve('here'));
    assert.equal((await commandConfig({ config: file }, '/data')).logging.logDirectory, '/elsewhere');
    assert.deepEqual(errors.lines, []);
  });

  test('calls a file that is not there wrong usage', async t => {
    const missing = path.join(temporaryDirectory(t), 'none.yaml');
    await assert.rejects(
      commandConfig({ config: missing }, '/data'),
      (error: unknown) =>
        error instanceof UsageError &&
        error.message ===
          `--config ${missing}: not found (ENOENT); give the path of a YAML file that can be read`,
    );
  });

  test('says what is wrong in the file, a line each, and goes on', async t => {
    const errors = standardError(t);
    const file = path.join(temporaryDirectory(t), 'config.yaml');
    fs.writeFileSync(
      file,
      'general:\n  logging_interval: often\n  colect_gpu: true\n  collect_disk: false\n',
    );
    const config = await commandConfig({ config: file }, '/data');
    assert.deepEqual([config.general.loggingInterval, config.general.collectDisk], [1, false]);
    assert.equal(errors.lines.length, 2);
    for (const line of errors.lines) assert.match(line, /^optimetrics: config\.yaml:[23]/);
    errors.lines.length = 0;
    await commandConfig({ config: path.dirname(file) }, '/data');
    assert.match(errors.lines.at(-1) ?? '', /is not a file/);
  });
});
