import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ROOT, TestHome } from './harness/home.ts';

const CLI = path.join(ROOT, 'dist', 'cli.js');
const NOBODY = 65_534;
/** Root may read everything: it has to become somebody else to be denied a file. */
const BECOME_NOBODY = `process.setgroups([]); process.setgid(${String(NOBODY)}); process.setuid(${String(NOBODY)});`;

/** Why this cannot be shown here; `false` when it can. */
function skip(): string | false {
  if (process.platform !== 'linux') return 'Linux';
  const isOpen = (file: string): boolean =>
    (fs.statSync(file).mode & 0o1) !== 0 && (file === '/' || isOpen(path.dirname(file)));
  return process.getuid?.() === 0 && !(isOpen(process.execPath) && isOpen(path.dirname(CLI)))
    ? 'root keeps Node or the build to itself'
    : false;
}

describe('energy counters that only root may read', { skip: skip() }, () => {
  let home: TestHome;
  let tree: string;
  before(() => {
    home = new TestHome();
    tree = path.join(home.root, 'tree');
    const zone = 'tree/sys/class/powercap/intel-rapl:0';
    home.write('tree/proc/stat', 'cpu  1 0 0 1 0 0 0 0\ncpu0 1 0 0 1 0 0 0 0\n');
    home.write(`${zone}/name`, 'package-0\n');
    home.write(`${zone}/max_energy_range_uj`, '262143328850\n');
    fs.chmodSync(home.write(`${zone}/energy_uj`, '12345678\n'), 0);
  });
  after(() => home.end());

  const run = async (...args: readonly string[]): Promise<string> => {
    const isRoot = process.getuid?.() === 0;
    const drop = home.write('become-nobody.cjs', isRoot ? BECOME_NOBODY : '');
    if (isRoot) {
      for (const folder of ['', 'run', 'data', 'tmp']) {
        fs.chownSync(path.join(home.root, folder), NOBODY, NOBODY);
      }
    }
    const command = ['--require', drop, CLI, ...args];
    const { code, stdout, stderr } = await home.startCommand(process.execPath, command, {
      OPTIMETRICS_SYSROOT: tree,
    }).finished;
    assert.equal(code, 0, stderr);
    return stdout;
  };

  test('are denied, never 0 W', async () => {
    const sample = JSON.parse(await run('sample', '--json')) as {
      metrics: Record<string, number>;
      unavailable: Record<string, string>;
    };
    assert.equal(sample.unavailable['power_watts'], 'denied');
    assert.equal('power_watts' in sample.metrics, false);
  });

  test('the doctor says why, and how to let a group read them', async () => {
    const lines = (await run('doctor')).split('\n').map(line => line.trim());
    const why = lines.findIndex(line => line.startsWith('not read: CPU power ('));
    assert.match(lines[why] ?? '', /CVE-2020-8694 only root may read .*RAPL/);
    assert.match(lines[why + 1] ?? '', /^→ .*as root .*chgrp GROUP \/sys\/class\/powercap\S+ && chmod g\+r/);
    assert.ok(lines.includes('denied: power_watts'));
  });
});
