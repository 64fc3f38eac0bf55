import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { MIB } from '../../src/common/units.ts';
import { TestCgroup } from './harness/cgroup.ts';
import { type Finished, ROOT, type Running, TestHome, until } from './harness/home.ts';
import { readLog } from './harness/log.ts';

const CLI = path.join(ROOT, 'dist', 'cli.js');
const HOST_CORES = os.cpus().length;
const HOST_MB = Math.round(
  Number(/^MemTotal: +(\d+)/m.exec(fs.readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 1024,
);
const LIMIT_CORES = 0.5;
const LIMIT_MB = 512;

describe('optimetrics in a cgroup with half a core and 512 MB', () => {
  let home: TestHome;
  let cgroup: TestCgroup | string;
  before(() => {
    home = new TestHome();
    cgroup = TestCgroup.create();
  });
  after(async () => {
    await home.end();
    if (typeof cgroup !== 'string') await cgroup.remove();
  });

  /** The cgroup with its limits; `undefined` where there can be none, and the test is skipped. */
  function limited(t: TestContext): TestCgroup | undefined {
    if (typeof cgroup === 'string') {
      t.skip(cgroup);
      return undefined;
    }
    cgroup.limitCpu(LIMIT_CORES);
    cgroup.limitMemory(LIMIT_MB * MIB);
    return cgroup;
  }

  function start(inside: TestCgroup, args: readonly string[]): Running {
    return home.startCommand(...inside.wrap(process.execPath, [CLI, ...args]));
  }

  async function json(inside: TestCgroup, command: string): Promise<unknown> {
    const { code, stdout, stderr }: Finished = await start(inside, [command, '--json']).finished;
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }

  test('the doctor knows the limits and the machine', async t => {
    const inside = limited(t);
    if (!inside) return;
    const { limits } = (await json(inside, 'doctor')) as { limits: unknown };
    assert.deepEqual(limits, {
      cpu: { cores: LIMIT_CORES, hostCores: HOST_CORES },
      memory: { mb: LIMIT_MB, hostMb: HOST_MB },
    });
    const { stdout } = await start(inside, ['doctor']).finished;
    assert.match(stdout, /^limits {6}CPU 0\.5 cores \(machine: \d+\), memory 512 MiB \(machine: .+ GiB\)$/m);
  });

  test('memory is that of the cgroup', async t => {
    const inside = limited(t);
    if (!inside) return;
    const { metrics } = (await json(inside, 'sample')) as { metrics: Record<string, number> };
    const used = metrics['ram_used_mb'] ?? Number.NaN;
    assert.equal(metrics['ram_total_mb'], LIMIT_MB);
    assert.ok(used > 10 && used < LIMIT_MB, String(used));
    assert.ok(Math.abs((metrics['ram_available_mb'] ?? Number.NaN) + used - LIMIT_MB) <= 1);
  });

  test('a loop that wants a whole core uses all of its half', async t => {
    const inside = limited(t);
    if (!inside) return;
    inside.goFirst();
    const loop = home.startCommand(...inside.wrap('nice', ['-n', '19', 'sh', '-c', 'while :; do :; done']));
    let share = 0;
    // Where that does not help, below another cgroup, not every second has half a core for the loop.
    for (let tries = 0; tries < 20 && share < 90; tries++) {
      const { metrics } = (await json(inside, 'sample')) as { metrics: Record<string, number> };
      share = metrics['total_utilization'] ?? Number.NaN;
      assert.ok(share > 0 && share <= 100, String(share));
    }
    loop.child.kill('SIGKILL');
    await loop.finished;
    assert.ok(share >= 90, String(share));
  });

  test('limits that change or go while it runs show in its log', async t => {
    const inside = limited(t);
    if (!inside) return;
    const logDirectory = path.join(home.root, 'changing');
    const running = start(inside, ['run', '--isolated', '--log-dir', logDirectory]);
    const shows = (megabytes: number): Promise<boolean> =>
      until(`the log shows ${String(megabytes)} MB`, () => lastTotal(logDirectory) === megabytes);
    await shows(LIMIT_MB);
    inside.limitMemory(384 * MIB);
    await shows(384);
    inside.limitMemory(undefined);
    await shows(HOST_MB);
    running.child.kill('SIGINT');
    assert.equal((await running.finished).code, 0);
  });
});

/** `ram_total_mb` of the last row. */
function lastTotal(logDirectory: string): number | undefined {
  const row = readLog(logDirectory).at(-1);
  return row && Number(row['ram_total_mb']);
}
