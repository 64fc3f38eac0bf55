import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import {
  CpuMeter,
  parseChildrenTime,
  parseSchedstat,
  parseSmapsRollup,
  readMemory,
} from '../../scripts/bench/process-usage.ts';

const SMAPS_ROLLUP = `55d0c0a00000-7ffd2f5fe000 ---p 00000000 00:00 0                          [rollup]
Rss:               49152 kB
Pss:               14336 kB
Pss_Dirty:         11000 kB
Pss_Anon:          11000 kB
Shared_Clean:      37000 kB
Shared_Dirty:          0 kB
Private_Clean:       100 kB
Private_Dirty:     11000 kB
Anonymous:         11000 kB
Swap:                  0 kB
Private_Hugetlb:       0 kB
`;

describe('parsers of /proc', () => {
  test('memory: private is clean and dirty together', () => {
    assert.deepEqual(parseSmapsRollup(SMAPS_ROLLUP), { rssKib: 49152, pssKib: 14336, privateKib: 11100 });
  });

  test('memory of a process that has ended is no memory', () => {
    assert.throws(() => parseSmapsRollup(''), /no Rss/);
    assert.throws(
      () => parseSmapsRollup(SMAPS_ROLLUP.replace('Private_Dirty', 'Private_Dusty')),
      /Private_Dirty/,
    );
  });

  test('schedstat: the first number is the time on the CPU', () => {
    assert.equal(parseSchedstat('58587123 4711 12\n'), 58_587_123);
    assert.throws(() => parseSchedstat(''));
    assert.throws(() => parseSchedstat('1 2'));
  });

  test('stat: the children’s time, whatever the process is called', () => {
    const fields = 'S 1 42 42 0 -1 4194560 1000 200 0 0 11 7 250 50 25 5 11 0 5000 1000000 600';
    for (const name of ['node', 'a b', 'x) R 1 2', '(']) {
      assert.equal(parseChildrenTime(`42 (${name}) ${fields}\n`), 3_000_000_000);
    }
    assert.throws(() => parseChildrenTime('42 (node) S 1 42'));
  });
});

describe('this machine', { skip: process.platform === 'linux' ? false : 'reads /proc' }, () => {
  test('the meter counts our own work', () => {
    const meter = new CpuMeter(process.pid);
    const before = meter.read();
    const used = process.cpuUsage();
    const until = Date.now() + 100;
    while (Date.now() < until) Math.sqrt(until);
    const { user, system } = process.cpuUsage(used);
    const counted = (meter.read() - before) / 1000;
    // The two are read at slightly different moments; the kernel's own figure is good to a clock tick.
    assert.ok(Math.abs(counted - user - system) < 30_000, `${counted} and ${user + system} µs`);
  });

  test('the meter counts what children used, once they are gone', async () => {
    const meter = new CpuMeter(process.pid);
    const before = meter.read();
    const busy =
      'const end = Date.now() + 60000; while (process.cpuUsage().user < 200000 && Date.now() < end);';
    await once(spawn(process.execPath, ['--eval', busy]), 'close');
    assert.ok(meter.read() - before > 150e6);
  });

  test('memory of this process holds what it has allocated', () => {
    const before = readMemory(process.pid);
    const block = Buffer.alloc(64 * 2 ** 20, 1);
    const after = readMemory(process.pid);
    assert.ok(after.privateKib - before.privateKib > 50 * 1024);
    assert.ok(after.pssKib <= after.rssKib && after.privateKib <= after.pssKib);
    assert.equal(block[1], 1);
  });

  test('a process that is not there is told', () => {
    assert.throws(() => new CpuMeter(2 ** 30).read(), { code: 'ENOENT' });
    assert.throws(() => readMemory(2 ** 30), { code: 'ENOENT' });
  });
});
