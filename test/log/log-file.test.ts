import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, mock, test } from 'node:test';
import fc from 'fast-check';
import { LogFile, ShortWriteError } from '../../src/log/log-file.ts';
import { openForRow } from '../../src/log/rotation.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

const ID = '476aa2f1';
const DATE = '2024-02-29';
const NAME = `metrics_${ID}_${DATE}.csv`;
const HEADER = 'timestamp,hardware_id,total_utilization\n';

const nameOf = (number: number): string => `metrics_${ID}_${DATE}_${String(number)}.csv`;

/** Opens the day's file as the writer does. */
function open(directory: string, header = HEADER): LogFile {
  const rules = { maxFileBytes: Infinity, maxFilesPerDay: 1000 };
  return openForRow(directory, { id8: ID, date: DATE, header, text: '' }, rules);
}

/** Opens the day's file, appends the rows and closes it; the file's name. */
function write(directory: string, rows: readonly string[], header = HEADER): string {
  const file = open(directory, header);
  for (const row of rows) file.append(row);
  assert.equal(file.size, fs.statSync(path.join(directory, file.name)).size);
  file.close();
  return file.name;
}

const read = (directory: string, name = NAME): string =>
  fs.readFileSync(path.join(directory, name), 'latin1');

/** The lines of `text` that are whole. */
const wholeLines = (text: string): string[] => text.split('\n').slice(0, -1);

/** What a log must hold after a crash at byte `length` of `content` and one more row: nothing lost, nothing twice. */
function assertRecovers(directory: string, content: string, length: number): void {
  const file = path.join(directory, NAME);
  fs.writeFileSync(file, content.slice(0, length), 'latin1');
  assert.equal(write(directory, ['after\n']), NAME);
  const before = wholeLines(content.slice(0, length));
  const expected = before.length === 0 ? wholeLines(HEADER) : before;
  assert.deepEqual(read(directory).split('\n'), [...expected, 'after', ''], `cut at ${String(length)}`);
  fs.rmSync(file);
}

describe('LogFile', () => {
  test('starts with the header, in a file for this user alone', t => {
    const directory = temporaryDirectory(t);
    assert.equal(write(directory, ['a\n', 'b\nc\n']), NAME);
    assert.equal(read(directory), `${HEADER}a\nb\nc\n`);
    if (process.platform !== 'win32')
      assert.equal(fs.statSync(path.join(directory, NAME)).mode & 0o777, 0o600);
  });

  test('goes on in the file that is there', t => {
    const directory = temporaryDirectory(t);
    write(directory, ['a\n']);
    write(directory, []);
    write(directory, ['b\n']);
    assert.equal(read(directory), `${HEADER}a\nb\n`);
    assert.deepEqual(fs.readdirSync(directory), [NAME]);
  });

  test('recovers from a crash at every byte', t => {
    const directory = temporaryDirectory(t);
    const content = `${HEADER}2024,476a,1.5\n2025,,\n\n2026,476a,\n`;
    for (let length = 0; length <= content.length; length++) assertRecovers(directory, content, length);
  });

  test('recovers from a crash whatever the rows', t => {
    const directory = temporaryDirectory(t);
    const row = fc
      .oneof(
        fc.string({ maxLength: 80 }),
        fc.nat(150_000).map(length => 'x'.repeat(length)),
      )
      .map(text => `${text.replaceAll(/[^\x20-\x7e]/g, '.')}\n`);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), fc.nat(), (rows, at) => {
        const content = HEADER + rows.join('');
        assertRecovers(directory, content, at % (content.length + 1));
      }),
      { numRuns: 100 },
    );
  });

  test('takes away what a loss of power left after the last row', t => {
    const directory = temporaryDirectory(t);
    // Some file systems come back with the right size and zeros for the data that was not yet on the disk.
    for (const tail of [Buffer.alloc(5_000), Buffer.from([0xff, 0xfe, 0]), Buffer.from('2024-02-29T12:')]) {
      fs.writeFileSync(path.join(directory, NAME), Buffer.concat([Buffer.from(`${HEADER}a\n`), tail]));
      write(directory, ['b\n']);
      assert.equal(read(directory), `${HEADER}a\nb\n`);
    }
  });

  test('takes a last line of any length away, and a file that is nothing else', t => {
    const directory = temporaryDirectory(t);
    for (const length of [1, 65_535, 65_536, 65_537, 131_072, 200_000]) {
      const huge = 'x'.repeat(length);
      fs.writeFileSync(path.join(directory, NAME), `${HEADER}a\n${huge}`);
      write(directory, ['b\n']);
      assert.equal(read(directory), `${HEADER}a\nb\n`, String(length));
      fs.writeFileSync(path.join(directory, NAME), huge);
      write(directory, ['b\n']);
      assert.equal(read(directory), `${HEADER}b\n`, String(length));
    }
  });

  test('leaves a file with other columns alone and takes the next number', t => {
    const directory = temporaryDirectory(t);
    const other = HEADER.replace('\n', ',temperature\n');
    for (const [content, why] of [
      [`${other}a\n`, 'more columns'],
      ['timestamp,hardware_id\na\n', 'fewer columns'],
      [`${HEADER.replace('\n', '\r\n')}a\r\n`, 'line ends of another system'],
      [`\ufeff${HEADER}a\n`, 'a byte order mark'],
      ['\n', 'an empty line'],
      ['notes of mine\n', 'something else'],
    ] as const) {
      fs.writeFileSync(path.join(directory, NAME), content);
      assert.equal(write(directory, ['b\n']), nameOf(1), why);
      assert.equal(read(directory, nameOf(1)), `${HEADER}b\n`, why);
      assert.equal(fs.readFileSync(path.join(directory, NAME), 'utf8'), content, why);
      fs.rmSync(path.join(directory, nameOf(1)));
    }
  });

  test('a layout that comes and goes leaves each file with one header', t => {
    const directory = temporaryDirectory(t);
    const other = HEADER.replace('\n', ',temperature\n');
    const names = [HEADER, other, HEADER, HEADER, other].map((header, row) =>
      write(directory, [`${String(row)}\n`], header),
    );
    assert.deepEqual(names, [NAME, nameOf(1), nameOf(2), nameOf(2), nameOf(3)]);
    assert.equal(read(directory, nameOf(2)), `${HEADER}2\n3\n`);
  });

  test('goes on in the highest number of the day, whatever else lies in the folder', t => {
    const directory = temporaryDirectory(t);
    for (const name of [
      NAME,
      nameOf(2),
      nameOf(10),
      `metrics_${ID}_2024-02-28_11.csv`,
      `metrics_ffffffff_${DATE}_12.csv`,
      `${nameOf(13)}.gz.0123abcd.new`,
      'notes.txt',
    ]) {
      fs.writeFileSync(path.join(directory, name), `${HEADER}old\n`);
    }
    fs.mkdirSync(path.join(directory, 'folder.csv'));
    assert.equal(write(directory, ['new\n']), nameOf(10));
    assert.equal(read(directory, nameOf(10)), `${HEADER}old\nnew\n`);
  });

  test('says why it cannot be opened and leaves nothing open', t => {
    const directory = temporaryDirectory(t);
    fs.mkdirSync(path.join(directory, NAME));
    assert.throws(() => open(directory), { code: 'EISDIR' });
    assert.throws(() => open(path.join(directory, 'nowhere')), { code: 'ENOENT' });
  });

  test('takes back a row of which the disk took a part', t => {
    const directory = temporaryDirectory(t);
    const file = open(directory);
    file.append('a\n');
    const writeSync = fs.writeSync.bind(fs) as (fd: number, bytes: Uint8Array) => number;
    const partial = mock.method(fs, 'writeSync', (fd: number, bytes: Uint8Array) =>
      writeSync(fd, bytes.subarray(0, 3)),
    );
    assert.throws(() => {
      file.append('half a row\n');
    }, ShortWriteError);
    partial.mock.restore();
    assert.equal(read(directory), `${HEADER}a\n`);
    file.append('b\n');
    file.close();
    assert.equal(read(directory), `${HEADER}a\nb\n`);
  });

  test('notices that it was deleted, with or without its folder, or cut short', t => {
    for (const lose of [
      (directory: string) => {
        fs.rmSync(path.join(directory, NAME));
      },
      (directory: string) => {
        fs.rmSync(directory, { recursive: true });
      },
      (directory: string) => {
        fs.truncateSync(path.join(directory, NAME));
      },
    ]) {
      const directory = temporaryDirectory(t);
      const file = open(directory);
      file.append('a\n');
      assert.ok(!file.isLost);
      lose(directory);
      assert.ok(file.isLost);
      file.close();
    }
  });
});
