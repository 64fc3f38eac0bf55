import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { hostLibc, koffiBinary, type Libc } from '../../../src/sampler/native/koffi-binary.mjs';
import { loadKoffi, loadKoffiFrom } from '../../../src/sampler/native/koffi.ts';

const MODULES = path.join(import.meta.dirname, '../../../node_modules');

describe('koffi’s binary', () => {
  for (const [platform, arch, libc, file] of [
    ['linux', 'x64', 'glibc', '@koromix/koffi-linux-x64/linux_x64/koffi.node'],
    ['linux', 'x64', 'musl', '@koromix/koffi-linux-x64/musl_x64/koffi.node'],
    ['linux', 'arm64', 'glibc', '@koromix/koffi-linux-arm64/linux_arm64/koffi.node'],
    ['linux', 'arm64', 'musl', '@koromix/koffi-linux-arm64/musl_arm64/koffi.node'],
    ['linux', 'arm', 'glibc', '@koromix/koffi-linux-arm/linux_armhf/koffi.node'],
    ['linux', 'arm', 'musl', undefined],
    ['win32', 'x64', 'glibc', '@koromix/koffi-win32-x64/win32_x64/koffi.node'],
    ['win32', 'arm64', 'glibc', '@koromix/koffi-win32-arm64/win32_arm64/koffi.node'],
    ['darwin', 'x64', 'glibc', '@koromix/koffi-darwin-x64/darwin_x64/koffi.node'],
    ['darwin', 'arm64', 'glibc', '@koromix/koffi-darwin-arm64/darwin_arm64/koffi.node'],
    ['aix', 'ppc64', 'glibc', undefined],
  ] as const satisfies [string, string, Libc, string | undefined][]) {
    test(`${platform} ${arch} ${libc}`, () => {
      assert.equal(koffiBinary(platform, arch, libc), file);
    });
  }

  test('the one for this platform is installed', () => {
    const file = koffiBinary(process.platform, process.arch, hostLibc());
    assert.ok(file !== undefined && fs.existsSync(path.join(MODULES, file)));
  });
});

describe('loading koffi', () => {
  test('gives the native module, the same each time', () => {
    const loaded = loadKoffi();
    assert.ok(loaded.available);
    assert.equal(typeof loaded.koffi.load, 'function');
    assert.equal(loadKoffi(), loaded);
  });

  test('a file that is missing, not a binary, or another module is a reason and not a throw', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'optimetrics-koffi-'));
    try {
      const broken = path.join(folder, 'koffi.node');
      const other = path.join(folder, 'other.cjs');
      fs.writeFileSync(broken, 'not a binary');
      fs.writeFileSync(other, 'module.exports = { version: 1 };');
      for (const file of [path.join(folder, 'missing.node'), broken, other]) {
        const outcome = loadKoffiFrom(file);
        assert.ok(!outcome.available);
        assert.equal(outcome.reason, 'failed');
        assert.ok(!JSON.stringify(outcome).includes(folder), 'the path is not told');
        assert.ok(outcome.remedy);
      }
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  test('a platform without a binary is unsupported', () => {
    const outcome = loadKoffiFrom(undefined);
    assert.ok(!outcome.available);
    assert.equal(outcome.reason, 'unsupported');
  });
});
