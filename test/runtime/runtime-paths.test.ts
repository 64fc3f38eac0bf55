import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { clientAddress, runtimePaths } from '../../src/runtime/runtime-paths.ts';
import { temporaryDirectory } from './temporary-directory.ts';

test('every piece has a place of its own in the folder', () => {
  const { directory, ...pieces } = runtimePaths('/run/user/1000/optimetrics');
  assert.equal(directory, '/run/user/1000/optimetrics');
  const files = Object.values(pieces);
  for (const file of files) assert.equal(path.dirname(file), directory);
  assert.equal(new Set(files).size, files.length);
});

test('a client finds the sampler by its socket', { skip: process.platform === 'win32' }, () => {
  const paths = runtimePaths('/run/user/1000/optimetrics');
  assert.equal(clientAddress(paths), paths.socket);
});

test('on Windows by a pipe whose name tells nothing of the folder, and nowhere without a note of it', t => {
  const real = process.platform;
  t.after(() => {
    Object.defineProperty(process, 'platform', { value: real });
  });
  Object.defineProperty(process, 'platform', { value: 'win32' });
  const paths = runtimePaths(temporaryDirectory(t));
  assert.equal(clientAddress(paths), undefined);
  fs.writeFileSync(paths.pipe, 'a1'.repeat(16));
  assert.equal(clientAddress(paths), `\\\\.\\pipe\\optimetrics-${'a1'.repeat(16)}`);
  fs.writeFileSync(paths.pipe, '..\\evil');
  assert.equal(clientAddress(paths), undefined);
});
