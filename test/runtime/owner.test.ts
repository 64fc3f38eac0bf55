import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readOwner, writeOwner } from '../../src/runtime/owner.ts';
import { temporaryDirectory } from './temporary-directory.ts';

test('an owner is read back as it was written, the latest one', t => {
  const directory = temporaryDirectory(t);
  const file = path.join(directory, 'sampler.json');
  assert.equal(readOwner(file), undefined);
  writeOwner(file, { pid: 4711, started: '123' });
  writeOwner(file, { pid: 4712, started: '' });
  assert.deepEqual(readOwner(file), { pid: 4712, started: '' });
  assert.deepEqual(fs.readdirSync(directory), ['sampler.json']);
  if (process.platform !== 'win32') assert.equal(fs.statSync(file).mode & 0o777, 0o600);
});

test('a note that could end the wrong process is no note', t => {
  const file = path.join(temporaryDirectory(t), 'sampler.json');
  for (const content of [
    '',
    '{"pid":4711,"star',
    'null',
    '4711',
    '[]',
    '{}',
    '{"pid":4711}',
    '{"pid":"4711","started":"1"}',
    '{"pid":4711,"started":1}',
    '{"pid":0,"started":"1"}',
    '{"pid":1,"started":"1"}',
    '{"pid":-4711,"started":"1"}',
    '{"pid":1.5,"started":"1"}',
    '{"pid":1e300,"started":"1"}',
    '\0'.repeat(100),
  ]) {
    fs.writeFileSync(file, content);
    assert.equal(readOwner(file), undefined, content);
  }
});

test('whatever the file holds, what is read is a process that may be ended, or nothing', t => {
  const file = path.join(temporaryDirectory(t), 'sampler.json');
  const note = fc.record(
    { pid: fc.jsonValue(), started: fc.jsonValue(), more: fc.jsonValue() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        note.map(value => JSON.stringify(value)),
      ),
      content => {
        fs.writeFileSync(file, content);
        const owner = readOwner(file);
        if (owner)
          assert.ok(Number.isSafeInteger(owner.pid) && owner.pid > 1 && typeof owner.started === 'string');
      },
    ),
    { numRuns: 200 },
  );
});
