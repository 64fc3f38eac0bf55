import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { TestHome, until } from './harness/home.ts';
import { missingSeconds, readLog, seconds, times } from './harness/log.ts';

describe('one sampler for everybody', () => {
  let home: TestHome;
  beforeEach(() => {
    home = new TestHome();
  });
  afterEach(() => home.end());

  const rowCount = (): number => readLog(home.logDirectory).length;

  test('three terminals share one sampler and one log; the one that started it may leave', async () => {
    const first = home.start(['run', ...home.everySample]);
    const pid = await until('the first has a sampler', () => home.samplerPid);
    const others = [home.start(['run', ...home.everySample]), home.start(['run', ...home.everySample])];
    await until('all print samples', () =>
      [first, ...others].every(run => run.stdout().split('\n').length > 2),
    );
    assert.deepEqual(home.samplerPids, [pid]);
    first.child.kill('SIGINT');
    assert.equal((await first.finished).code, 0);
    const rows = rowCount();
    await until('logging goes on', () => rowCount() >= rows + 3);
    assert.deepEqual(home.samplerPids, [pid]);
    const log = readLog(home.logDirectory);
    assert.deepEqual(missingSeconds(log), []);
    assert.equal(new Set(times(log)).size, log.length, 'no sample is there twice');
    for (const run of others) run.child.kill('SIGINT');
    for (const run of others) assert.equal((await run.finished).code, 0);
    await until('the sampler leaves after its last client', () => home.samplerPids.length === 0);
  });

  test('terminals that start at the same moment end up with one sampler', async () => {
    const runs = Array.from({ length: 5 }, () => home.start(['run', ...home.everySample]));
    await until('all print samples', () => runs.every(run => run.stdout().split('\n').length > 2));
    assert.equal(home.samplerPids.length, 1);
  });

  test('kill -9: another sampler takes over, the log is whole and at most one sample is missing', async () => {
    const runs = [home.start(['run', ...home.everySample]), home.start(['run', ...home.everySample])];
    const pid = await until(
      'both print samples',
      () => runs.every(run => run.stdout().split('\n').length > 2) && home.samplerPid,
    );
    process.kill(pid, 'SIGKILL');
    const killedAt = Date.now();
    const successor = await until('a new one runs', () =>
      home.samplerPid !== pid ? home.samplerPid : undefined,
    );
    await until('it logs', () => (times(readLog(home.logDirectory)).at(-1) ?? 0) > killedAt + 2_000);
    assert.deepEqual(home.samplerPids, [successor]);
    const log = readLog(home.logDirectory);
    assert.ok(missingSeconds(log).length <= 1, `missing: ${missingSeconds(log).join(', ')}`);
    assert.equal(new Set(times(log)).size, log.length);
  });

  test('a sampler that is stopped (SIGSTOP) counts as hung and is replaced', async () => {
    const run = home.start(['run', ...home.everySample]);
    const pid = await until(
      'it prints samples',
      () => run.stdout().split('\n').length > 2 && home.samplerPid,
    );
    process.kill(pid, 'SIGSTOP');
    const stoppedAt = Date.now();
    const successor = await until('a new one runs', () => {
      const now = home.samplerPid;
      return now !== pid ? now : undefined;
    });
    await until('it logs', () => (times(readLog(home.logDirectory)).at(-1) ?? 0) > stoppedAt + 2_500);
    assert.deepEqual(home.samplerPids, [successor]);
    assert.match(run.stderr(), /the sampler hangs/);
  });

  test('a sampler stalled for less than the watchdog allows makes no burst of samples', async () => {
    const run = home.start(['run', ...home.everySample]);
    const lines = (): number => run.stdout().split('\n').length;
    const pid = await until('it prints samples', () => lines() > 2 && home.samplerPid);
    // Right after a sample: over the next one, and far from the two seconds that the watchdog allows after this one.
    const before = lines();
    await until('another one', () => lines() > before);
    process.kill(pid, 'SIGSTOP');
    await new Promise(resolve => setTimeout(resolve, 1_150));
    process.kill(pid, 'SIGCONT');
    const rows = rowCount();
    await until('it goes on', () => rowCount() >= rows + 3);
    assert.equal(home.samplerPid, pid, 'the same sampler');
    const moments = times(readLog(home.logDirectory));
    const gaps = moments.slice(1).map((time, index) => time - (moments[index] ?? time));
    assert.ok(Math.min(...gaps) >= 450, `the closest two samples are ${String(Math.min(...gaps))} ms apart`);
  });

  test('run refuses to join a sampler with other settings and says how to go on', async () => {
    const run = home.start(['run']);
    await until('it prints samples', () => run.stdout().split('\n').length > 2);
    const { code, stderr } = await home.run([
      'run',
      '--config',
      home.write('slow.yaml', 'general: { logging_interval: 5 }\n'),
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /general\.logging_interval is 1 there and 5 here/);
    assert.match(stderr, /--isolated/);
    const isolated = await home.run([
      'run',
      '--isolated',
      '--log-dir',
      `${home.root}/own`,
      '--duration',
      '2',
    ]);
    assert.equal(isolated.code, 0, isolated.stderr);
    assert.equal(readLog(`${home.root}/own`).length, 2);
  });

  test('two samplers never write one folder', async () => {
    const run = home.start(['run', ...home.everySample]);
    await until('it prints samples', () => run.stdout().split('\n').length > 2);
    const isolated = await home.run(['run', ...home.everySample, '--isolated', '--duration', '2']);
    assert.match(isolated.stderr, /another OptiMetrics sampler \(process \d+\) writes this log folder/);
    const of = seconds(readLog(home.logDirectory));
    assert.equal(new Set(of).size, of.length, 'one row a second');
  });

  test('a stale socket and a damaged token of a dead sampler are no obstacle', async () => {
    const run = home.start(['run', ...home.everySample]);
    const pid = await until(
      'it prints samples',
      () => run.stdout().split('\n').length > 2 && home.samplerPid,
    );
    run.child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await until('both are gone', () => home.samplerPids.length === 0);
    home.write('run/optimetrics/token', 'not a token');
    home.write('run/optimetrics/quarantine.json', '{"cpu":');
    home.write('run/optimetrics/in-flight', '\0\xff not a name \n');
    const again = await home.run(['run', ...home.everySample, '--duration', '2']);
    assert.equal(again.code, 0, again.stderr);
  });
});
