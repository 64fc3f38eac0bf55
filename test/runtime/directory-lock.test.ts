import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, mock, test } from 'node:test';
import { WRITER_LOCK } from '../../src/log/writer-lock.ts';
import { DirectoryLock, DirectoryLockedError } from '../../src/runtime/directory-lock.ts';
import { readOwner, writeOwner } from '../../src/runtime/owner.ts';
import { identify, type ProcessIdentity } from '../../src/runtime/process-identity.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Identity of a process that runs for the test's length. */
function identityOf({ pid }: ChildProcess): ProcessIdentity {
  const identity = pid === undefined ? undefined : identify(pid);
  assert.ok(identity);
  return identity;
}

const lockOf = (directory: string): string => path.join(directory, '.writer');
const me = identify(process.pid);

describe('DirectoryLock', () => {
  test('notes this process, leaves no other file, and is gone when released', t => {
    const directory = temporaryDirectory(t);
    const lock = DirectoryLock.acquire(directory, WRITER_LOCK);
    assert.deepEqual(readOwner(lockOf(directory)), me);
    assert.deepEqual(fs.readdirSync(directory), ['.writer']);
    lock.release();
    assert.deepEqual(fs.readdirSync(directory), []);
    lock.release();
  });

  test('can be had again by the process that has it', t => {
    const directory = temporaryDirectory(t);
    DirectoryLock.acquire(directory, WRITER_LOCK);
    DirectoryLock.acquire(directory, WRITER_LOCK).release();
    assert.deepEqual(fs.readdirSync(directory), []);
  });

  test('is refused while another process lives, and had when that has died', async t => {
    const directory = temporaryDirectory(t);
    const other = spawn('sleep', ['60']);
    const holder = identityOf(other);
    writeOwner(lockOf(directory), holder);
    assert.throws(
      () => DirectoryLock.acquire(directory, WRITER_LOCK),
      (error: unknown) =>
        error instanceof DirectoryLockedError &&
        error.message.includes(`process ${String(holder.pid)}`) &&
        !error.message.includes(directory),
    );
    assert.deepEqual(readOwner(lockOf(directory)), holder, 'it is left as it was');
    assert.deepEqual(fs.readdirSync(directory), ['.writer']);
    other.kill('SIGKILL');
    await once(other, 'exit');
    const lock = DirectoryLock.acquire(directory, WRITER_LOCK);
    assert.deepEqual(readOwner(lockOf(directory)), me);
    lock.release();
  });

  test(
    'of a process whose number was given to another is stale',
    { skip: process.platform !== 'linux' },
    t => {
      const directory = temporaryDirectory(t);
      const init = identify(1);
      assert.ok(init);
      writeOwner(lockOf(directory), { pid: process.ppid, started: 'long ago' });
      DirectoryLock.acquire(directory, WRITER_LOCK).release();
    },
  );

  test('that is damaged is taken over', t => {
    const directory = temporaryDirectory(t);
    for (const content of ['', '{"pid":', 'null', '{"pid":1,"started":""}', '\0'.repeat(64)]) {
      fs.writeFileSync(lockOf(directory), content);
      DirectoryLock.acquire(directory, WRITER_LOCK).release();
      assert.deepEqual(fs.readdirSync(directory), []);
    }
  });

  test('that somebody else has got meanwhile is not released', t => {
    const directory = temporaryDirectory(t);
    const other = spawn('sleep', ['60']);
    t.after(() => other.kill('SIGKILL'));
    const lock = DirectoryLock.acquire(directory, WRITER_LOCK);
    fs.rmSync(lockOf(directory));
    writeOwner(lockOf(directory), identityOf(other));
    lock.release();
    assert.deepEqual(readOwner(lockOf(directory)), identityOf(other));
  });

  test('that was replaced while it was found to be stale is put back', t => {
    const directory = temporaryDirectory(t);
    const other = spawn('sleep', ['60']);
    t.after(() => other.kill('SIGKILL'));
    fs.writeFileSync(lockOf(directory), 'stale');
    const rename = fs.renameSync.bind(fs);
    // Another process replaces the stale lock between our look at it and our taking it away.
    const renaming = mock.method(fs, 'renameSync', (from: fs.PathLike, to: fs.PathLike) => {
      if (String(from) === lockOf(directory)) {
        renaming.mock.restore();
        writeOwner(lockOf(directory), identityOf(other));
      }
      rename(from, to);
    });
    t.after(() => {
      renaming.mock.restore();
    });
    assert.throws(() => DirectoryLock.acquire(directory, WRITER_LOCK), DirectoryLockedError);
    assert.deepEqual(readOwner(lockOf(directory)), identityOf(other));
    assert.deepEqual(fs.readdirSync(directory), ['.writer']);
  });

  test('does without hard links where the file system has none', t => {
    const directory = temporaryDirectory(t);
    const other = spawn('sleep', ['60']);
    t.after(() => other.kill('SIGKILL'));
    const linking = mock.method(fs, 'linkSync', () => {
      throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' });
    });
    t.after(() => {
      linking.mock.restore();
    });
    const lock = DirectoryLock.acquire(directory, WRITER_LOCK);
    assert.deepEqual(readOwner(lockOf(directory)), me);
    lock.release();
    fs.writeFileSync(lockOf(directory), 'stale');
    DirectoryLock.acquire(directory, WRITER_LOCK).release();
    writeOwner(lockOf(directory), identityOf(other));
    assert.throws(() => DirectoryLock.acquire(directory, WRITER_LOCK), DirectoryLockedError);
    assert.deepEqual(fs.readdirSync(directory), ['.writer']);
  });

  test('passes on why the folder cannot be written', t => {
    const directory = temporaryDirectory(t);
    assert.throws(() => DirectoryLock.acquire(path.join(directory, 'nowhere'), WRITER_LOCK), {
      code: 'ENOENT',
    });
  });

  describe('of another container or machine', () => {
    /** Puts a lock there whose holder cannot be looked up, confirmed so many seconds ago. */
    function foreign(directory: string, secondsAgo: number): void {
      const file = lockOf(directory);
      fs.writeFileSync(file, JSON.stringify({ pid: process.pid, started: me?.started, world: 'elsewhere' }));
      const at = Date.now() / 1000 - secondsAgo;
      fs.utimesSync(file, at, at);
    }
    const confirmedOf = (directory: string): number | undefined => {
      try {
        DirectoryLock.acquire(directory, WRITER_LOCK).release();
        return assert.fail('it is held');
      } catch (error) {
        assert.ok(error instanceof DirectoryLockedError, String(error));
        assert.match(error.message, /in another container or machine/);
        return error.confirmedMs;
      }
    };

    test('is refused while it is confirmed, also for the same process number, and tells since when', t => {
      const directory = temporaryDirectory(t);
      foreign(directory, 60);
      const first = confirmedOf(directory);
      assert.equal(confirmedOf(directory), first);
      foreign(directory, 1);
      assert.notEqual(confirmedOf(directory), first, 'it lives');
      assert.deepEqual(fs.readdirSync(directory), ['.writer']);
    });

    test('is taken over when it has not been confirmed for long', t => {
      const directory = temporaryDirectory(t);
      foreign(directory, 600);
      const lock = DirectoryLock.acquire(directory, WRITER_LOCK);
      assert.deepEqual(readOwner(lockOf(directory)), me);
      lock.release();
    });

    test('that has taken ours is noticed, and ours is not confirmed', t => {
      const directory = temporaryDirectory(t);
      const lock = DirectoryLock.acquire(directory, WRITER_LOCK);
      const old = Date.now() / 1000 - 600;
      fs.utimesSync(lockOf(directory), old, old);
      lock.confirm();
      assert.ok(fs.statSync(lockOf(directory)).mtimeMs > Date.now() - 300_000, 'confirmed');
      foreign(directory, 1);
      assert.throws(() => {
        lock.confirm();
      }, DirectoryLockedError);
      lock.release();
      assert.deepEqual(fs.readdirSync(directory), ['.writer'], 'it is left to whoever has it now');
    });
  });

  test('removes what others left that died while they were acquiring it', t => {
    const directory = temporaryDirectory(t);
    const leftovers = ['.writer.0123abcd.new', '.writer.0123abce.old'];
    for (const name of [...leftovers, '.writer.0123abcf.new', '.writer.notes']) {
      fs.writeFileSync(path.join(directory, name), '');
      const old = Date.now() / 1000 - (leftovers.includes(name) ? 600 : 1);
      fs.utimesSync(path.join(directory, name), old, old);
    }
    DirectoryLock.acquire(directory, WRITER_LOCK).release();
    assert.deepEqual(fs.readdirSync(directory).sort(), ['.writer.0123abcf.new', '.writer.notes']);
  });
});
