import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { runtimePaths } from '../../src/runtime/runtime-paths.ts';

test('every piece has a place of its own in the folder', () => {
  const { directory, ...pieces } = runtimePaths('/run/user/1000/optimetrics');
  assert.equal(directory, '/run/user/1000/optimetrics');
  const files = Object.values(pieces).filter(file => !file.startsWith('\\\\.\\pipe\\'));
  for (const file of files) assert.equal(path.dirname(file), directory);
  assert.equal(new Set(files).size, files.length);
});

test(
  'a named pipe on Windows, which tells nothing of the folder',
  { skip: process.platform === 'win32' },
  t => {
    const real = process.platform;
    t.after(() => {
      Object.defineProperty(process, 'platform', { value: real });
    });
    Object.defineProperty(process, 'platform', { value: 'win32' });
    const { socket } = runtimePaths('C:\\Users\\Jane\\AppData');
    assert.match(socket, /^\\\\\.\\pipe\\optimetrics-[0-9a-f]{24}$/);
    assert.notEqual(runtimePaths('C:\\Users\\Doe\\AppData').socket, socket);
  },
);
