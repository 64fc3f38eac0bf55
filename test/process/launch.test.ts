import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { loadConfig } from '../../src/client/config-file.ts';
import { LaunchError, type LaunchOptions, launchSampler } from '../../src/client/launch.ts';
import { ROOT, TestHome } from './harness/home.ts';

describe('starting the sampler process', () => {
  let home: TestHome;
  beforeEach(() => {
    home = new TestHome();
  });
  afterEach(() => home.end());

  async function options(changes: Partial<LaunchOptions> = {}): Promise<LaunchOptions> {
    const dataDirectory = path.join(home.root, 'data', 'optimetrics');
    return {
      samplerFile: path.join(ROOT, 'dist', 'sampler.js'),
      runtimeDirectory: home.runtimeDirectory,
      dataDirectory,
      config: (await loadConfig({ dataDirectory })).config,
      writesLog: false,
      isManual: false,
      ...changes,
    };
  }

  test('it listens when the start is done, and a second start finds the first', async () => {
    await launchSampler(await options());
    const pid = home.samplerPid;
    assert.ok(pid);
    await launchSampler(await options());
    assert.deepEqual(home.samplerPids, [pid]);
  });

  test('a Node that does not know a flag starts it without', async () => {
    await launchSampler(await options({ nodeFlags: ['--no-such-flag-of-v8'] }));
    assert.ok(home.samplerPid);
  });

  test('a sampler that cannot start says why, without paths', async () => {
    home.write('in-the-way', '');
    const wrong = await options({ runtimeDirectory: path.join(home.root, 'in-the-way', 'run') });
    await assert.rejects(launchSampler(wrong), (error: unknown) => {
      assert.ok(error instanceof LaunchError);
      assert.match(error.message, /ENOTDIR|not a folder/);
      assert.ok(!error.message.includes(home.root));
      return true;
    });
  });
});
