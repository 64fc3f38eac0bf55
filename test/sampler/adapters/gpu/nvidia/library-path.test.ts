import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  findLibrary,
  type LibrarySource,
  presentFiles,
} from '../../../../../src/sampler/adapters/gpu/nvidia/library-path.ts';

function search(source: Partial<LibrarySource>): ReturnType<typeof findLibrary> {
  return findLibrary({ platform: 'linux', arch: 'x64', env: {}, isFixture: false, ...source });
}

function usualFiles(source: Partial<LibrarySource>): readonly string[] {
  const found = search(source);
  assert.equal(found.kind, 'usual');
  return found.files;
}

describe('where NVML is looked for', () => {
  test('OPTIMETRICS_NVML names the only candidate, on a fixture tree too', () => {
    const env = { OPTIMETRICS_NVML: '/opt/test/libnvidia-ml.so.1' };
    const named = { kind: 'named', file: '/opt/test/libnvidia-ml.so.1' };
    assert.deepEqual(search({ env }), named);
    assert.deepEqual(search({ env, isFixture: true }), named);
  });

  for (const [platform, value] of [
    ['linux', 'libnvidia-ml.so.1'],
    ['linux', './libnvidia-ml.so.1'],
    ['linux', '../lib/libnvidia-ml.so.1'],
    ['linux', 'C:\\nvml.dll'],
    ['win32', 'nvml.dll'],
    ['win32', '.\\nvml.dll'],
    ['win32', '\\nvml.dll'],
    ['win32', 'C:nvml.dll'],
    ['win32', '/nvml.dll'],
  ] as const) {
    test(`${platform}: OPTIMETRICS_NVML=${value} is refused`, () => {
      assert.deepEqual(search({ platform, env: { OPTIMETRICS_NVML: value } }), { kind: 'relative' });
    });
  }

  test('an empty OPTIMETRICS_NVML is none', () => {
    assert.equal(search({ env: { OPTIMETRICS_NVML: '' } }).kind, 'usual');
  });

  test('a fixture tree has no library of the real system', () => {
    assert.deepEqual(usualFiles({ isFixture: true }), []);
  });

  test('Linux: WSL’s first, the bare name last and the only one that is not absolute', () => {
    const files = usualFiles({});
    assert.equal(files[0], '/usr/lib/wsl/lib/libnvidia-ml.so.1');
    assert.equal(files.at(-1), 'libnvidia-ml.so.1');
    assert.ok(files.slice(0, -1).every(file => file.startsWith('/')));
    assert.ok(files.includes('/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1'));
    assert.ok(usualFiles({ arch: 'arm64' }).includes('/usr/lib/aarch64-linux-gnu/libnvidia-ml.so.1'));
  });

  test('Windows: in the system folder and the old one of the driver, both absolute', () => {
    const env = { SystemRoot: 'D:\\WINNT', ProgramW6432: 'D:\\Programs' };
    assert.deepEqual(usualFiles({ platform: 'win32', env }), [
      'D:\\WINNT\\System32\\nvml.dll',
      'D:\\Programs\\NVIDIA Corporation\\NVSMI\\nvml.dll',
    ]);
    assert.deepEqual(usualFiles({ platform: 'win32' }), [
      'C:\\Windows\\System32\\nvml.dll',
      'C:\\Program Files\\NVIDIA Corporation\\NVSMI\\nvml.dll',
    ]);
  });

  test('Windows: a relative SystemRoot cannot make us load from the current directory', () => {
    const env = { SystemRoot: '.', ProgramW6432: 'Programs' };
    assert.deepEqual(usualFiles({ platform: 'win32', env }), []);
  });

  test('macOS has none', () => {
    assert.deepEqual(usualFiles({ platform: 'darwin', arch: 'arm64' }), []);
  });

  test('of the candidates those are tried that exist; the bare name where there is a GPU', () => {
    const places = { kind: 'usual', files: ['/nonexistent/libnvidia-ml.so.1', 'libnvidia-ml.so.1'] } as const;
    assert.deepEqual(presentFiles(places, 'linux', true), ['libnvidia-ml.so.1']);
    assert.deepEqual(presentFiles({ kind: 'named', file: process.execPath }, process.platform, false), [
      process.execPath,
    ]);
    assert.deepEqual(presentFiles({ kind: 'named', file: '/nonexistent' }, 'linux', true), []);
  });
});
