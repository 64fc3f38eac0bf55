import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { identify, isRunning } from '../../src/runtime/process-identity.ts';
import { askPsForStart } from '../../src/runtime/process-start.ts';

const START = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \d{4}$/;

describe('ps', { skip: !fs.existsSync('/bin/ps') && 'there is no ps' }, () => {
  test('tells when a process started, whatever zone and language we have', t => {
    const started = askPsForStart(process.pid);
    assert.match(started ?? '', START);
    const zone = process.env['TZ'];
    t.after(() => {
      if (zone === undefined) Reflect.deleteProperty(process.env, 'TZ');
      else process.env['TZ'] = zone;
    });
    process.env['TZ'] = 'Asia/Tokyo';
    assert.equal(askPsForStart(process.pid), started);
    // Its seconds may be rounded otherwise than ours.
    const age = Date.now() - Date.parse(`${String(started)} UTC`);
    assert.ok(Math.abs(age - process.uptime() * 1000) < 10_000, `${String(age)} ms ago`);
  });

  test('tells nothing of a process that has ended, waited for or not', async t => {
    const child = spawn('sleep', ['60']);
    const pid = child.pid ?? assert.fail();
    assert.match(askPsForStart(pid) ?? '', START);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(askPsForStart(pid), undefined);
    // The shell's child ends soon after `exec` has made a program of the shell that never waits for it.
    const shell = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    t.after(() => shell.kill('SIGKILL'));
    const [line] = (await once(shell.stdout, 'data')) as [Buffer];
    const zombie = Number(line.toString());
    for (let tries = 0; askPsForStart(zombie) !== undefined; tries++) {
      assert.ok(tries < 3_000, 'it became a zombie');
      await wait(10);
    }
    assert.ok(fs.existsSync(`/proc/${String(zombie)}`) || process.platform !== 'linux', 'it is still listed');
  });

  test('lets macOS tell a process apart from another with its number', t => {
    const real = process.platform;
    t.after(() => {
      Object.defineProperty(process, 'platform', { value: real });
    });
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    const me = identify(process.pid);
    assert.match(me?.started ?? '', START);
    assert.ok(isRunning({ pid: process.pid, started: me?.started ?? '' }));
    assert.ok(!isRunning({ pid: process.pid, started: 'Tue Mar  4 09:05:59 2025' }));
    assert.ok(!isRunning({ pid: process.pid, started: '' }));
    for (const pid of [-1, 2 ** 31, Number.NaN, 1.5]) assert.equal(identify(pid), undefined, String(pid));
  });
});
