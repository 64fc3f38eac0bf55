import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test, type TestContext } from 'node:test';
import { ByteReader } from '../../../src/sampler/proc/byte-reader.ts';
import { KeptFile } from '../../../src/sampler/proc/kept-file.ts';
import { FixtureTree } from './fixture-tree.ts';

function textOf(reader: ByteReader): string {
  return reader.bytes.toString('utf8', 0, reader.end);
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function keep(t: TestContext, file: KeptFile): KeptFile {
  t.after(() => {
    file.close();
  });
  return file;
}

describe('KeptFile', () => {
  test('reads the whole content through one descriptor, however it grows', t => {
    const tree = new FixtureTree(t).write('/proc/stat', 'small');
    const file = keep(t, new KeptFile(tree.sysroot.path('/proc/stat')));
    const open = t.mock.method(fs, 'openSync');
    const reader = new ByteReader(16);
    for (const length of [5, 16, 17, 2047, 2048, 4096, 4097, 70_000, 3]) {
      const content = 'x'.repeat(length);
      tree.write('/proc/stat', content);
      assert.ok(file.read(reader));
      assert.equal(textOf(reader), content);
    }
    const opened = open.mock.calls.filter(call => call.arguments[1] === 'r');
    assert.equal(opened.length, 1);
  });

  test(
    'reads files that the kernel hands out a page at a time',
    { skip: fs.existsSync('/proc/crypto') ? false : 'no /proc/crypto here' },
    t => {
      const whole = fs.readFileSync('/proc/crypto', 'utf8');
      const file = keep(t, new KeptFile('/proc/crypto'));
      const reader = new ByteReader(65_536);
      for (let i = 0; i < 3; i++) {
        assert.ok(file.read(reader));
        assert.equal(textOf(reader), whole);
      }
    },
  );

  test('a file that errors is closed, tried again with growing pauses, and recovers', t => {
    const tree = new FixtureTree(t).write('/proc/stat', 'content');
    const log: string[] = [];
    const file = keep(
      t,
      new KeptFile(tree.sysroot.path('/proc/stat'), {
        what: 'CPU counters',
        log: message => void log.push(message),
      }),
    );
    const reader = new ByteReader();
    assert.ok(file.read(reader));
    for (const code of ['ENODEV', 'ESTALE', 'EIO']) {
      const broken = t.mock.method(fs, 'readSync', () => {
        throw systemError(code);
      });
      const open = t.mock.method(fs, 'openSync');
      const close = t.mock.method(fs, 'closeSync');
      for (let tick = 0; tick < 200; tick++) {
        assert.equal(file.read(reader), false);
        assert.equal(file.absence, 'failed');
      }
      // Ticks 1, 3, 7, 15, 31, 63, 123 and 183 after the first failure.
      assert.equal(open.mock.callCount(), 8);
      assert.equal(close.mock.callCount(), 9);
      broken.mock.restore();
      open.mock.restore();
      close.mock.restore();
      let ticks = 0;
      while (!file.read(reader)) assert.ok(ticks++ < 60, 'it is tried again within 60 ticks');
      assert.equal(textOf(reader), 'content');
      assert.deepEqual(log.splice(0), [
        `CPU counters cannot be read (${code})`,
        'CPU counters can be read again',
      ]);
    }
  });

  test('tells why there is nothing to read', t => {
    const tree = new FixtureTree(t).write('/proc/pressure/cpu', 'some');
    const path = tree.sysroot.path('/proc/pressure/cpu');
    const reader = new ByteReader();
    for (const [code, absence] of [
      ['EACCES', 'denied'],
      ['EPERM', 'denied'],
      ['EOPNOTSUPP', 'unsupported'],
      ['ENODEV', 'failed'],
      ['EIO', 'failed'],
      ['EMFILE', 'failed'],
    ] as const) {
      for (const call of ['openSync', 'readSync'] as const) {
        const broken = t.mock.method(fs, call, () => {
          throw systemError(code);
        });
        const file = new KeptFile(path, { missing: 'unsupported' });
        assert.equal(file.read(reader), false);
        assert.equal(file.absence, absence, `${call} ${code}`);
        broken.mock.restore();
        file.close();
      }
    }
    const missing = new KeptFile(tree.sysroot.path('/proc/none'), { missing: 'unsupported' });
    assert.equal(missing.read(reader), false);
    assert.equal(missing.absence, 'unsupported');
    const lost = new KeptFile(tree.sysroot.path('/proc/none'));
    assert.equal(lost.read(reader), false);
    assert.equal(lost.absence, 'failed');
  });

  test('a file that vanishes and comes back is read again; an empty one counts as gone', t => {
    const tree = new FixtureTree(t).write('/proc/net/dev', 'one');
    const file = keep(t, new KeptFile(tree.sysroot.path('/proc/net/dev')));
    const reader = new ByteReader();
    assert.ok(file.read(reader));
    tree.vanish('/proc/net/dev');
    assert.equal(file.read(reader), false);
    assert.equal(file.read(reader), false);
    tree.write('/proc/net/dev', 'two');
    assert.equal(file.read(reader), false, 'the second pause is two ticks');
    assert.ok(file.read(reader));
    assert.equal(textOf(reader), 'two');
  });

  test('reads on at once when told to, and again after it was closed', t => {
    const tree = new FixtureTree(t);
    const file = keep(t, new KeptFile(tree.sysroot.path('/sys/a')));
    const reader = new ByteReader();
    for (let tick = 0; tick < 20; tick++) file.read(reader);
    tree.write('/sys/a', '1\n');
    assert.equal(file.read(reader), false);
    file.retryNow();
    assert.ok(file.read(reader));
    file.close();
    file.close();
    assert.ok(file.read(reader));
  });

  test('a file without end is given up', { skip: process.platform !== 'linux' && 'needs /dev/zero' }, () => {
    const file = new KeptFile('/dev/zero');
    assert.equal(file.read(new ByteReader()), false);
    assert.equal(file.absence, 'failed');
    file.close();
  });
});
