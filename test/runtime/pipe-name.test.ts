import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ensurePipeSecret, notePipeSecret, pipeName, readPipeSecret } from '../../src/runtime/pipe-name.ts';
import { temporaryDirectory } from './temporary-directory.ts';

describe('the secret part of the pipe’s name', () => {
  test('is made once and found again, by this user only', t => {
    const file = path.join(temporaryDirectory(t), 'pipe');
    assert.equal(readPipeSecret(file), undefined);
    const secret = ensurePipeSecret(file);
    assert.match(secret, /^[0-9a-f]{32}$/);
    assert.equal(readPipeSecret(file), secret);
    assert.equal(ensurePipeSecret(file), secret);
    if (process.platform !== 'win32') assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    assert.match(pipeName(secret), /^\\\\\.\\pipe\\optimetrics-[0-9a-f]{32}$/);
  });

  test('is another one each time that it is made', t => {
    const file = path.join(temporaryDirectory(t), 'pipe');
    const secrets = Array.from({ length: 20 }, () => {
      fs.rmSync(file, { force: true });
      return ensurePipeSecret(file);
    });
    assert.equal(new Set(secrets).size, secrets.length);
  });

  test('is made anew where the note is damaged', t => {
    const file = path.join(temporaryDirectory(t), 'pipe');
    for (const damaged of ['', 'a1', '../../x', 'A1'.repeat(16), 'a1'.repeat(17)]) {
      fs.writeFileSync(file, damaged);
      assert.equal(readPipeSecret(file), undefined, damaged);
      assert.match(ensurePipeSecret(file), /^[0-9a-f]{32}$/);
    }
  });

  test('is not written over, and what cannot be written is told', t => {
    const directory = temporaryDirectory(t);
    const file = path.join(directory, 'pipe');
    assert.equal(notePipeSecret(file, 'a1'.repeat(16)), true);
    assert.equal(notePipeSecret(file, 'b2'.repeat(16)), false);
    assert.equal(readPipeSecret(file), 'a1'.repeat(16));
    assert.throws(() => ensurePipeSecret(path.join(directory, 'none', 'pipe')), { code: 'ENOENT' });
  });
});
