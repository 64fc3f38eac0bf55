import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { compressLogFile, InUseError, tidy } from '../../src/log/compression.ts';
import { listLogFiles, type ListedFile } from '../../src/log/listing.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

const NAME = 'metrics_476aa2f1_2024-02-29.csv';
const CONTENT = `timestamp,hardware_id\n${'2024-02-29T12:00:00.000Z,476aa2f1\n'.repeat(20_000)}`;
const closed = { isOpen: () => false, signal: new AbortController().signal };

function listed(directory: string, name = NAME): ListedFile {
  return listLogFiles(directory).find(file => file.name === name) ?? assert.fail(name);
}

const unpacked = (directory: string, name = NAME): string =>
  gunzipSync(fs.readFileSync(path.join(directory, `${name}.gz`))).toString();

describe('compressLogFile', () => {
  test('leaves a gzip file with the same bytes, for this user alone, in the place of the plain one', async t => {
    const directory = temporaryDirectory(t);
    fs.writeFileSync(path.join(directory, NAME), CONTENT);
    await compressLogFile(directory, listed(directory), closed);
    assert.deepEqual(fs.readdirSync(directory), [`${NAME}.gz`]);
    assert.equal(unpacked(directory), CONTENT);
    const { mode, size } = fs.statSync(path.join(directory, `${NAME}.gz`));
    if (process.platform !== 'win32') assert.equal(mode & 0o777, 0o600);
    assert.ok(size < CONTENT.length / 20);
  });

  test('lets everything else go on meanwhile', async t => {
    const directory = temporaryDirectory(t);
    fs.writeFileSync(path.join(directory, NAME), CONTENT.repeat(20));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await compressLogFile(directory, listed(directory), closed);
    clearInterval(timer);
    assert.ok(turns >= 3, 'timers fire between the pieces');
  });

  test('leaves a file alone that is opened or written while it is compressed', async t => {
    const directory = temporaryDirectory(t);
    const file = path.join(directory, NAME);
    fs.writeFileSync(file, CONTENT);
    const before = listed(directory);
    await assert.rejects(compressLogFile(directory, before, { ...closed, isOpen: () => true }), InUseError);
    fs.appendFileSync(file, 'one more\n');
    await assert.rejects(compressLogFile(directory, before, closed), InUseError);
    assert.deepEqual(fs.readdirSync(directory), [NAME]);
    assert.equal(fs.readFileSync(file, 'utf8'), `${CONTENT}one more\n`);
  });

  test('can be ended, and then the plain file is what there is', async t => {
    const directory = temporaryDirectory(t);
    fs.writeFileSync(path.join(directory, NAME), CONTENT.repeat(20));
    const end = new AbortController();
    const done = compressLogFile(directory, listed(directory), { ...closed, signal: end.signal });
    setImmediate(() => {
      end.abort();
    });
    await assert.rejects(done, { name: 'AbortError' });
    assert.deepEqual(fs.readdirSync(directory), [NAME]);
  });
});

describe('tidy', () => {
  const write = (directory: string, name: string, content: string | Buffer): void => {
    fs.writeFileSync(path.join(directory, name), content);
  };

  test('takes away what was never finished, and nothing of anybody else', async t => {
    const directory = temporaryDirectory(t);
    for (const name of [`${NAME}.gz.0123abcd.new`, `${NAME}.gz.mine.new`, 'notes.gz.0123abcd.new', NAME])
      write(directory, name, 'x\n');
    await tidy(directory, () => false);
    assert.deepEqual(
      fs.readdirSync(directory).sort(),
      [NAME, `${NAME}.gz.mine.new`, 'notes.gz.0123abcd.new'].sort(),
    );
  });

  test('of two copies keeps the compressed one where it is whole, else the plain one', async t => {
    const packed = gzipSync(CONTENT);
    const damaged = Buffer.from(packed);
    damaged.writeUInt8((damaged[damaged.length - 20] ?? 0) ^ 0xff, damaged.length - 20);
    for (const [compressed, plain, left] of [
      [packed, CONTENT, `${NAME}.gz`],
      [packed, `${CONTENT}one more\n`, NAME],
      [packed.subarray(0, packed.length - 9), CONTENT, NAME],
      [damaged, CONTENT, NAME],
      [Buffer.alloc(0), CONTENT, NAME],
      [Buffer.from('no gzip'), CONTENT, NAME],
    ] as const) {
      const directory = temporaryDirectory(t);
      write(directory, `${NAME}.gz`, compressed);
      write(directory, NAME, plain);
      await tidy(directory, () => false);
      assert.deepEqual(fs.readdirSync(directory), [left]);
      if (left === NAME) assert.equal(fs.readFileSync(path.join(directory, NAME), 'utf8'), plain);
      else assert.equal(unpacked(directory), CONTENT);
    }
  });

  test('never takes the file that is being written', async t => {
    const directory = temporaryDirectory(t);
    write(directory, `${NAME}.gz`, gzipSync(CONTENT));
    write(directory, NAME, CONTENT);
    await tidy(directory, name => name === NAME);
    assert.deepEqual(fs.readdirSync(directory), [NAME]);
  });
});
