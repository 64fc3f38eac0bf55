import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readToken, tokenMatches, writeToken } from '../../src/runtime/token.ts';
import { temporaryDirectory } from './temporary-directory.ts';

test('a token is new each time, for this user’s eyes only, and nothing is left beside it', t => {
  const directory = temporaryDirectory(t);
  const file = path.join(directory, 'token');
  const first = writeToken(file);
  fs.chmodSync(file, 0o644);
  const second = writeToken(file);
  assert.match(first, /^[0-9a-f]{64}$/);
  assert.notEqual(first, second);
  assert.equal(readToken(file), second);
  assert.deepEqual(fs.readdirSync(directory), ['token']);
  if (process.platform !== 'win32') assert.equal(fs.statSync(file).mode & 0o777, 0o600);
});

test('a reader with the old file open never sees the new one half written', t => {
  const file = path.join(temporaryDirectory(t), 'token');
  const first = writeToken(file);
  const fd = fs.openSync(file, 'r');
  t.after(() => {
    fs.closeSync(fd);
  });
  writeToken(file);
  assert.equal(fs.readFileSync(fd, 'utf8'), first);
});

test('no token is read from a file that is missing, empty, cut or holds something else', t => {
  const directory = temporaryDirectory(t);
  const file = path.join(directory, 'token');
  assert.equal(readToken(file), undefined);
  assert.equal(readToken(directory), undefined);
  const token = writeToken(file);
  for (const content of [
    '',
    token.slice(1),
    `${token}0`,
    token.toUpperCase().replace(/\d/g, 'A'),
    'x'.repeat(64),
  ]) {
    fs.writeFileSync(file, content);
    assert.equal(readToken(file), undefined, content);
  }
  fs.writeFileSync(file, `${token}\n`);
  assert.equal(readToken(file), token, 'an editor’s line end does no harm');
});

test('a token matches itself and nothing else', () => {
  const token = 'a1'.repeat(32);
  assert.ok(tokenMatches(token, token));
  for (const given of [
    '',
    'a1',
    `${token}a`,
    token.toUpperCase(),
    'b1'.repeat(32),
    undefined,
    null,
    1,
    {},
    [token],
  ]) {
    assert.ok(!tokenMatches(token, given), JSON.stringify(given));
  }
  assert.ok(!tokenMatches('', undefined));
  assert.ok(!tokenMatches('é', 'e'), 'of another length in bytes');
});
