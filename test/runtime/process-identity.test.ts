import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { identify, isRunning, tellStartsBy } from '../../src/runtime/process-identity.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const isLinux = process.platform === 'linux';

/** Lets this process take itself for one on Windows for one test. */
function onWindows(t: TestContext): void {
  const real = process.platform;
  t.after(() => {
    Object.defineProperty(process, 'platform', { value: real });
  });
  Object.defineProperty(process, 'platform', { value: 'win32' });
}

function pidOf({ pid }: ChildProcess): number {
  assert.ok(pid !== undefined);
  return pid;
}

describe('a process', () => {
  test('is recognised while it runs, and gone when it has ended', async () => {
    const child = spawn('sleep', ['60']);
    const identity = identify(pidOf(child));
    assert.ok(identity);
    assert.equal(identity.pid, child.pid);
    assert.ok(isRunning(identity));
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.ok(!isRunning(identity));
    assert.equal(identify(pidOf(child)), undefined);
  });

  test('knows itself, the same each time', () => {
    const me = identify(process.pid);
    assert.ok(me);
    assert.deepEqual(identify(process.pid), me);
    assert.ok(isRunning(me));
  });

  test(
    'is told apart from another with its number',
    { skip: !isLinux && 'the start time is read on Linux' },
    () => {
      const me = identify(process.pid);
      assert.ok(me);
      assert.match(me.started, /^\d+$/);
      assert.ok(!isRunning({ pid: me.pid, started: String(Number(me.started) - 1) }));
      assert.ok(!isRunning({ pid: me.pid, started: '' }));
      assert.notEqual(identify(1)?.started, me.started);
    },
  );

  test('that has ended and is not yet waited for has ended', { skip: !isLinux && 'needs /proc' }, async t => {
    // The shell's child ends soon after `exec` has made a program of the shell that never waits for it.
    const shell = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    t.after(() => shell.kill('SIGKILL'));
    const [line] = (await once(shell.stdout, 'data')) as [Buffer];
    const zombie = Number(line.toString());
    const stateOf = (): string => fs.readFileSync(`/proc/${String(zombie)}/stat`, 'latin1');
    for (let tries = 0; !stateOf().includes(') Z '); tries++) {
      assert.ok(tries < 3_000, 'it became a zombie');
      await wait(10);
    }
    assert.equal(identify(zombie), undefined);
  });

  test('may have a name made to mislead', { skip: !isLinux && 'needs /proc' }, async t => {
    const program = path.join(temporaryDirectory(t), 'x) Z 1 (');
    fs.copyFileSync('/bin/sleep', program);
    const child = spawn(program, ['60']);
    t.after(() => child.kill('SIGKILL'));
    const identity = identify(pidOf(child));
    assert.ok(identity);
    assert.match(identity.started, /^\d+$/);
    assert.ok(isRunning(identity));
    const before = identify(process.pid);
    assert.ok(Number(identity.started) >= Number(before?.started), 'it started after us');
    await wait(0);
  });

  test('is told apart on Windows where somebody can tell starts, else by its number alone', t => {
    onWindows(t);
    const me = process.pid;
    assert.deepEqual(identify(me), { pid: me, started: '' });
    assert.ok(isRunning({ pid: me, started: '134401447277628410' }));
    tellStartsBy(pid => (pid === me ? '134401447277628410' : ''));
    t.after(() => {
      tellStartsBy(() => '');
    });
    assert.deepEqual(identify(me), { pid: me, started: '134401447277628410' });
    assert.ok(isRunning({ pid: me, started: '134401447277628410' }));
    assert.ok(!isRunning({ pid: me, started: '134401447277628411' }));
    assert.ok(isRunning({ pid: process.ppid, started: '5' }), 'its start cannot be told');
  });

  test('that cannot be is none', () => {
    for (const pid of [-1, 2 ** 31, Number.NaN, 1.5]) assert.equal(identify(pid), undefined, String(pid));
  });
});
